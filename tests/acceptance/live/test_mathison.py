# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mathison on the cluster: its users from outside, and a second release while they use it."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.probe import check as probe

from tests.acceptance.live.deployed import Deployed, eventually
from tests.acceptance.live.exposed import Entrance, https
from tests.acceptance.live.inside import may, sql
from tests.acceptance.live.rolling import Seen, watched
from tests.acceptance.live.visitor import Visitor

HOST = "mathison.localhost"
STEPS = ["0001_vector", "0002_users", "0003_apps", "0004_recipes"]
UPLOAD = 40 * 1024 * 1024
# Shorter than what is asked for: only a stream outlives it.
ROUTE_TIMEOUT, EVENTS = "3s", 6
# What the account may do in every namespace, as (group, resource).
ALLOWED = {
    ("", "namespaces"): "create get list delete",
    ("apps", "deployments"): "get list create patch delete",
    ("", "services"): "get list create patch delete",
    ("", "secrets"): "get list create patch delete",
    ("networking.k8s.io", "networkpolicies"): "get list create update patch delete",
    ("", "resourcequotas"): "get list create update patch delete",
    ("", "persistentvolumeclaims"): "get list create delete",
    ("", "pods"): "get list watch",
    ("", "pods/log"): "get",
    ("", "pods/exec"): "create",
    ("", "pods/portforward"): "create",
    ("", "nodes"): "get list",
    ("metrics.k8s.io", "pods"): "get list",
}
REFUSED = {
    ("", "nodes"): "delete",
    ("", "pods"): "delete",
    ("", "serviceaccounts/token"): "create",
    ("rbac.authorization.k8s.io", "clusterroles"): "get create bind escalate",
    ("rbac.authorization.k8s.io", "rolebindings"): "create",
}


@pytest.fixture(scope="module")
def visitor(mathison: Deployed) -> Visitor:
    """Somebody outside of the cluster."""
    return Visitor(HOST)


