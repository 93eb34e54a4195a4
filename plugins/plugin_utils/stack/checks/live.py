# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be changed in the cluster as it is; `apply` refuses the same before it writes."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.frozen import changes
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import flaw
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Faults,
    Object,
)


def frozen(live: Object, new: Object) -> Faults:
    """Yield changes of immutable fields, and such that the data would not survive."""
    for change in changes(live, new):
        yield flaw(new, change.path, change.message, change.fix)
