# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan leaves in its folder, and what `explain` answers."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack import plan
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError

from tests.unit import quick_yaml

ENVIRONMENT = """\
preset: local
sites: {shop: {host: shop.localhost}}
ingress: {driver: gateway, class: contour, gateway: {namespace: gw, name: shared}}
"""


@pytest.fixture
def planned(layer, tmp_path):
    """Plan a stack file; return the result, the lines told and the folder."""

    def run(stack_file, *, check=False, **more):
        told = []
        params = {
            "stack_file": str(stack_file),
            "release_file": "",
            "environment": [layer(ENVIRONMENT, "environment", "env.yml")],
            "folder": str(tmp_path / "plan"),
            "beside": [],
            "host": "here",
            **more,
        }
        return plan.run(params, check=check, report=told.append), told, tmp_path / "plan"

    return run


def test_the_plan_of_the_shop(planned, shop):
    result, told, folder = planned(shop)
    files = sorted(path.name for path in (folder / "shop").iterdir())
    assert files == ["findings.json", "objects.yaml", "stack.html"]
    objects = list(quick_yaml.load_all((folder / "shop" / "objects.yaml").read_text()))
    kinds = {one["kind"] for one in objects}
    assert {"Namespace", "StatefulSet", "Job", "Deployment", "HTTPRoute"} <= kinds
    assert told[-1] == "0 findings: 0 errors, 0 warnings"
    assert result["changed"]
    assert not planned(shop)[0]["changed"]


def test_errors_are_told_and_leave_no_old_objects(planned, shop, tmp_path):
    stack_file = tmp_path / "shop.yml"
    stack_file.write_text(shop.read_text())
    planned(stack_file)
    stack_file.write_text(shop.read_text().replace("${users.url}", "${usres.url}"))
    result, told, folder = planned(stack_file)
    assert result["failed"]
    assert told[0].startswith("error dangling-reference: workloads.orders.env.USER_SERVICE_URL: ")
    assert told[-1] == "2 findings: 2 errors, 0 warnings"
    findings = json.loads((folder / "shop" / "findings.json").read_text())
    assert [one["level"] for one in findings] == ["error", "error"]
    assert not (folder / "shop" / "objects.yaml").exists()


def test_errors_fail_without_a_folder_too(planned, shop, tmp_path):
    stack_file = tmp_path / "shop.yml"
    stack_file.write_text(shop.read_text().replace("${users.url}", "${usres.url}"))
    result, _told, folder = planned(stack_file, folder="")
    assert result["failed"]
    assert not folder.exists()


def test_hosts_with_the_same_stack_have_folders_of_their_own(planned, shop):
    assert planned(shop, beside=[str(shop)])[0]["folder"].endswith("/shop-here")


def test_check_mode_writes_nothing(planned, shop):
    result, _told, folder = planned(shop, check=True)
    assert result["changed"]
    assert not folder.exists()


def test_explain_answers_maps_and_patterns(resolved, shop):
    stack = resolved(shop.read_text(), ENVIRONMENT)
    told = stack.explain("workloads.*.scale.replicas").splitlines()
    assert [line for line in told if line.startswith("workloads.users.")] == [
        "workloads.users.scale.replicas = 1"
    ]
    assert len([line for line in told if line.startswith("workloads.")]) == 4
    told = stack.explain("workloads.users.drain")
    assert 'workloads.users.drain.work = "10s"\n  stack (demo.yml:23:' in told
    assert "overrode" in told


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("workloads.usres.scale", 'workloads has no usres. Did you mean "users"'),
        ("workloads.users.scael", "workloads.users has no scael"),
        ("workloads.*.scael", "There is nothing at"),
    ],
)
def test_explain_knows_the_nearest(resolved, shop, path, message):
    with pytest.raises(StackError, match=message.replace(".", r"\.").replace("*", r"\*")):
        resolved(shop.read_text(), ENVIRONMENT).explain(path)
