# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SaaS starter on the cluster: HTTPS on two hosts, migrations, going back, going away."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.live.deployed import Deployed, now
from tests.acceptance.live.exposed import Entrance, https
from tests.acceptance.live.tagged import release_file
from tests.acceptance.live.visitor import Visitor

HOST, API_HOST = "starter.localhost", "api.starter.localhost"
REGISTER = "/api/v1/auth/register"
DATA = ("StatefulSet", "PersistentVolumeClaim", "Secret")
MANAGED = "managed-db"


@dataclass(frozen=True, slots=True)
class Release:
    """A release with HTTPS on two hosts, and when its roll-out began."""

    entrance: Entrance
    began: str

    def changes(self) -> dict[str, Any]:
        """Return what the release says in its environment."""
        hosts = "${routes.web.host},${routes.api_host.host},${api.host}"
        return {
            "sites": {
                "app": {"host": HOST, "tls": {"secret": "app-tls"}},
                "api": {"host": API_HOST, "tls": {"secret": "api-tls"}},
            },
            "ingress": {"address": self.entrance.address, "tls_port": self.entrance.port},
            "routes": {"api_host": {"enabled": True}},
            "config": {"api": {"ALLOWED_HOSTS": hosts}},
            "migrations": {"migrate": {"env": {"RELEASE": self.began}}},
        }


@dataclass(frozen=True, slots=True)
class Return:
    """What a release with other tags and the way back left: images and UIDs, in this order."""

    images: list[set[str]]
    data: list[dict[str, str]]
    email: str


