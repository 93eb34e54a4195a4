# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document: what merging, references and the graph make of a stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_type_hints

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Document
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.presets import preset
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import find, plain

from tests.unit.stack.conftest import Resolve

ENVIRONMENT = """
preset: local
namespace: shop-dev
sites: {shop: {host: shop.localhost}}
ingress:
  driver: gateway
  class: contour
  gateway: {namespace: gateway-system, name: shared}
  address: 127.0.0.1
  port: 8080
"""
SMALL = {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}
HEAD = """
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
"""


@pytest.fixture
def document(resolved: Resolve, shop: Path) -> Document:
    """The shop, resolved."""
    result = resolved(shop.read_text("utf-8"), ENVIRONMENT)
    assert result.findings == []
    assert result.document
    return result.document


def test_has_every_section(document: Document) -> None:
    assert list(document) == list(get_type_hints(Document))


def test_the_head(document: Document) -> None:
    head = ("name", "namespace", "preset", "kubernetes", "composed", "config")
    assert {key: document[key] for key in head} == {  # type: ignore[literal-required]
        "name": "shop",
        "namespace": "shop-dev",
        "preset": "local",
        "kubernetes": "1.30",
        "composed": {},
        "config": {},
    }


def test_a_datastore_of_its_own(document: Document) -> None:
    sizes = plain(preset("local"))["sizes"]
    assert document["datastores"]["users_db"] == {
        "type": "postgres",
        "version": "15",
        "driver": "container",
        "database": "users",
        "user": "users",
        "secret": "users-db",
        "host": "users-db",
        "port": 5432,
        "storage": "1Gi",
        "storage_class": "",
        "conf": {},
        "resources": sizes["medium"],
        "image": "",
        "instances": 1,
        "tls": False,
        "keys": {"url": "url", "password": "password"},
        "extensions": [],
        "schemas": [],
        "roles": {},
        "max_connections": 100,
    }


def test_a_migration(document: Document) -> None:
    assert document["migrations"]["migrate_users"] == {
        "image": "shop",
        "command": [],
        "args": ["users", "migrate"],
        "working_dir": "",
        "resources": SMALL,
        "write": ["/tmp"],
        "env": {"DATABASE_URL": {"secret": "users-db", "key": "url"}},
        "style": "job",
        "folder": "",
        "files": {},
        "workload": "",
        "security": {},
        "verify": "",
        "backward_compatible": "unknown",
        "database": "users_db",
        "phase": "pre",
        "timeout": 600,
    }


def test_a_workload(document: Document) -> None:
    orders: dict[str, Any] = {**document["workloads"]["orders"]}
    del orders["resources"], orders["write"], orders["working_dir"], orders["command"]
    assert orders == {
        "kind": "Deployment",
        "image": "shop",
        "args": ["orders", "serve"],
        "ports": {"http": 3003},
        "service": True,
        "env": {
            "PORT": {"value": "3003"},
            "DATABASE_URL": {"secret": "orders-db", "key": "url"},
            "JWT_SECRET": {"secret": "auth", "key": "jwt_secret"},
            "USER_SERVICE_URL": {"value": "http://users:3001"},
            "PRODUCT_SERVICE_URL": {"value": "http://products:3002"},
            "MIGRATE_ON_START": {"value": "false"},
        },
        "health": {
            "port": "http",
            "host": "",
            "live": {"path": "/healthz"},
            "ready": {"path": "/healthz?ready=1"},
            "startup_budget": 60,
        },
        "drain": {"propagation": 3, "work": 10},
        "scale": {"replicas": 1},
        "migrations": ["migrate_orders"],
        "after": ["users", "products"],
        "needs": [],
        "account": "",
        "init": {},
        "sidecars": {},
        "volumes": {},
        "budget": {},
        "strategy": {"surge": 1, "unavailable": 0},
        "share_processes": False,
        "security": {},
        "labels": {},
        "annotations": {},
        "schedule_on": {"nodes": {}, "tolerations": [], "priority": ""},
        "pool": 0,
        "metrics": {},
    }


def test_the_graph_orders_the_shop(document: Document) -> None:
    workloads = document["workloads"]
    assert workloads["gateway"]["after"] == ["users", "products", "orders"]
    assert workloads["gateway"]["migrations"] == []
    assert workloads["users"]["after"] == []


def test_the_models_take_it(document: Document) -> None:
    stack = build({**document})
    assert stack["routes"] == {"shop": "http://shop.localhost:8080/"}
    assert len(stack["migrations"]) == 3


