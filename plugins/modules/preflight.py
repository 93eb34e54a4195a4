#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of module_utils/preflight, for hosts that are not the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Look whether a cluster has what objects need, before anything is changed
description:
  - Finds what the objects ask for and do not bring themselves, and fails with all that is missing
    at once.
  - Kinds that the API server does not serve, such as a ScaledObject where KEDA is not installed.
  - Ingress classes, storage classes and Gateways, issuers of cert-manager and stores of External
    Secrets, which must also say that they are ready.
  - Secrets that pods read, and the keys in them.
  - Kubernetes 1.27 or newer.
  - What the credentials may not look at is not complained about.
version_added: 0.1.0
author:
  - the slipway.stack authors (@slipway)
options:
  objects:
    description:
      - All objects that are going to be applied.
    type: list
    elements: dict
    required: true
  namespace:
    description:
      - Where objects go that name no namespace of their own.
    type: str
extends_documentation_fragment:
  - slipway.stack.connection
attributes:
  check_mode:
    support: full
    description: Does the same in check mode.
  diff_mode:
    support: none
    description: Nothing is changed.
"""

EXAMPLES = r"""
- name: Look whether the cluster has what the stack needs
  slipway.stack.preflight:
    objects: "{{ query('slipway.stack.render', 'all', stack=slipway_stack) }}"
    namespace: "{{ slipway_stack.namespace }}"
"""

RETURN = r"""
msg:
  description: All that is missing, a line each.
  type: str
  returned: always
  sample: The cluster has what the objects need.
missing:
  description: What is missing, a sentence each.
  type: list
  elements: str
  returned: always
  sample:
    - >-
      Ingress web needs IngressClass nginx, which does not exist. There is: contour.
      Make it first, or name another one.
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import PREFLIGHT
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.preflight import ask


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(**PREFLIGHT, supports_check_mode=True)
    try:
        result = ask.run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    (module.fail_json if result["failed"] else module.exit_json)(**result)


if __name__ == "__main__":
    main()