@pytest.fixture(scope="module")
def release(starter: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """Roll out a release with HTTPS and another migration; the one before comes back at the end."""
    secrets = {"app-tls": HOST, "api-tls": API_HOST}
    try:
        with https(starter.client, "starter", secrets, tmp_path_factory.mktemp("tls")) as entrance:
            rolled_out = Release(entrance, now())
            _deploy(starter, rolled_out)
            yield rolled_out
    finally:
        back = starter.site()
    back.succeeded()


@pytest.fixture(scope="module")
def back(starter: Deployed, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Return:
    """Roll out other tags, and go back by one command."""
    path = release_file("starter", ("api", "web"), tmp_path_factory.mktemp("release"))
    email = _register(release.entrance.visitor(HOST))
    images, data = [_images(starter)], [_data(starter)]
    _deploy(starter, release, "-e", f"stack_release_file={path}")
    images.append(_images(starter))
    data.append(_data(starter))
    trusted = release.entrance.trusted
    starter.play("rollback", trusted=trusted, **release.changes()).succeeded()
    return Return([*images, _images(starter)], [*data, _data(starter)], email)


def test_st_4_https_with_the_sites_certificate(release: Release) -> None:
    """The feature: the ReferenceGrant, without which the Gateway may not read the certificate."""
    answer = _only(release, HOST).get("/")
    assert answer.status == 200
    assert "<h1>Starter</h1>" in answer.text


def test_st_14_everything_reaches_web(starter: Deployed) -> None:
    """The feature: its routes. /api/health is web's alone, and hands on what the API says."""
    visitor = Visitor(HOST)
    assert "<h1>Starter</h1>" in visitor.get("/").text
    assert visitor.get("/api/health").json() == {"status": "ok"}
    assert visitor.get("/health").status == 404
    assert visitor.get("/api/v1/billing/events").json()["events"] is not None


def test_st_15_the_api_has_a_host_and_a_certificate_of_its_own(release: Release) -> None:
    """The feature: a route that is switched on here. /health is the API's alone."""
    assert _only(release, API_HOST).get("/health").json() == {"status": "ok"}
    trusts_the_other = release.entrance.trusted.with_name(f"{HOST}.crt")
    address = release.entrance.address, release.entrance.port
    with pytest.raises(ssl.SSLCertVerificationError):
        Visitor(API_HOST, address, trusts_the_other).get("/health")


def test_st_20_the_migration_runs_before_the_roll_out(starter: Deployed, release: Release) -> None:
    """The feature: the gate, which comes before the roll-out."""
    job = starter.passed("migrate")[-1]
    made = job["metadata"]["creationTimestamp"], job["status"]["completionTime"]
    pods = [*starter.pods("api"), *starter.pods("web")]
    assert len(pods) == 2
    for pod in pods:
        assert release.began <= made[0] <= made[1] <= pod["metadata"]["creationTimestamp"]


def test_st_20_its_failure_stops_the_roll_out(starter: Deployed, release: Release) -> None:
    """The feature: a failure stops the play. What follows mends it."""
    before = _pods(starter)
    wrong = {**release.changes(), "structural": True}
    wrong["migrations"]["migrate"]["args"] = ["-c", "/app/alembic.ini", "upgrade", "nowhere"]
    wrong["workloads"] = {"api": {"env": {"RELEASE": "3"}}, "web": {"env": {"RELEASE": "3"}}}
    told = starter.site(trusted=release.entrance.trusted, **wrong).refused()
    assert "exit code 127" in told
    assert _pods(starter) == before
    assert Visitor(HOST).get("/api/health/ready").status == 200
    _deploy(starter, release)
    assert _pods(starter) == before


def test_st_21_both_are_ready(release: Release) -> None:
    """The feature: the probes' host, which is allowed; the pod's address is answered by 400."""
    entrance = release.entrance
    assert entrance.visitor(API_HOST).get("/health/ready").status == 200
    assert entrance.visitor(HOST).get("/api/health/ready").status == 200


def test_st_22_one_command_restores_the_tags_before(back: Return) -> None:
    """The feature: releases are recorded, with their images."""
    before, other, after = back.images
    assert len(before | other) == len(before) + 2
    assert after == before


def test_st_23_going_back_touches_no_data(release: Release, back: Return) -> None:
    """The feature: a rollback has no phase for what the stack stands on."""
    before, other, after = back.data
    assert {"StatefulSet starter-db", "PersistentVolumeClaim data-starter-db-0"} <= before.keys()
    assert before == other == after
    assert _registered(release.entrance.visitor(HOST), back.email)


def test_st_23_removal_keeps_data_and_what_others_made(starter: Deployed, release: Release) -> None:
    """The feature: teardown deletes what was applied, and claims and secrets only by name."""
    email = _register(release.entrance.visitor(HOST))
    claims = _uids(starter, "PersistentVolumeClaim")
    secrets = _uids(starter, "Secret")
    starter.kubectl("create", "service", "externalname", MANAGED, "--external-name=db.example.com")
    try:
        starter.play("teardown", **release.changes()).succeeded()
        assert starter.list("Deployment") == []
        assert [one["metadata"]["name"] for one in starter.list("Service")] == [MANAGED]
        assert _uids(starter, "PersistentVolumeClaim") == claims
        assert _uids(starter, "Secret").items() >= secrets.items()
        _deploy(starter, release)
    finally:
        starter.kubectl("delete", "service", MANAGED)
    assert _uids(starter, "PersistentVolumeClaim") == claims
    assert _registered(release.entrance.visitor(HOST), email)


def _deploy(starter: Deployed, release: Release, *arguments: str) -> None:
    trusted = release.entrance.trusted
    starter.site(*arguments, trusted=trusted, **release.changes()).succeeded()


def _only(release: Release, host: str) -> Visitor:
    """Return a visitor who trusts the certificate of this host alone."""
    entrance = release.entrance
    return Visitor(
        host, (entrance.address, entrance.port), entrance.trusted.with_name(f"{host}.crt")
    )


def _register(visitor: Visitor) -> str:
    email = f"keeper-{uuid.uuid4().hex[:8]}@example.com"
    assert visitor.post(REGISTER, email=email).json() == {"email": email}
    return email


def _registered(visitor: Visitor, email: str) -> bool:
    """Say whether somebody is known already."""
    return visitor.post(REGISTER, email=email).status == 409


def _pods(starter: Deployed) -> set[str]:
    return {pod["metadata"]["name"] for name in ("api", "web") for pod in starter.pods(name)}


def _images(starter: Deployed) -> set[str]:
    """Return the images of what was rolled out, with the workload's name."""
    return {
        f"{one['metadata']['name']} {one['spec']['template']['spec']['containers'][0]['image']}"
        for one in starter.list("Deployment")
    }


def _data(starter: Deployed) -> dict[str, str]:
    return {f"{kind} {name}": uid for kind in DATA for name, uid in _uids(starter, kind).items()}


def _uids(starter: Deployed, kind: str) -> dict[str, str]:
    """Return the objects of a kind; not the logs of migrations, which come and go."""
    return {
        one["metadata"]["name"]: one["metadata"]["uid"]
        for one in starter.list(kind)
        if "slipway.dev/migration" not in one["metadata"].get("labels", {})
    }
