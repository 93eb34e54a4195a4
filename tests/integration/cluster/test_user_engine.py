# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine whose user has a Docker engine: it is used, and left alone by `down`."""

from __future__ import annotations

import json
import os
import platform
import time

import pytest

from tests.integration.cluster.machine import Machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or platform.freedesktop_os_release()["ID"] != "debian",
        reason="starts an engine of its own, which needs root on Debian",
    ),
]


@pytest.fixture(scope="module")
def machine(checkout):
    machine = Machine()
    machine.check_out(checkout)
    machine.boot()
    start_engine(machine)
    yield machine
    machine.discard()


def start_engine(machine) -> None:
    """Start dockerd where a user's is: at the default socket."""
    wrapper = f"{machine.root}/cluster/images/node/runc-without-missing-caps"
    settings = {
        "data-root": f"{machine.root}/user-docker",
        "runtimes": {"lesscaps": {"path": wrapper}},
        "default-runtime": "lesscaps",
    }
    (machine.root / "daemon.json").write_text(json.dumps(settings))
    command = f"setsid dockerd --config-file {machine.root}/daemon.json >dockerd.log 2>&1 &"
    machine.run("sh", "-c", command)
    for _ in range(100):
        if "up" in machine.run("sh", "-c", "docker version >/dev/null 2>&1 && echo up || true"):
            return
        time.sleep(0.3)
    pytest.fail((machine.root / "dockerd.log").read_text())


def test_the_users_engine_is_used(machine):
    said = machine.cluster("up")
    assert "a Docker engine runs but cannot have the published node image" in said
    assert machine.cluster("status").count(": ok") == 4
    assert not (machine.root / ".cluster" / "daemon.json").exists()


def test_another_checkout_is_refused_and_told_how_to_stop_the_first(machine, checkout):
    second = Machine()
    second.check_out(checkout)
    second.holder = machine.holder
    answer = second.run("sh", "-c", "python3 cluster up || true")
    second.holder = None
    second.discard()
    assert f"make -C {machine.root} cluster-down" in answer
    assert machine.cluster("status").count(": ok") == 4


def test_down_leaves_the_users_engine_running(machine):
    machine.cluster("down")
    assert machine.run("docker", "ps", "-aq") == ""
    assert machine.run("docker", "images", "-q", "kindest/node")
