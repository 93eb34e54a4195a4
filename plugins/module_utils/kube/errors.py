# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between us and the API server.

KubeError
├── ConnectError   no credentials, no such context, nobody answers
├── ApiError       the API server answered with status 400 or more
└── UnknownKind    the API server does not serve this kind
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError


class KubeError(SlipwayError):
    """Root of what the kube package raises."""


class ConnectError(KubeError):
    """The API server could not be asked: credentials, context, network or TLS."""


class UnknownKind(KubeError):
    """The API server does not serve this kind."""


class ApiError(KubeError):
    """The API server refused a request.

    status:  HTTP status, 400 or more.
    reason:  machine word of the Status object (``NotFound``, ``Conflict``, ``Invalid``, ...).
    message: the server's own sentence.
    details: the Status object's ``details`` (``causes`` and so on), {} where it has none.
    Source: Kubernetes API conventions, "Response Status Kind".
    """

    def __init__(
        self, status: int, reason: str, message: str, details: dict[str, Any], *, asked: str = ""
    ) -> None:
        """asked: what was requested and of whom, such as ``PATCH /api/v1/... (context kind)``."""
        self.status = status
        self.reason = reason
        self.message = message
        self.details = details
        self.asked = asked
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        if self.status == 401:
            return (
                f"The API server refused the credentials: {self.asked} gave 401 "
                f"({self.message}). They are wrong or have expired: log in again, or name "
                "another kubeconfig or context."
            )
        if self.status == 403 and self.reason == "Forbidden" and "cannot" in self.message:
            return (
                f"No permission: {self.message}. Asked: {self.asked}. Grant it by a Role or "
                "ClusterRole, or name another kubeconfig or context."
            )
        return f"{self.message} ({self.status} {self.reason}; asked: {self.asked})"
