# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section images: where each is pulled from, and in which version."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Image(TypedDict):
    """A digest wins over the tag; either may be empty."""

    repo: str
    tag: str
    digest: str
    pull_secret: str
    pull: Literal["IfNotPresent", "Always", "Never"]
    content_addressed: NotRequired[bool]
