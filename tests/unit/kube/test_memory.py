# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task of a run asks which kinds are served, the others read it; what is missing is asked."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.unit.kube.test_client import FakePool, session
from tests.unit.kube.test_discovery import CORE, GROUPS

GATEWAY = ("gateway.networking.k8s.io/v1", "HTTPRoute")
NOTHING = {"items": []}


def task(folder, *answers, token="t1"):
    pool = FakePool(*((200, answer) for answer in answers))
    return Client(lambda: session(pool, token), str(folder)), pool


def test_the_second_task_of_a_run_does_not_ask(tmp_path):
    first, _ = task(tmp_path, CORE, GROUPS)
    asked = first.discovery()
    second, pool = task(tmp_path)
    assert second.discovery().rows() == asked.rows()
    assert second.discovery().path("v1", "Pod", "shop", "api") == "/api/v1/namespaces/shop/pods/api"
    assert pool.sent == []


def test_a_kind_that_came_meanwhile_is_found(tmp_path):
    task(tmp_path, CORE, NOTHING)[0].discovery()
    later, pool = task(tmp_path, CORE, GROUPS)
    assert later.discovery().knows(*GATEWAY)
    assert len(pool.sent) == 2
    last, quiet = task(tmp_path)
    assert last.discovery().serves_group("gateway.networking.k8s.io")
    assert quiet.sent == []


def test_a_kind_that_is_not_served_is_asked_for_once(tmp_path):
    task(tmp_path, CORE, NOTHING)[0].discovery()
    later, pool = task(tmp_path, CORE, NOTHING)
    kinds = later.discovery()
    assert not kinds.knows(*GATEWAY)
    assert kinds.served_version("gateway.networking.k8s.io", "HTTPRoute") is None
    assert len(pool.sent) == 2


def test_other_servers_and_other_runs_do_not_share(tmp_path):
    task(tmp_path, CORE, GROUPS)[0].discovery()
    (tmp_path / "other-run").mkdir()
    other, pool = task(tmp_path / "other-run", CORE, GROUPS)
    other.discovery()
    assert len(pool.sent) == 2
    nowhere, alone = task("", CORE, GROUPS)
    nowhere.discovery()
    assert len(alone.sent) == 2


def test_a_broken_file_is_no_answer(tmp_path):
    task(tmp_path, CORE, GROUPS)[0].discovery()
    (kept,) = tmp_path.iterdir()
    kept.write_text("[[")
    again, pool = task(tmp_path, CORE, GROUPS)
    assert again.discovery().knows("v1", "Pod")
    assert len(pool.sent) == 2
