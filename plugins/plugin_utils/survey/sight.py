# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at objects: each list is read once, to judge their health and to compare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.health.feed import Feed
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status
from ansible_collections.slipway.stack.plugins.module_utils.health.needs import Collection
from ansible_collections.slipway.stack.plugins.module_utils.health.progress import notes
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import targets
from ansible_collections.slipway.stack.plugins.module_utils.health.wait import Wait, steady_clock
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, Ref, ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import Listing


class Sight(NamedTuple):
    """What was seen. unready: what health_wait would wait for, with what it says of each."""

    live: Mapping[Ref, Object]
    unready: Mapping[Ref, str]
    lines: Sequence[str]


def look(client: Client, namespace: str, wanted: Iterable[Ref]) -> Sight:
    """Look as health_wait does before it watches. Raises HealthError and KubeError."""
    kinds, clock = client.discovery(), steady_clock()
    asked = targets([one.as_dict() for one in wanted], namespace, kinds, now=clock(), check=True)
    lines: list[str] = []
    feed = _Keeping(client, kinds)
    wait = Wait(asked, feed, kinds, report=lines.append, clock=clock)
    wait.until_settled(0.0, 0.0, check=True)
    bad = [one for one in wait.board.entries if one.verdict.status is not Status.READY]
    unready = {one.target.ref: one.verdict.message for one in bad}
    return Sight(feed.kept, unready, [*lines, *notes(wait.board)])


class _Keeping(Feed):
    """Keeps the objects as they came, with the managers of their fields, which a wait drops."""

    def __init__(self, client: Client, discovery: Discovery) -> None:
        super().__init__(client, discovery)
        self.kept: dict[Ref, Object] = {}

    def read(self, collections: Iterable[Collection]) -> dict[Collection, Listing | KubeError]:
        found = super().read(collections)
        for listing in found.values():
            for obj in listing.objects if isinstance(listing, Listing) else ():
                self.kept[ref(obj)] = {**obj, "metadata": {**obj["metadata"]}}
        return found
