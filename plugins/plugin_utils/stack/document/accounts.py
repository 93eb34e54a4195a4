# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section accounts: what pods may ask of the API server."""

from __future__ import annotations

from typing import Any, TypedDict


class Account(TypedDict):
    """A service account; `cluster`: its rules hold in all namespaces.

    pods: the Pod Security Standard of those that it starts itself.
    """

    rules: list[dict[str, Any]]
    cluster: bool
    annotations: dict[str, str]
    pods: str
