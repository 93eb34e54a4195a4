# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Safe readers of status, conditions and times: a missing part has a default, never an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.model import Evidence
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)


def spec(obj: Mapping[str, Any]) -> dict[str, Any]:
    """``spec``, {} where there is none."""
    return mapping(obj.get("spec"))


def status(obj: Mapping[str, Any]) -> dict[str, Any]:
    """``status``, {} where there is none."""
    return mapping(obj.get("status"))


def mapping(value: Any) -> dict[str, Any]:
    """Return a dict, {} for anything else: nobody checks the shape of a custom kind's status."""
    return value if isinstance(value, dict) else {}


def parts(value: Any) -> list[dict[str, Any]]:
    """Return the dicts of a list, [] for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def count(values: Mapping[str, Any], key: str, default: int = 0) -> int:
    """Return a number of a status or spec; the API leaves out zeros."""
    value = values.get(key)
    return value if isinstance(value, int) else default


def conditions(obj: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return ``status.conditions`` as a list of dicts, whatever is there."""
    return parts(status(obj).get("conditions"))


def condition(source: Iterable[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the condition of this type, {} where there is none."""
    return next((one for one in source if one.get("type") == kind), {})


def is_true(one: Mapping[str, Any]) -> bool:
    """Whether a condition holds."""
    return str(one.get("status", "")).lower() == "true"


def is_false(one: Mapping[str, Any]) -> bool:
    """Whether a condition is denied: neither absent nor Unknown."""
    return str(one.get("status", "")).lower() == "false"


def said(one: Mapping[str, Any]) -> str:
    """Return the condition's sentence, or its reason, or its type."""
    return str(one.get("message") or one.get("reason") or one.get("type") or "no message")


def evidence(obj: Mapping[str, Any], one: Mapping[str, Any]) -> Evidence:
    """Return a condition as evidence."""
    words = [f"{one.get('type')}={one.get('status')}", str(one.get("reason") or "")]
    text = " ".join(word for word in words if word)
    return Evidence(
        f"{ref(obj)}, condition", f"{text}: {one['message']}" if one.get("message") else text
    )


def seconds(timestamp: Any) -> float | None:
    """Return an RFC 3339 time as seconds since the epoch, None for anything else."""
    if isinstance(timestamp, datetime):
        return timestamp.timestamp()
    if not isinstance(timestamp, str) or not timestamp:
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None


def since(one: Mapping[str, Any]) -> float | None:
    """Return when the condition got its status."""
    return seconds(one.get("lastTransitionTime"))


def integer(value: Any) -> int | None:
    """Return a whole number, also from a string (Argo Rollouts), None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdigit() else None


def generation(obj: Mapping[str, Any]) -> int:
    """``metadata.generation``, 0 where there is none."""
    return integer(metadata(obj).get("generation")) or 0


def is_current(obj: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    """Whether a condition speaks of this generation; one without the field does."""
    observed = integer(one.get("observedGeneration"))
    return observed is None or observed >= generation(obj)


def plural(number: int, noun: str) -> str:
    """``1 pod``, ``2 pods``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def annotation(obj: Mapping[str, Any], key: str) -> str:
    """Return an annotation, "" where it is not there."""
    return str((metadata(obj).get("annotations") or {}).get(key) or "")


def owner_uids(obj: Mapping[str, Any]) -> set[str]:
    """Return the UIDs of ``metadata.ownerReferences``."""
    return {str(one.get("uid")) for one in owners(obj) if one.get("uid")}


def owners(obj: Mapping[str, Any]) -> list[Object]:
    """Return ``metadata.ownerReferences``, [] where there are none."""
    return metadata(obj).get("ownerReferences") or []
