# SPDX-License-Identifier: GPL-3.0-or-later
"""K24: the holder of phase post is killed, objects are pruned while a roll-out is on.

The next release is refused, and markers survive: those of the release that comes and of the one
that goes, to which one may have to go back.
"""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import prune
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.run import run as apply
from ansible_collections.slipway.stack.plugins.module_utils.migrations import steps

from tests.kill.app import App
from tests.kill.deployer import Deployer
from tests.kill.releases import deploy, params, run
from tests.kill.town import STACK


def kill_in_post(database) -> None:
    assert deploy(database, "one", "pre") == ("passed", "")
    holder = Deployer(params(database, "one", "post", post_s=15))
    holder.says("first line post-one")
    holder.kill()


def test_the_next_release_is_refused_until_it_ended(database):
    kill_in_post(database)
    marker = [name for name, data in database.records().items() if "passed" in data]
    assert len(marker) == 1
    assert deploy(database, "two", "pre") == ("failed", "owed")


def test_control_without_the_note_the_next_release_begins(database, monkeypatch):
    kill_in_post(database)
    monkeypatch.setattr(steps, "due", lambda *given: [])
    assert deploy(database, "two", "pre") == ("passed", "")


class Role:
    """A role of the stack that has applied the markers and does not want them any more."""

    def __init__(self, database, markers: list[str]) -> None:
        self._town, self._role = database.town, database.secret
        meta = {"name": f"kept-{database.secret}"}
        self._kept = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}
        self._apply([self._kept, *map(self._wished, markers)])

    def prune(self) -> list[str]:
        """Prune; return the names of what went."""
        done = self._apply([self._kept], state="pruned")["resources"]
        return [one["name"] for one in done if one["action"] == "deleted"]

    def _wished(self, name: str) -> dict:
        live = self._town.client.request("GET", self._town.path("configmaps", name))
        meta = {key: live["metadata"][key] for key in ("name", "labels")}
        return {"apiVersion": "v1", "kind": "ConfigMap", **live, "metadata": meta}

    def _apply(self, objects: list[dict], **options: str) -> dict:
        where = {"kubeconfig": self._town.kubeconfig, "namespace": self._town.namespace}
        wanted = {**where, "stack": STACK, "role": self._role, "objects": objects, **options}
        return apply(wanted, check=False, report=lambda line: None)


@pytest.fixture
def rolling(database, eventually) -> tuple[App, list[str]]:
    """An app whose new pods wait while the old one serves, and the markers of both releases."""
    one, app = run(database, "one", "pre"), App(database)
    app.roll({"name": one["marker"], "key": "passed"})
    eventually(lambda: app.settled(one["marker"]), within_s=180)
    two = run(database, "two", "pre")
    app.roll({"name": two["marker"], "key": "a-key-that-is-not-there"})
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    return app, [one["marker"], two["marker"]]


def back_and_start_anew(app: App, marker: str, eventually) -> None:
    """Go back to the release of a marker, and start without a pod that has read it."""
    app.roll({"name": marker, "key": "passed"})
    app.scale(0)
    eventually(lambda: not app.pods(), within_s=120)
    app.scale(1)


def test_what_is_pruned_during_a_roll_out_are_no_markers(database, rolling, eventually):
    app, markers = rolling
    assert Role(database, []).prune() == []
    assert Role(database, markers).prune() == []

    assert set(markers) <= set(database.records())
    back_and_start_anew(app, markers[0], eventually)
    eventually(lambda: app.settled(markers[0]), within_s=120)


def test_control_if_nobody_asked_who_refers_to_them_no_pod_would_start(
    database, rolling, eventually, monkeypatch
):
    app, markers = rolling
    monkeypatch.setattr(prune, "used_config_maps", lambda users: set())
    assert set(Role(database, markers).prune()) == set(markers)

    back_and_start_anew(app, markers[0], eventually)
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    assert not app.ready("new")
