# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door: records what is deployed, tells it, and gives back an older release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.deployer import deployer
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.releases.record import (
    Release,
    chosen,
    content,
    images,
    latest,
    superfluous,
)
from ansible_collections.slipway.stack.plugins.module_utils.releases.store import Store

Report = Callable[[str], None]


def run(params: Mapping[str, Any], *, check: bool, report: Report) -> dict[str, Any]:
    """Do what ``state`` says; see the module's documentation.

    Raises ReleaseError (no such release) and KubeError.
    """
    return ask(connect(params), params, check=check, report=report)


def ask(
    client: Client, params: Mapping[str, Any], *, check: bool, report: Report
) -> dict[str, Any]:
    """Do the same with a client that is there already."""
    store = Store(client, params["namespace"], params["stack"])
    if params["state"] == "recorded":
        return _record(store, params, check=check, report=report)
    if params["state"] == "restored":
        return _restore(store, params, report)
    releases = sorted(store.releases(), key=lambda one: one.number)
    for one in releases:
        report(f"release {one}")
    return {"changed": False, "releases": [one.as_dict() for one in releases]}


def _record(
    store: Store, params: Mapping[str, Any], *, check: bool, report: Report
) -> dict[str, Any]:
    """Record the resolved stack as the newest release, unless it is that already."""
    releases = store.releases()
    while True:
        now = latest(releases)
        new = _new(now, params)
        if now and now.content == new.content:
            return {"changed": False, "release": now.as_dict()}
        if check or store.add(new, params["resolved"]):
            break
        releases = store.releases()  # another deployer was quicker
    if not check:
        for one in superfluous([*releases, new], params["keep"]):
            store.forget(one)
    report(f"release {new}")
    return {"changed": True, "release": new.as_dict()}


def _new(now: Release | None, params: Mapping[str, Any]) -> Release:
    stack = params["resolved"]
    return Release(
        number=now.number + 1 if now else 1,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=deployer(),
        content=content(stack),
        images=images(stack),
        brings_back=params["number"],
    )


def _restore(store: Store, params: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Give the resolved stack of an older release as the fact that the roles work on."""
    release = chosen(store.releases(), params["number"], params["stack"])
    report(f"going back to release {release}")
    facts = {"slipway_stack": store.resolved(release)}
    return {"changed": False, "release": release.as_dict(), "ansible_facts": facts}