@pytest.fixture
def workspace(mathison: Deployed, visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Sign up; returns the address of the user and the workspace, which both go again."""
    name = f"ws-{uuid.uuid4().hex[:8]}"
    email = f"{name}@example.com"
    assert visitor.post("/api/signup", email=email, workspace=name).status == 201
    yield email, name
    _rows(mathison, f"DELETE FROM users WHERE workspace = '{name}'")
    _rows(mathison, f"DELETE FROM apps WHERE name LIKE '{name}%'")
    mathison.client.request("DELETE", f"/api/v1/namespaces/{name}")


@dataclass(frozen=True, slots=True)
class Release:
    """A release with HTTPS and a migration of its own, and what was seen while it came."""

    entrance: Entrance
    seen: Seen

    def changes(self) -> dict[str, Any]:
        """Return what the release says in its environment."""
        new = {"env": {"RELEASE": self.seen.job}}
        return {
            "sites": {"mathison": {"host": HOST, "tls": {"secret": "mathison-tls"}}},
            "ingress": {"address": self.entrance.address, "tls_port": self.entrance.port},
            "routes": {"web": {"timeout": ROUTE_TIMEOUT}},
            "migrations": {"migrate": new},
            "workloads": {"worker": new},
        }


@pytest.fixture(scope="module")
def release(
    mathison: Deployed, visitor: Visitor, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Release]:
    """Roll a release out while the one before is used; that one comes back at the end.

    The seed is forgotten first, so that it runs again.
    """
    folder = tmp_path_factory.mktemp("tls")
    mathison.kubectl("delete", "job,configmap,secret", "-l", "slipway.dev/migration=migrate-seed")
    try:
        with https(mathison.client, "mathison", {"mathison-tls": HOST}, folder) as entrance:
            with watched(mathison, visitor) as seen:
                rolled_out = Release(entrance, seen)
                _deploy(mathison, rolled_out)
            yield rolled_out
    finally:
        back = mathison.site()
    back.succeeded()
    _rows(mathison, f"DELETE FROM apps WHERE name = '{seen.job}'")


def test_ma_1_every_migration_is_applied_once(mathison: Deployed) -> None:
    """The feature: each run has a Job, and its log is kept."""
    database = mathison.passed("migrate")[-1]["metadata"]["labels"]["slipway.dev/database"]
    logs = [
        base64.b64decode(one["data"]["log"]).decode()
        for one in mathison.list("Secret")
        if one["metadata"]["labels"].get("slipway.dev/migration") == "migrate"
        and one["metadata"]["labels"]["slipway.dev/database"] == database
    ]
    applied = [step for log in logs for step in re.findall(r"applied (\w+)", log)]
    assert sorted(applied) == STEPS
    ledger = "SELECT name FROM schema_migrations ORDER BY name"
    assert _rows(mathison, ledger) == STEPS


def test_ma_3_seeding_twice_leaves_the_same_rows(mathison: Deployed, release: Release) -> None:
    """The feature: the seed follows its migration, where nothing is recorded of it."""
    (job,) = mathison.passed("migrate-seed")
    assert job["metadata"]["creationTimestamp"] >= release.seen.began
    assert _rows(mathison, "SELECT name FROM recipes ORDER BY name") == [
        "postgresql",
        "redis",
        "wordpress",
    ]


def test_ma_4_a_release_migrates_before_its_pods_exist(
    mathison: Deployed, release: Release
) -> None:
    """The feature: the gate, which comes before the roll-out."""
    job = mathison.passed("migrate")[-1]
    made = job["metadata"]["creationTimestamp"], job["status"]["completionTime"]
    pods = [*mathison.pods("web"), *mathison.pods("worker")]
    assert len(pods) == 3
    for pod in pods:
        assert release.seen.began <= made[0] <= made[1] <= pod["metadata"]["creationTimestamp"]


def test_ma_4_a_failing_migration_leaves_the_old_pods_serving(
    mathison: Deployed, visitor: Visitor, release: Release
) -> None:
    """The feature: a failure stops the play. What follows mends it."""
    before = _names(mathison)
    wrong = {**release.changes(), "structural": True}
    wrong["migrations"] = {"migrate": {"args": ["prisma", "migrate", "nowhere"]}}
    wrong["workloads"] = {"web": {"env": {"RELEASE": "wrong"}}}
    told = mathison.site(trusted=release.entrance.trusted, **wrong).refused()
    assert "exit code 127" in told
    assert "no part is started by 'npx prisma migrate nowhere'" in told
    assert _names(mathison) == before
    assert visitor.get("/api/health?ready=true").status == 200
    _deploy(mathison, release)
    assert _names(mathison) == before


def test_ma_5_two_of_web_are_ready(mathison: Deployed) -> None:
    """The feature: a roll-out ends when all are."""
    assert mathison.get("Deployment", "web")["spec"]["replicas"] == 2
    assert mathison.ready("Deployment", "web")


def test_ma_6_the_worker_is_ready(mathison: Deployed) -> None:
    """The feature: a roll-out ends when it is."""
    assert mathison.get("Deployment", "worker")["spec"]["replicas"] == 1
    assert mathison.ready("Deployment", "worker")


def test_ma_14_health_by_https(release: Release) -> None:
    """The feature: the ReferenceGrant, without which the Gateway may not read the certificate."""
    assert release.entrance.visitor(HOST).get("/api/health").status == 200


def test_ma_16_logging_in(release: Release, workspace: tuple[str, str]) -> None:
    """The feature: AUTH_URL is the route's own URL; without it the answer is 500."""
    browser = release.entrance.visitor(HOST)
    csrf = browser.get("/api/auth/csrf")
    cookie = csrf.headers["set-cookie"].partition(";")[0]
    body = urlencode({"csrfToken": csrf.json()["csrfToken"], "email": workspace[0]}).encode()
    answer = browser.ask("POST", "/api/auth/callback/credentials", body, {"Cookie": cookie})
    assert answer.status == 302
    assert answer.headers["location"] == f"https://{HOST}:{release.entrance.port}"
    assert answer.headers["set-cookie"].startswith("authjs.session-token=")


def test_ma_17_events_arrive_while_they_happen(release: Release) -> None:
    """The feature: a stream outlives the timeout of its route."""
    params = {
        "url": f"http://{HOST}:8080/api/chat?chunks={EVENTS}",
        "address": "127.0.0.1:8080",
        "method": "GET",
        "headers": {},
        "body": "",
        "status": [200],
        "contains": f'{{"chunk": {EVENTS - 1}}}',
        "timeout": 30.0,
        "stream": {"min_chunks": EVENTS, "within": 20.0},
    }
    result = probe.run(params, check=False, report=lambda _line: None)
    assert not result["failed"], result["msg"]
    assert result["attempts"] == 1


def test_ma_18_an_upload_of_40_mib(visitor: Visitor) -> None:
    """The feature: the route, which brings no limit of its own; Contour has none to lift."""
    answer = visitor.ask("POST", "/api/upload", bytes(UPLOAD))
    assert (answer.status, answer.json()) == (200, {"bytes": UPLOAD})


def test_ma_19_what_the_account_may_do(mathison: Deployed) -> None:
    """The feature: the account's rules, bound in the whole cluster."""
    wanted = {(what, verb) for what, verbs in ALLOWED.items() for verb in verbs.split()}
    refused = {(what, verb) for what, verbs in REFUSED.items() for verb in verbs.split()}
    asked = wanted | refused
    assert {one for one in asked if may(mathison, "mathison", "default", *one)} == wanted


def test_ma_19_the_worker_deploys_into_a_new_namespace(
    mathison: Deployed, visitor: Visitor, workspace: tuple[str, str]
) -> None:
    """The feature: the account's token in the pods of web and worker, and its rights."""
    _, name = workspace
    image = mathison.get("Pod", "queue-0")["spec"]["containers"][0]["image"]
    app = f"{name}-app"
    assert visitor.post("/api/apps", name=app, workspace=name, image=image).status == 200
    ended = ("running", "failed")
    eventually(lambda: _app(visitor, app)["state"] in ended, "the app is deployed")
    assert _app(visitor, app)["state"] == "running"
    path = f"/apis/apps/v1/namespaces/{name}/deployments/{app}"
    assert mathison.client.request("GET", path)["status"]["availableReplicas"] == 1


def test_ma_22_a_roll_out_of_web_loses_no_request(release: Release) -> None:
    """The feature: a pod goes when its successor is ready, and serves on until Envoy knows of it.

    Recreated pods lose hundreds. Without the pause before the end none is lost here: on one node
    Envoy hears of it before the program does.
    """
    assert release.seen.replaced["web"] == 2
    assert release.seen.visits.count > 200
    assert release.seen.visits.failures == []


def test_ma_23_a_rolled_out_worker_finishes_its_job(visitor: Visitor, release: Release) -> None:
    """The feature: the grace period is as long as the work in hand may take."""
    seen = release.seen
    assert seen.replaced["worker"] == 1
    eventually(lambda: _app(visitor, seen.job)["state"] == "running", "the job is finished")
    assert _app(visitor, seen.job)["pod"] == seen.worker


def _rows(mathison: Deployed, statement: str) -> list[str]:
    return sql(mathison, "mathison-db", "mathison", statement)


def _deploy(mathison: Deployed, release: Release) -> None:
    trusted = release.entrance.trusted
    mathison.site(trusted=trusted, **release.changes()).succeeded()


def _names(mathison: Deployed) -> set[str]:
    pods = [*mathison.pods("web"), *mathison.pods("worker")]
    return {str(pod["metadata"]["name"]) for pod in pods}


def _app(visitor: Visitor, name: str) -> dict[str, str]:
    found: dict[str, str] = visitor.get(f"/api/apps/{name}").json()
    return found
