# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section secrets: groups of values, by who provides them and what Kubernetes calls them."""

from __future__ import annotations

from typing import Literal, TypedDict


class SecretGroup(TypedDict):
    """`secret` is the name in Kubernetes, `map` says what it calls the keys.

    store, remote: of External Secrets; a place is path or path#property. refresh in seconds.
    """

    keys: list[str]
    driver: Literal["generated", "given", "existing", "external-secrets"]
    secret: str
    type: str
    map: dict[str, str]
    length: int
    store: dict[str, str]
    remote: dict[str, str]
    refresh: int
