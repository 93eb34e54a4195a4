# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datastores: what references to each type and driver mean, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.stack.conftest import Resolve

STACK = """
schema: stack/v1
name: demo
images: {{app: {{repo: acme/app, tag: "1"}}, mirror: {{repo: mirror/pg, tag: "1"}}}}
datastores: {{db: {{{store}}}}}
{section}: {{api: {{image: app, env: {{VALUE: "{value}"}} {more}}}}}
"""
POSTGRES = 'type: postgres, version: "16"'
REDIS = 'type: redis, version: "7"'
LOCAL = "preset: local"
EXTERNAL = "{preset: local, datastores: {db: {driver: external, host: db.example.com, %s}}}"


def value(resolved: Resolve, store: str, reference: str, environment: str = LOCAL) -> Any:
    """Return what a workload gets for a reference: a text, secret/key, or a recipe."""
    result = resolved(
        STACK.format(store=store, section="workloads", value=reference, more=""), environment
    )
    assert result.document, [str(one) for one in result.findings]
    entry: Any = result.document["workloads"]["api"]["env"]["VALUE"]
    if "value" in entry:
        return entry["value"]
    recipe = result.document["composed"].get(entry["secret"], {}).get(entry["key"])
    return recipe or f"{entry['secret']}/{entry['key']}"


def says(resolved: Resolve, store: str, reference: str = "x", environment: str = LOCAL) -> str:
    """Return the one finding."""
    text = STACK.format(store=store, section="workloads", value=reference, more="")
    (finding,) = resolved(text, environment).findings
    return str(finding)


@pytest.mark.parametrize(
    ("store", "reference", "means"),
    [
        (POSTGRES, "${db.url}", "db/url"),
        (POSTGRES, "${db.host}:${db.port}/${db.db}", "db:5432/db"),
        (f"{POSTGRES}, roles: {{reader: {{access: read}}}}", "${db.reader.url}", "db-reader/url"),
        (f"{POSTGRES}, roles: {{reader: {{}}}}", "${db.reader.user}", "reader"),
        (REDIS, "${db.url}", "db/url"),
        (REDIS, "${db.password}", "db/password"),
        (f"{REDIS}, auth: false", "${db.url}", "redis://db:6379/0"),
        ("type: s3, buckets: [up_loads]", "${db.up_loads.name}", "up-loads"),
        ("type: s3, buckets: [uploads]", "${db.uploads.url}", "http://db:9000/uploads"),
        ("type: s3, buckets: {uploads: {name: acme-1}}", "${db.uploads.name}", "acme-1"),
        ("type: s3", "${db.endpoint} ${db.region}", "http://db:9000 us-east-1"),
        ("type: s3", "${db.access_key}", "db/access_key"),
    ],
)
def test_references(resolved: Resolve, store: str, reference: str, means: str) -> None:
    assert value(resolved, store, reference) == means


@pytest.mark.parametrize(
    ("store", "said", "reference", "means"),
    [
        (POSTGRES, "secret: pg", "${db.url}", "pg/url"),
        (POSTGRES, "secret: pg, map: {url: DATABASE_URL}", "${db.url}", "pg/DATABASE_URL"),
        (
            POSTGRES,
            "secret: pg, map: {password: PW}",
            "${db.url}",
            "postgresql://db:${urlencode:pg/PW}@db.example.com:5432/db?sslmode=require",
        ),
        (
            POSTGRES,
            "secret: pg, tls: false, map: {password: PW, user: U}",
            "${db.url}",
            "postgresql://${urlencode:pg/U}:${urlencode:pg/PW}@db.example.com:5432/db",
        ),
        (
            POSTGRES,
            "secret: pg, map: {password: PW}",
            "postgresql+asyncpg://${db.user}:${db.password}@${db.host}/${db.db}",
            "postgresql+asyncpg://db:${urlencode:pg/PW}@db.example.com/db",
        ),
        (
            REDIS,
            "secret: r, map: {password: pw}",
            "${db.url}",
            "rediss://:${urlencode:r/pw}@db.example.com:6379/0",
        ),
        ("type: s3, buckets: [up]", "secret: s", "${db.up.url}", "https://db.example.com/up"),
        (
            "type: s3",
            "secret: s, map: {access_key: AWS_ACCESS_KEY_ID}",
            "${db.access_key}",
            "s/AWS_ACCESS_KEY_ID",
        ),
    ],
)
def test_external(resolved: Resolve, store: str, said: str, reference: str, means: str) -> None:
    assert value(resolved, store, reference, EXTERNAL % said) == means


def test_an_operator_has_another_host(resolved: Resolve) -> None:
    environment = "{preset: production, datastores: {db: {driver: operator, instances: 3}}}"
    store = f"{POSTGRES}, conf: {{wal_level: logical}}"
    assert value(resolved, store, "${db.host} ${db.port}", environment) == "db-rw 5432"


def test_the_administrator_is_for_migrations_and_jobs(resolved: Resolve) -> None:
    assert says(resolved, POSTGRES, "${db.admin_url}") == (
        "workloads.api.env.VALUE: only migrations and jobs may log in as the administrator "
        "(demo.yml:6:37). Use ${….url}; what needs more belongs into a migration or a Job."
    )
    text = STACK.format(
        store=POSTGRES, section="migrations", value="${db.admin_url}", more=", database: db"
    )
    document = resolved(text).document
    assert document
    env = document["migrations"]["api"]["env"]
    assert env == {"VALUE": {"secret": "db-admin", "key": "url"}}


@pytest.mark.parametrize(
    ("store", "environment", "words"),
    [
        (f"{POSTGRES}, auth: true", LOCAL, "belongs to type redis, but this is type postgres"),
        (f"{REDIS}, instances: 3", LOCAL, "belongs to driver operator, but this is"),
        ("type: redis", LOCAL, "datastores.db.version: missing"),
        (REDIS, "{preset: local, datastores: {db: {driver: operator}}}", "no operator for redis"),
        (POSTGRES, EXTERNAL % "port: 1", "datastores.db.secret: missing"),
        (f"{POSTGRES}, image: miror", LOCAL, 'no image "miror"'),
    ],
)
def test_refused(resolved: Resolve, store: str, environment: str, words: str) -> None:
    text = STACK.format(store=store, section="workloads", value="x", more="")
    found = [str(finding) for finding in resolved(text, environment).findings]
    assert any(words in one for one in found), found