@pytest.mark.parametrize(
    ("ingress", "url", "origin"),
    [
        ("scheme: http", "http://demo.example.com/app", "http://demo.example.com"),
        ("scheme: https", "https://demo.example.com/app", "https://demo.example.com"),
        ("port: 8080", "http://demo.example.com:8080/app", "http://demo.example.com:8080"),
        ("port: 80", "http://demo.example.com/app", "http://demo.example.com"),
    ],
)
def test_urls(resolved: Resolve, ingress: str, url: str, origin: str) -> None:
    stack = f"""{HEAD}
workloads:
  api: {{image: app, ports: {{http: 80}}, env: {{CORS_ORIGIN: "${{routes.web.origin}}"}}}}
routes: {{web: {{site: web, path: /app, to: api}}}}
"""
    environment = f"""
preset: local
sites: {{web: {{host: demo.example.com}}}}
ingress: {{driver: none, {ingress}}}
"""
    document = resolved(stack, environment).document
    assert document
    assert (document["routes"]["web"]["url"], document["routes"]["web"]["origin"]) == (url, origin)
    assert document["workloads"]["api"]["env"] == {"CORS_ORIGIN": {"value": origin}}
    assert document["workloads"]["api"]["after"] == []


def test_an_external_datastore(resolved: Resolve) -> None:
    stack = f"""{HEAD}
datastores: {{orders_db: {{type: postgres, version: "15", storage: 5Gi, size: large}}}}
workloads:
  api: {{image: app, env: {{HOST: "${{orders_db.host}}", URL: "${{orders_db.url}}"}}}}
"""
    environment = """
preset: production
datastores:
  orders_db: {driver: external, host: pg.example.com, port: 6432, secret: orders-pg, user: app}
"""
    document = resolved(stack, environment).document
    assert document
    assert document["datastores"]["orders_db"] == {
        "type": "postgres",
        "version": "15",
        "driver": "external",
        "database": "orders",
        "user": "app",
        "secret": "orders-pg",
        "host": "pg.example.com",
        "port": 6432,
        "cidr": "",
        "incarnation": "",
        "migrations_namespace": "",
        "tls": True,
        "keys": {"url": "url", "password": "password"},
        "extensions": [],
        "schemas": [],
        "roles": {},
        "max_connections": 100,
    }
    assert document["workloads"]["api"]["env"] == {
        "HOST": {"value": "pg.example.com"},
        "URL": {"secret": "orders-pg", "key": "url"},
    }


PROBES = {
    "health: {exec: [ping, -q]}": {"startup_budget": 60, "exec": ["ping", "-q"]},
    "health: {tcp: http, startup_budget: 2m}": {"startup_budget": 120, "tcp": "http"},
    "health: {grpc: http}": {"startup_budget": 60, "grpc": 80},
    "size: small": {"startup_budget": 60},
    "health: {port: http, live: /l, host: a.example}": {
        "startup_budget": 60,
        "port": "http",
        "host": "a.example",
        "live": {"path": "/l"},
        "ready": {},
    },
}


@pytest.mark.parametrize(("said", "health"), PROBES.items())
def test_probes(resolved: Resolve, said: str, health: Any) -> None:
    stack = f"{HEAD}\nworkloads: {{api: {{image: app, ports: {{http: 80}}, {said}}}}}"
    document = resolved(stack).document
    assert document
    assert document["workloads"]["api"]["health"] == health


def test_config_groups_begin_an_environment(resolved: Resolve) -> None:
    stack = f"""{HEAD}
config:
  common: {{LOG: json, MODE: a}}
  extra: {{MODE: b, WHERE: "${{stack.namespace}}"}}
workloads:
  api: {{image: app, config: [common, extra], env: {{LOG: text}}}}
"""
    document = resolved(stack).document
    assert document
    assert document["workloads"]["api"]["env"] == {
        "LOG": {"value": "text"},
        "MODE": {"value": "b"},
        "WHERE": {"value": "demo"},
    }


def test_a_release_names_images_only(resolved: Resolve) -> None:
    release = 'images: {app: {repo: mirror/app, tag: "abc123"}}'
    document = resolved(HEAD, release=release).document
    assert document
    assert document["images"]["app"] == {
        "repo": "mirror/app",
        "tag": "abc123",
        "pull_secret": "",
        "digest": "",
        "content_addressed": False,
        "pull": "IfNotPresent",
    }


def test_sizes_are_laid_below_resources(resolved: Resolve) -> None:
    stack = f"""{HEAD}
workloads: {{api: {{image: app, size: small, resources: {{requests: {{memory: 100Mi}}}}}}}}
"""
    document = resolved(stack).document
    assert document
    assert document["workloads"]["api"]["resources"] == {
        "requests": {"cpu": "10m", "memory": "100Mi"},
        "limits": {"memory": "256Mi"},
    }


