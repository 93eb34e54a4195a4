# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before and after of an object as a person may see them. Pure."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import mask
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.ownership import applied_fields

with suppress(ImportError):  # open_session says what is missing
    import yaml

# Set by the server at every write or on its own account: no change of ours.
_NOISE = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "selfLink")


def differs(before: Object, after: Object) -> bool:
    """Whether a write changed the object, or what we own of it; status and times do not count."""
    version = after.get("apiVersion", "")
    return without_noise(before) != without_noise(after) or (
        applied_fields(before, version) != applied_fields(after, version)
    )


def without_noise(obj: Object) -> Object:
    """Return the object without what the server notes down for itself."""
    meta = {key: value for key, value in obj.get("metadata", {}).items() if key not in _NOISE}
    return {**{k: v for k, v in obj.items() if k != "status"}, "metadata": meta}


def diff(before: Object | None, after: Object | None) -> dict[str, Any]:
    """Return Ansible's diff of one object; Secrets are masked. None: it does not exist."""
    name = str(ref(after or before or {}))
    return {
        "before": _text(before),
        "after": _text(after),
        "before_header": name,
        "after_header": name,
    }


def _text(obj: Object | None) -> str:
    if obj is None:
        return ""
    return str(yaml.safe_dump(mask(without_noise(obj)), sort_keys=True, width=100))
