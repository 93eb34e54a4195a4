# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images: which version runs must not depend on the day."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields


def floating(subject: Subject) -> Faults:
    """Yield images without a version, or with one that is another tomorrow."""
    for name, image in subject.section("images").items():
        entries = fields(image)
        tag = entries.get("tag")
        if "digest" in entries:
            continue
        if tag is None:
            fix = "Name one here or in the release file that CI writes."
            yield Fault(("images", name), "no tag and no digest", image.mark, fix)
        elif str(tag.value) == "latest" or str(tag.value).startswith("latest-"):
            message = f'"{tag.value}" is another image tomorrow, and a rollback finds nothing'
            fix = "Name a version, or a digest beside it."
            yield Fault(("images", name, "tag"), message, tag.mark, fix)
