# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as it is called: exit codes, messages, progress."""

from __future__ import annotations

import subprocess

import pytest

from cluster import cli, host, lifecycle, node, progress, state
from cluster.decide import Engine, NodeImage
from cluster.errors import ClusterError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "STATE", tmp_path)
    monkeypatch.setattr(state, "FILE", tmp_path / "state.json")
    monkeypatch.setattr(state, "LOGS", tmp_path / "log")
    monkeypatch.setattr(progress, "LOGS", tmp_path / "log")
    return tmp_path


def test_state_survives_and_is_forgotten(folder):
    saved = state.State(Engine.OWN, NodeImage.BUILT, 8081, "0", "ACCEPT")
    state.save(saved)
    (folder / "log").mkdir()
    (folder / "docker").mkdir()
    assert state.load() == saved
    state.forget()
    assert [path.name for path in folder.iterdir()] == ["log"]
    assert state.load() is None


def test_down_without_a_cluster_is_fine(capsys):
    assert cli.main(["down"]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_status_without_a_cluster_says_how_to_make_one(capsys):
    assert cli.main(["status"]) == 1
    assert "python3 cluster up" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["http", "0", "65536", "-1", ""])
def test_a_port_that_is_none(monkeypatch, given):
    monkeypatch.setenv("SLIPWAY_HTTP_PORT", given)
    with pytest.raises(ClusterError, match="SLIPWAY_HTTP_PORT"):
        lifecycle.http_port()


def test_a_taken_port_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(host, "port_is_free", lambda port: False)
    monkeypatch.setattr(host, "listener", lambda port: "process 7 (nginx)")
    with pytest.raises(ClusterError, match=r"8080 .* process 7 \(nginx\).*SLIPWAY_HTTP_PORT=8081"):
        node.refuse_taken_port(8080)


def test_a_failed_command_shows_the_tail_of_its_log(folder):
    with pytest.raises(ClusterError) as caught:
        progress.run(["sh", "-c", "seq 100; exit 3"], log="steps")
    text = str(caught.value)
    assert "exit code 3" in text
    assert str(folder / "log" / "steps.log") in text
    assert "    100" in text
    assert "    50\n" not in text


def test_a_step_is_never_silent(monkeypatch, capsys):
    monkeypatch.setattr(progress, "HEARTBEAT_S", 0.01)
    with progress.step("building"):
        subprocess.run(["sleep", "0.05"], check=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "cluster: building ..."
    assert "still: building" in lines[1]
    assert "done: building" in lines[-1]
