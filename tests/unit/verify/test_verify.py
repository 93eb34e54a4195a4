# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What verify asks, and what it makes of the answers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.arguments import HTTP_CHECK
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.packed import pack
from ansible_collections.slipway.stack.plugins.module_utils.verify import front, names
from ansible_collections.slipway.stack.plugins.module_utils.verify.rights import Right, wanted
from ansible_collections.slipway.stack.plugins.module_utils.verify.table import Result, Row, lines

RULES = [
    {"apiGroups": ["", "batch"], "resources": ["jobs"], "verbs": ["get", "list"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"], "resourceNames": ["one"]},
]
ACCOUNT = {"name": "builder", "namespace": "demo", "cluster": False, "rules": RULES}
MODELS = {
    "name": "demo",
    "namespace": "demo",
    "preset": "local",
    "levels": [],
    "routes": {},
    "migrations": [],
    "rights": [ACCOUNT],
}


class Reviewer:
    """An API server that allows some verbs, or refuses to be asked."""

    def __init__(self, *verbs: str, refuses: bool = False) -> None:
        self.verbs = verbs
        self.refuses = refuses

    def request(self, _method: str, _path: str, *, body: dict[str, Any]) -> dict[str, Any]:
        if self.refuses:
            raise ApiError(403, "Forbidden", "not you", {})
        verb = body["spec"]["resourceAttributes"]["verb"]
        return {"status": {"allowed": verb in self.verbs}}


def verify(monkeypatch: pytest.MonkeyPatch, client: Reviewer, **models: Any) -> dict[str, Any]:
    monkeypatch.setattr(front, "connect", lambda _params: client)
    said = {"resolved": pack({**MODELS, **models}), "inside": False, "timeout": 1.0}
    return front.run(said, check=False, report=lambda _line: None)


def test_what_a_hook_leaves_unsaid_is_what_http_check_takes_for_granted() -> None:
    options = HTTP_CHECK["argument_spec"].items()
    optional = {name: one.get("default") for name, one in options if not one.get("required")}
    assert {name: optional[name] for name in front.UNSAID} == front.UNSAID
    assert optional.keys() - front.UNSAID.keys() == {"address", "timeout"}


def test_rights_are_asked_one_by_one() -> None:
    assert [str(right) for right in wanted([ACCOUNT])] == [
        "get jobs",
        "list jobs",
        "get jobs.batch",
        "list jobs.batch",
        "get pods/log/one",
    ]
    review = Right("builder", "demo", "get", "", "pods/log", "demo").review()["spec"]
    assert review["user"] == "system:serviceaccount:demo:builder"
    assert review["resourceAttributes"]["resource"] == "pods"
    assert review["resourceAttributes"]["subresource"] == "log"


def test_an_account_of_the_cluster_is_asked_for_every_namespace() -> None:
    (right, *_) = wanted([{**ACCOUNT, "cluster": True}])
    assert (right.home, right.namespace) == ("demo", "")


@pytest.mark.parametrize(
    ("client", "result", "detail"),
    [
        (Reviewer("get", "list"), "passed", "all 5 allowed"),
        (Reviewer("get"), "failed", "not allowed: list jobs, list jobs.batch"),
        (Reviewer(refuses=True), "unknown", "you may not create subjectaccessreviews"),
    ],
    ids=["all", "some", "nobody may ask"],
)
def test_rights(
    monkeypatch: pytest.MonkeyPatch, client: Reviewer, result: str, detail: str
) -> None:
    outcome = verify(monkeypatch, client)
    (row,) = outcome["rows"]
    assert (row["what"], row["name"], row["result"]) == ("rights", "builder", result)
    assert row["detail"] == detail
    assert outcome["failed"] == (result == "failed")


def test_all_that_does_not_hold_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(params: dict[str, Any], **_rest: Any) -> dict[str, Any]:
        return {"failed": params["status"] != [200], "msg": f"{params['method']} asked"}

    monkeypatch.setattr(front.http, "run", answered)
    route = {"what": "route", "name": "web", "url": "http://a/", "address": ""}
    hook = {**route, "what": "hook", "name": "buy", "method": "POST", "status": [201]}
    outcome = verify(monkeypatch, Reviewer(), rights=[], checks=[route, hook])
    assert [row["result"] for row in outcome["rows"]] == ["passed", "failed"]
    assert outcome["msg"] == "hook buy: POST asked"


def test_nothing_is_asked_before_anything_is_rolled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"resolved": pack(MODELS), "inside": True, "timeout": 1.0}
    assert front.run(said, check=True, report=lambda _line: None)["rows"] == []


def test_the_table_is_aligned() -> None:
    rows = [
        Row("route", "web", Result.PASSED, "200", 0.5),
        Row("rights", "builder", Result.FAILED, "no", 10.0),
    ]
    assert list(lines(rows)) == [
        "passed  route   web      0.50 s   200",
        "FAILED  rights  builder  10.00 s  no",
    ]


def test_names_are_asked_from_a_datastores_image() -> None:
    store = {"template": "statefulset", "name": "db", "pod": {"containers": [{"image": "pg:1"}]}}
    models = {
        "infra": [store, {"template": "service", "name": "db"}],
        "workloads": [{"template": "service", "name": "api"}, {"template": "pdb", "name": "x"}],
    }
    assert names.services(models) == ["api", "db"]
    assert names.image(models) == "pg:1"
    assert names.image({"infra": []}) == ""
    spec = names.pod("pg:1", ["api", "db"], 30)["spec"]
    assert spec["containers"][0]["command"][-2:] == ["api", "db"]
    assert spec["securityContext"]["runAsNonRoot"]
