# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a refused request a person needs: the fields in conflict, their managers, what to do.

Pure. Source of the shape: https://kubernetes.io/docs/reference/using-api/server-side-apply/
#conflicts (status.details.causes of a 409).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import redact, secret_values
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref

# A field that is not in the schema is answered with status 500 and the parser's own words.
_TYPED_PATCH = re.compile(r"^failed to create typed patch object \(.*?\): ")
_GO_VALUE = re.compile(r", got &value\.valueUnstructured\{.*?\}(?=\n|$)", re.DOTALL)
_MANAGER = re.compile(r'conflict with "([^"]+)"')


class Conflict(NamedTuple):
    """A field that another manager set to another value."""

    field: str
    manager: str


def conflicts(error: ApiError) -> list[Conflict]:
    """Return the fields in conflict, [] for every other refusal."""
    found = []
    for cause in error.details.get("causes") or []:
        if cause.get("reason") == "FieldManagerConflict":
            manager = _MANAGER.search(cause.get("message", ""))
            name = manager.group(1) if manager else "unknown"
            found.append(Conflict(cause.get("field", ""), name))
    return found


class Refusal(NamedTuple):
    """One object that the API server refused, or that we did not dare to send."""

    obj: Object
    error: KubeError

    def __str__(self) -> str:
        """One sentence without secret values: the server quotes what it cannot read."""
        return f"{ref(self.obj)}: {redact(self._reason(), secret_values(self.obj))}"

    def as_dict(self) -> dict[str, Any]:
        """The entry in the result."""
        api = self.error if isinstance(self.error, ApiError) else None
        return {
            **ref(self.obj).as_dict(),
            "status": api.status if api else 0,
            "reason": api.reason if api else "Refused",
            "message": str(self),
            "conflicts": [
                {"field": one.field, "manager": one.manager} for one in self._conflicts()
            ],
        }

    def _conflicts(self) -> list[Conflict]:
        return conflicts(self.error) if isinstance(self.error, ApiError) else []

    def _reason(self) -> str:
        if found := self._conflicts():
            fields = ", ".join(f"{one.field} (by {one.manager})" for one in found)
            return (
                f"another manager set {fields}. Nothing was forced. Leave the field out of the "
                "object, or take it over with force_conflicts: true."
            )
        if isinstance(self.error, ApiError) and self.error.status not in (401, 403):
            return _readable(self.error)
        return str(self.error)


def _readable(error: ApiError) -> str:
    """The server's sentence without what only its authors understand."""
    text = _TYPED_PATCH.sub("", error.message)
    text = _GO_VALUE.sub("", text)
    status = "" if text != error.message else f" ({error.status} {error.reason})"
    return f"{text}{status}. Correct the object."
