# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of datastores, by type and driver."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.models.conftest import RESOURCES
from tests.unit.models.test_models import bootstrap_job, container, objects

REDIS: dict[str, Any] = {
    "type": "redis",
    "version": "7",
    "driver": "container",
    "persistence": True,
    "eviction": "noeviction",
    "auth": True,
    "host": "queue",
    "port": 6379,
    "tls": False,
    "secret": "queue",
    "keys": {"url": "url", "password": "password"},
    "storage": "1Gi",
    "storage_class": "",
    "conf": {},
    "image": "",
    "instances": 1,
    "resources": RESOURCES,
}
S3: dict[str, Any] = {
    **REDIS,
    "type": "s3",
    "version": "1.8.0",
    "host": "media",
    "port": 9000,
    "secret": "media",
    "region": "us-east-1",
    "buckets": {"uploads": {"name": "acme-uploads"}, "b": {"name": "bbb"}},
}


@pytest.fixture
def stores(document: dict[str, Any]) -> dict[str, Any]:
    """Return the datastores of a stack with one of each type."""
    document["datastores"] |= {"queue": {**REDIS}, "media": {**S3}}
    return document


def script(document: dict[str, Any]) -> str:
    """Return the SQL that prepares the one database."""
    return objects(document, "infra")["ConfigMap", "users-db-bootstrap"]["data"]["10-bootstrap.sql"]


def env(container: dict[str, Any]) -> dict[str, Any]:
    """Return the variables of a container: a text, or Secret and key."""
    return {
        one["name"]: one.get("value") or tuple(one["valueFrom"]["secretKeyRef"].values())
        for one in container["env"]
    }


def test_the_user_of_a_database_is_no_superuser(document: dict[str, Any]) -> None:
    server = container(objects(document, "infra")["StatefulSet", "users-db"])
    assert env(server)["POSTGRES_USER"] == "postgres"
    assert sorted(env(server)["POSTGRES_PASSWORD"]) == ["password", "users-db-admin"]
    assert 'ALTER ROLE "users" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE' in script(document)


def test_a_broken_server_does_not_keep_the_mended_one_from_starting(
    document: dict[str, Any],
) -> None:
    """In order, Kubernetes replaces a pod only when it is ready."""
    spec = objects(document, "infra")["StatefulSet", "users-db"]["spec"]
    assert (spec["replicas"], spec["podManagementPolicy"]) == (1, "Parallel")


def test_the_script_has_what_the_stack_says(document: dict[str, Any]) -> None:
    store = document["datastores"]["users_db"]
    store["schemas"] = ["audit"]
    store["roles"] = {
        "reader": {"access": "read", "replication": False},
        "users": {"access": "none", "replication": True},
    }
    text = script(document)
    assert 'CREATE EXTENSION IF NOT EXISTS "pgcrypto";' in text
    assert 'CREATE SCHEMA IF NOT EXISTS "audit" AUTHORIZATION "users";' in text
    assert 'GRANT "pg_read_all_data" TO "reader";' in text
    assert text.count("CREATE ROLE") == 2
    assert text.count(" REPLICATION") == 1


def test_another_script_is_another_job(document: dict[str, Any]) -> None:
    before = bootstrap_job(document)["spec"]
    pods = objects(document, "infra")["StatefulSet", "users-db"]["spec"]["template"]
    document["datastores"]["users_db"]["extensions"] = ["pgcrypto", "citext"]
    assert bootstrap_job(document)["spec"] != before
    assert objects(document, "infra")["StatefulSet", "users-db"]["spec"]["template"] == pods


def test_the_job_is_none_of_the_service(document: dict[str, Any]) -> None:
    selector = objects(document, "infra")["Service", "users-db"]["spec"]["selector"]
    labels = bootstrap_job(document)["spec"]["template"]["metadata"]["labels"]
    assert not selector.items() <= labels.items()


def test_settings_of_a_server(document: dict[str, Any]) -> None:
    store = document["datastores"]["users_db"]
    store.update(conf={"wal_level": "logical"}, max_connections=300)
    server = container(objects(document, "infra")["StatefulSet", "users-db"])
    assert server["args"] == ["postgres", "-c", "max_connections=300", "-c", "wal_level=logical"]


def test_an_image_of_the_stack(document: dict[str, Any]) -> None:
    document["datastores"]["users_db"]["image"] = "app"
    images = {
        container(one)["image"]
        for key, one in objects(document, "infra").items()
        if key[0] in ("StatefulSet", "Job")
    }
    assert images == {"acme/shop:1.10"}


def test_an_operator_runs_it(document: dict[str, Any]) -> None:
    store = document["datastores"]["users_db"]
    store.update(driver="operator", host="users-db-rw", instances=3, conf={"wal_level": "logical"})
    store["roles"] = {"reader": {"access": "read", "replication": False}}
    found = objects(document, "infra")
    spec = found["Cluster", "users-db"]["spec"]
    assert (spec["instances"], spec["storage"]) == (3, {"size": "1Gi"})
    assert spec["postgresql"]["parameters"] == {"max_connections": "100", "wal_level": "logical"}
    assert spec["bootstrap"]["initdb"] == {
        "database": "users",
        "owner": "users",
        "secret": {"name": "users-db"},
        "postInitApplicationSQL": ['CREATE EXTENSION IF NOT EXISTS "pgcrypto";'],
    }
    (role,) = spec["managed"]["roles"]
    assert (role["name"], role["inRoles"]) == ("reader", ["pg_read_all_data"])
    for name in ("users-db", "users-db-admin", "users-db-reader"):
        assert found["Secret", name]["type"] == "kubernetes.io/basic-auth"
    assert ("StatefulSet", "users-db") not in found


def test_a_redis_keeps_its_password_out_of_its_arguments(stores: dict[str, Any]) -> None:
    server = container(objects(stores, "infra")["StatefulSet", "queue"])
    assert sorted(env(server)["REDISCLI_AUTH"]) == ["password", "queue"]
    assert "requirepass" not in json.dumps(server["args"])
    settings = dict(zip(server["args"][::2], server["args"][1::2], strict=True))
    assert settings["--appendonly"] == "yes"
    assert settings["--maxmemory-policy"] == "noeviction"
    assert settings["--maxmemory"] == str(96 * 1024 * 1024)


def test_a_redis_that_keeps_nothing(stores: dict[str, Any]) -> None:
    stores["datastores"]["queue"].update(persistence=False, auth=False)
    found = objects(stores, "infra")
    spec = found["StatefulSet", "queue"]["spec"]
    assert "volumeClaimTemplates" not in spec
    assert ("Secret", "queue") not in found
    mounts = {
        mount["mountPath"] for mount in container(found["StatefulSet", "queue"])["volumeMounts"]
    }
    assert mounts == {"/tmp", "/data"}


def test_an_s3_server_makes_its_buckets(stores: dict[str, Any]) -> None:
    found = objects(stores, "infra")
    server = container(found["StatefulSet", "media"])
    assert env(server)["BUCKETS"] == "acme-uploads bbb"
    assert env(server)["VGW_PORT"] == ":9000"
    assert found["Secret", "media"]["stringData"] == {
        "access_key": "${generate:20}",
        "secret_key": "${generate:40}",
    }


def test_every_datastore_is_restricted(stores: dict[str, Any]) -> None:
    for key, one in objects(stores, "infra").items():
        if key[0] in ("StatefulSet", "Job"):
            pod = one["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["runAsUser"] > 0
            assert container(one)["securityContext"]["readOnlyRootFilesystem"] is True
