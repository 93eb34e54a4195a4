# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`survey` in a playbook, from here and from a host beyond: both tell what is missing."""

from __future__ import annotations

import pytest

from tests.integration.playbook import ACTION, MODULE

PLAY = """
- hosts: shop
  gather_facts: false
  tasks:
    - name: Resolve
      slipway.stack.resolve:
        stack_file: "{{ playbook_dir }}/demo.yml"
        environment: [{preset: local, namespace: "{{ space }}"}]
    - name: Survey
      slipway.stack.survey:
        stack: "{{ slipway_stack }}"
"""
STACK = """\
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
workloads:
  api:
    image: app
    ports: {http: 8080}
    health: {port: http, live: /livez}
"""
NEEDY = """\
secrets:
  elsewhere: {driver: existing, keys: [token]}
"""
USES = """\
    env: {TOKEN: "${secrets.elsewhere.token}"}
"""
TOLD = {ACTION: "demo is not there yet", MODULE: "the cluster is asked from another host"}
TODO = {  # it has no migrations; whether a route is to be pruned is not known from there
    ACTION: ["infra", "workloads", "record"],
    MODULE: ["infra", "workloads", "ingress", "record"],
}


@pytest.fixture
def survey(playbook, absent_namespace):
    """Callable: the result of surveying a stack file, from one of the two places."""

    def run(stack, path, *options):
        (playbook.folder / "demo.yml").write_text(stack)
        done = playbook(PLAY, "-e", f"space={absent_namespace}", *options, path=path)
        assert "Traceback" not in done.output
        return done.returncode, done.tasks["Survey"]

    return run


@pytest.mark.parametrize("path", [ACTION, MODULE])
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_what_is_not_there_is_all_to_be_done(survey, path, options):
    code, told = survey(STACK, path, *options)
    assert code == 0, told
    assert told["pending"] == told["ansible_facts"]["slipway_pending"] == TODO[path]
    assert told["msg"] == f"to do from infra on: {TOLD[path]}"
    assert not told["changed"]


@pytest.mark.parametrize("path", [ACTION, MODULE])
def test_what_is_missing_is_told_and_nothing_is_to_be_done(survey, path):
    code, told = survey(STACK + USES + NEEDY, path)
    assert code != 0
    (missing,) = told["missing"]
    assert missing.startswith("Deployment api needs Secret elsewhere in namespace")
    assert "ansible_facts" not in told
