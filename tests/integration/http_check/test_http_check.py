# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""http_check against the cluster's Gateway, in-process and as a module: one behaviour."""

from __future__ import annotations

import pytest

from tests.integration.playbook import ACTION, MODULE

# 127.0.0.1:8080 is where `make cluster` publishes the Gateway. One run for all cases: a run of
# ansible-playbook costs more than what it asks here.
QUESTIONS = """
- hosts: shop
  gather_facts: false
  ignore_errors: true
  module_defaults:
    slipway.stack.http_check:
      url: http://nobody.localhost/
      address: 127.0.0.1:8080
      timeout: 2
      headers: {X-Token: s3cret-in-a-header}
  tasks:
    - {name: right answer, slipway.stack.http_check: {status: [404]}}
    - {name: wrong answer, slipway.stack.http_check: {status: [200]}}
    - {name: no address, slipway.stack.http_check: {address: localhost}}
    - {name: check mode, slipway.stack.http_check: {address: "127.0.0.1:1"}, check_mode: true}
"""


@pytest.mark.parametrize("path", [ACTION, MODULE])
def test_one_answer_to_each_question(playbook, path):
    run = playbook(QUESTIONS, "-vvv", path=path)
    said = {name: task["msg"] for name, task in run.tasks.items()}
    wrong = said.pop("wrong answer")
    assert said == {
        "right answer": "GET http://nobody.localhost/ (asked once): 404, as expected",
        "no address": 'address: "localhost" is not host:port, such as 127.0.0.1:8080.',
        "check mode": "GET http://nobody.localhost/ would be asked.",
    }
    assert "status 404 instead of 200 (is there a route for this host and path?)" in wrong
    assert run.tasks["right answer"]["status"] == 404
    recap = "ok=4 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=2"
    assert recap in " ".join(run.output.split())
    assert "s3cret" not in run.output
