# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the options in arguments.CONNECTION, written once."""

from __future__ import annotations


class ModuleDocFragment:
    """Extended by modules as ``slipway.stack.connection``."""

    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path of a kubeconfig file; several are separated by colons, as in E(KUBECONFIG).
      - Without it C(~/.kube/config) is used, and inside a pod its service account.
      - Read from the environment where it is not given (E(K8S_AUTH_KUBECONFIG), E(KUBECONFIG)).
    type: path
  context:
    description:
      - Context of the kubeconfig; its current context where it is not given.
      - Read from the environment where it is not given (E(K8S_AUTH_CONTEXT)).
    type: str
  host:
    description:
      - URL of the API server; replaces the one of the kubeconfig.
      - With O(api_key), or without O(kubeconfig) and O(context), no kubeconfig is read.
      - Read from the environment where it is not given (E(K8S_AUTH_HOST)).
    type: str
  api_key:
    description:
      - Bearer token; replaces the credentials of the kubeconfig.
      - Read from the environment where it is not given (E(K8S_AUTH_API_KEY)).
    type: str
  ca_cert:
    description:
      - Path of the certificate authority of the API server.
      - Read from the environment where it is not given (E(K8S_AUTH_SSL_CA_CERT)).
    type: path
  validate_certs:
    description:
      - Whether the certificate of the API server must be valid; as the kubeconfig says where it
        is not given.
      - Read from the environment where it is not given (E(K8S_AUTH_VERIFY_SSL)).
    type: bool
requirements:
  - python >= 3.11
  - PyYAML
  - urllib3 >= 2
  - kubernetes >= 37 (only where the kubeconfig logs in by a command or a provider, and in a pod)
"""
