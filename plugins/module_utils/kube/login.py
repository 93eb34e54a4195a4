# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that have to be fetched: by a command, from a provider, from the pod we run in.

kubernetes.config does it. It is imported only where it is needed: that alone takes 0.2 s.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError
from ansible_collections.slipway.stack.plugins.module_utils.kube.kubeconfig import unusable


def by_command_or_provider(path: str, context: str, place: str, credentials: Any) -> None:
    """Fill in the credentials of a context whose user has to log in.

    place: a folder for the files that OpenSSL wants. credentials: as kubernetes.config fills them.
    Raises ConnectError.
    """
    kube_config = _library("kube_config")
    try:
        merged = kube_config.KubeConfigMerger(path)
        loader = kube_config.KubeConfigLoader(
            merged.config,
            active_context=context,
            config_base_path=None,
            config_persister=merged.save_changes,
            temp_file_path=place,
        )
        _run(loader.load_and_set, credentials, f"context {context} of {path}")
    except (kube_config.ConfigException, OSError, ValueError) as error:
        raise ConnectError(unusable(path, " ".join(str(error).split()))) from error


def of_the_pod(credentials: Any) -> None:
    """Fill in the credentials of the pod's service account. Raises ConnectError."""
    incluster = _library("incluster_config")
    try:
        incluster.load_incluster_config(client_configuration=credentials)
    except incluster.ConfigException as error:
        raise ConnectError(f"The pod's service account cannot be used: {error}") from error


def _library(name: str) -> Any:
    try:
        import kubernetes.config
    except ImportError as error:
        raise ConnectError(
            f"{sys.executable} cannot import what this login needs ({error}). "
            "Install the Python package kubernetes there."
        ) from error
    return getattr(kubernetes.config, name)


class _Complaints(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _run(load: Callable[[Any], None], credentials: Any, origin: str) -> None:
    """Load credentials. The official client only logs that a command failed."""
    complaints = _Complaints()
    root = logging.getLogger()
    root.addHandler(complaints)
    try:
        load(credentials)
    finally:
        root.removeHandler(complaints)
    if complaints.lines and not (credentials.api_key or credentials.cert_file):
        reason = " ".join(" ".join(complaints.lines).split())
        raise ConnectError(
            f"No credentials for {origin}: its login command failed ({reason}). "
            "Run the command by hand, log in again, or name another context."
        )