def test_an_environment_may_be_structural(resolved: Resolve) -> None:
    environment = """
preset: local
structural: true
workloads: {debug: {image: app, command: [sleep, "60"]}}
"""
    document = resolved(HEAD, environment).document
    assert document
    assert document["workloads"]["debug"]["command"] == ["sleep", "60"]


def test_needs_bring_migrations_and_order(resolved: Resolve) -> None:
    stack = f"""{HEAD}
datastores: {{db: {{type: postgres, version: "15"}}}}
migrations:
  before: {{image: app, database: db}}
  after: {{image: app, database: db, phase: post}}
workloads:
  api: {{image: app, env: {{URL: "${{db.url}}"}}, needs: {{bot: ready}}}}
  bot: {{image: app, needs: {{before: completed}}}}
"""
    result = resolved(stack)
    assert result.document
    api, bot = (result.document["workloads"][name] for name in ("api", "bot"))
    assert (api["migrations"], api["after"]) == (["before"], ["bot"])
    assert (bot["migrations"], bot["after"]) == (["before"], [])


def test_needs_break_a_circle_of_references(resolved: Resolve) -> None:
    stack = f"""{HEAD}
workloads:
  one: {{image: app, ports: {{http: 80}}, env: {{TWO: "${{two.url}}"}}, needs: {{two: ready}}}}
  two: {{image: app, ports: {{http: 80}}, env: {{ONE: "${{one.url}}"}}}}
"""
    result = resolved(stack)
    assert result.document
    assert result.findings == []
    assert result.document["workloads"]["one"]["after"] == ["two"]
    assert result.document["workloads"]["two"]["after"] == []


def test_explain(resolved: Resolve) -> None:
    stack = f"{HEAD}\nworkloads: {{api: {{image: app, scale: {{replicas: 2}}}}}}"
    environment = "{preset: local, workloads: {api: {scale: {replicas: 3}}}}"
    assert resolved(stack, environment).explain("workloads.api.scale.replicas") == (
        "workloads.api.scale.replicas = 3\n"
        "  environment (env.yml:1:43)\n"
        "  overrode 2: stack (demo.yml:6:39)\n"
        "  overrode 1: preset (presets/local.yml:7:13)"
    )


@pytest.mark.parametrize(("path", "database"), [(("users_db",), "users"), (("stock",), "stock")])
def test_names_of_databases(resolved: Resolve, path: tuple[str], database: str) -> None:
    stack = f'{HEAD}\ndatastores: {{{path[0]}: {{type: postgres, version: "15"}}}}'
    result = resolved(stack)
    assert result.document
    assert result.document["datastores"][path[0]]["database"] == database
    assert find(result.tree, ("datastores", *path, "storage")) is not None


RETRIES = """
workloads:
  api: {image: app, extends: %s, env: {%s}}
  worker: {image: app, enabled: %s}
profiles:
  plain: {}
  stubborn: {env: {RETRY: profile}}
when:
  dedicated_worker: {enabled: [worker], defaults: {workloads: {api: {env: {RETRY: "false"}}}}}
"""


@pytest.mark.parametrize(
    ("profile", "own", "enabled", "expected"),
    [
        ("plain", "", "true", "false"),
        ("plain", "", "false", None),
        ("plain", "RETRY: own", "true", "own"),
        ("stubborn", "", "true", "profile"),
    ],
)
def test_a_conditional_default_yields_to_what_is_said(
    resolved: Resolve, profile: str, own: str, enabled: str, expected: str | None
) -> None:
    document = resolved(HEAD + RETRIES % (profile, own, enabled)).document
    assert document
    found = document["workloads"]["api"]["env"].get("RETRY")
    assert found == ({"value": expected} if expected else None)


def test_a_conditional_default_is_above_those_of_the_section(resolved: Resolve) -> None:
    stack = f"""{HEAD}
workloads: {{api: {{image: app}}, worker: {{image: app}}}}
when: {{w: {{enabled: [worker], defaults: {{workloads: {{api: {{size: large}}}}}}}}}}
"""
    result = resolved(stack)
    assert result.document
    assert 'overrode "small"' in result.explain("workloads.api.size")


def test_an_environment_switches_parts_off(resolved: Resolve) -> None:
    stack = f"{HEAD}\nworkloads: {{api: {{image: app}}, bot: {{image: app}}}}"
    environment = "{preset: local, workloads: {bot: {enabled: false}}}"
    result = resolved(stack, environment)
    assert result.document
    assert list(result.document["workloads"]) == ["api"]
    assert result.explain("workloads.bot.enabled").endswith("(env.yml:1:35)")


