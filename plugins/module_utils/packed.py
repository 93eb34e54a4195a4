# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resolved stack as the fact ``slipway_stack``: what plays ask for, and the models as one text.

Ansible walks through every fact before every task, and a text is one step: with the models as they
are, a third of the time of a run without changes went there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ASKED_FOR = ("name", "namespace", "preset", "levels", "routes")


def pack(models: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fact.

    models: see models.build.
    Returns some of its keys and ``models`` (JSON).
    """
    return {
        **{key: models[key] for key in _ASKED_FOR},
        "models": json.dumps(models, sort_keys=True, separators=(",", ":")),
    }


def unpack(fact: Mapping[str, Any]) -> dict[str, Any]:
    """Return the models of a fact, {} of one that has none."""
    models: dict[str, Any] = json.loads(fact.get("models", "{}"))
    return models
