# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datastores: the objects of each that this stack runs, itself or by an operator.

An external one has no objects here: its Secret is the environment's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    cloudnative_pg,
    postgres,
    redis,
    s3,
    stores,
)

Models = list[dict[str, Any]]
Maker = Callable[[dict[str, Any], str, dict[str, Any]], Models]

_MAKERS: dict[tuple[str, str], Maker] = {
    ("postgres", "container"): postgres.models,
    ("postgres", "operator"): cloudnative_pg.models,
    ("redis", "container"): redis.models,
    ("s3", "container"): s3.models,
}


def models(document: dict[str, Any]) -> Models:
    """Return the models of every datastore that is run for this stack."""
    return [
        model
        for name, store in document["datastores"].items()
        if store["driver"] != "external"
        for model in _MAKERS[store["type"], store["driver"]](document, name, store)
    ]


def claim(name: str) -> str:
    """Return the name of the PVC that the StatefulSet controller makes for a datastore."""
    return stores.claim(name)