def test_an_inner_container_has_the_size_of_its_workload(resolved: Resolve) -> None:
    stack = f"""{HEAD}
workloads:
  api:
    image: app
    size: large
    init: {{wait: {{}}, quick: {{size: small}}}}
"""
    document = resolved(stack).document
    assert document
    init, sizes = document["workloads"]["api"]["init"], plain(preset("local"))["sizes"]
    assert init["wait"]["resources"] == sizes["large"]
    assert init["quick"]["resources"] == sizes["small"]


def test_a_volume_of_another_kind_replaces_the_lower_one(resolved: Resolve) -> None:
    stack = f"""{HEAD}
workloads: {{api: {{image: app, volumes: {{data: {{path: /d, empty: {{size: 1Gi}}}}}}}}}}
"""
    environment = "{preset: local, workloads: {api: {volumes: {data: {claim: {storage: 5Gi}}}}}}"
    document = resolved(stack, environment).document
    assert document
    assert document["workloads"]["api"]["volumes"]["data"] == {
        "path": "/d",
        "read_only": False,
        "claim": {"class": "", "access": "ReadWriteOnce", "storage": "5Gi"},
    }


def test_a_fixed_number_replaces_an_autoscaler(resolved: Resolve) -> None:
    stack = f"{HEAD}\nworkloads: {{api: {{image: app, scale: {{min: 2, max: 4, cpu: 80}}}}}}"
    environment = "{preset: local, workloads: {api: {scale: {replicas: 3}}}}"
    document = resolved(stack, environment).document
    assert document
    assert document["workloads"]["api"]["scale"] == {"replicas": 3}


@pytest.mark.parametrize(
    ("tls", "ingress", "origin"),
    [
        ("{issuer: le}", "driver: ingress", "https://demo.example.com"),
        ("{secret: x}", "driver: ingress, tls_port: 8443", "https://demo.example.com:8443"),
        (
            "{gateway: true}",
            "driver: none, scheme: https, port: 444",
            "https://demo.example.com:444",
        ),
    ],
)
def test_sites_with_tls(resolved: Resolve, tls: str, ingress: str, origin: str) -> None:
    stack = f"""{HEAD}
workloads: {{api: {{image: app, ports: {{http: 80}}}}}}
routes: {{web: {{site: web, to: api}}}}
"""
    environment = f"""
preset: local
sites: {{web: {{host: demo.example.com, tls: {tls}}}}}
ingress: {{{ingress}}}
"""
    document = resolved(stack, environment).document
    assert document
    assert document["routes"]["web"]["origin"] == origin


def test_one_who_has_the_certificate(resolved: Resolve) -> None:
    environment = "{preset: local, sites: {web: {host: a.example, tls: {issuer: a, secret: b}}}}"
    (finding,) = resolved(HEAD, environment).findings
    assert "belongs to" in str(finding)


def test_what_is_outside(resolved: Resolve) -> None:
    stack = f"""{HEAD}
external:
  stripe: {{host: api.stripe.com}}
  smtp: {{host: mail.example.com, port: 587, scheme: smtp, cidr: 192.0.2.0/24}}
workloads:
  api: {{image: app, env: {{S: "${{external.stripe.url}}", M: "${{external.smtp.url}}"}}}}
  bot: {{image: app, egress: [stripe]}}
"""
    document = resolved(stack).document
    assert document
    assert document["workloads"]["api"]["env"] == {
        "S": {"value": "https://api.stripe.com"},
        "M": {"value": "smtp://mail.example.com:587"},
    }
    assert document["links"] == [
        ["workloads.api", "external.smtp"],
        ["workloads.api", "external.stripe"],
        ["workloads.bot", "external.stripe"],
    ]


def test_policies_by_preset(resolved: Resolve) -> None:
    for place, policies in (("local", False), ("shared", True), ("production", True)):
        document = resolved(HEAD, f"preset: {place}").document
        assert document
        assert document["network"]["policies"] is policies


RETRIED = """
workloads:
  api: {image: app, scale: {replicas: %d}, env: {RETRY: "%s"}}
  worker: {image: app, enabled: %s}
when:
  inline:
    disabled: [worker]
    env: {api: {RETRY: "true"}}
    replicas: {api: 2}
    warn: Every replica retries. Enable the worker.
"""


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        ((2, "true", "false"), True),
        ((1, "true", "false"), False),
        ((2, "no", "false"), False),
        ((2, "true", "true"), False),
    ],
)
def test_a_stack_warns_of_what_it_knows(
    resolved: Resolve, said: tuple[int, str, str], warned: bool
) -> None:
    result = resolved(HEAD + RETRIED % said)
    told = [str(one) for one in result.findings if one.id == "stack-warning"]
    assert result.document
    assert told == (
        ["when.inline: Every replica retries. Enable the worker (demo.yml:14:5)."] if warned else []
    )
