# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of bugs in stack files and environments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.mutation.planting import Sound, Steps, Tree, kind, typo

Bugs = Iterator[tuple[str, Steps, Any]]
_REFERENCE = re.compile(r"\$\{([a-z0-9_]+)\.([a-z0-9_.]+)\}")
LONG = "a_name_that_goes_on_and_on_until_no_label_of_kubernetes_can_hold_it"


def entries(sound: Sound, section: str) -> Iterator[tuple[str, Tree]]:
    """Yield the entities of a section that are not switched off."""
    for name, entity in sound.stack.get(section, {}).items():
        here = sound.environment.get(section, {}).get(name, {})
        if {"enabled": True, **entity, **here}["enabled"]:
            yield name, entity


def values(sound: Sound) -> Iterator[tuple[str, Steps, str]]:
    """Yield every value of an environment: where it is told, where it stands, what it is."""
    for section in ("workloads", "migrations"):
        for name, entity in entries(sound, section):
            for key, value in entity.get("env", {}).items():
                yield f"{section}.{name}.env.{key}", (section, name, "env", key), value


def references(sound: Sound, pattern: str) -> Iterator[tuple[str, Steps, str, re.Match[str]]]:
    """Yield the values that are one reference, whose text matches a pattern."""
    for place, steps, value in values(sound):
        match = _REFERENCE.fullmatch(value)
        if match and re.fullmatch(pattern, value[2:-1]):
            yield place, steps, value, match


def routed(sound: Sound) -> Iterator[tuple[str, str]]:
    """Yield the workloads that a route leads to, with the host of its site."""
    for _name, route in entries(sound, "routes"):
        yield route["to"], sound.environment["sites"][route["site"]]["host"]


def serving(sound: Sound) -> Iterator[tuple[str, Tree]]:
    """Yield the workloads that run all the time."""
    for name, entity in entries(sound, "workloads"):
        if entity.get("kind", "Deployment") == "Deployment":
            yield name, entity


@kind("wrong public URL", "undeclared-origin")
def _(sound: Sound) -> Bugs:
    for name, host in routed(sound):
        for key, url in (
            ("APP_PUBLIC_URL", f"https://{typo(host)}"),
            ("AUTH_URL", f"https://www.{host}"),
        ):
            yield f"workloads.{name}.env.{key}", ("workloads", name, "env", key), url


@kind("public URL with another scheme or port", "undeclared-origin")
def _(sound: Sound) -> Bugs:
    for name, host in routed(sound):
        steps = ("workloads", name, "env", "HOME_LINK")
        yield ".".join(steps), steps, f"http://{host}:8081/x"


@kind("wrong CORS origin", "undeclared-origin")
def _(sound: Sound) -> Bugs:
    for name, _host in routed(sound):
        steps = ("workloads", name, "env", "CORS_ALLOWED_ORIGINS")
        yield ".".join(steps), steps, "https://app.example.org"


@kind("localhost for a service", "localhost")
def _(sound: Sound) -> Bugs:
    for place, steps, _value, _match in references(sound, r"[a-z0-9_]+\.url"):
        yield place, steps, "http://localhost:3001"


@kind("127.0.0.1 for a host", "localhost")
def _(sound: Sound) -> Bugs:
    for place, steps, _value, _match in references(sound, r"(?!secrets)[a-z0-9_]+\.(url|host)"):
        yield place, steps, "127.0.0.1"


@kind("host.docker.internal", "localhost")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        steps = ("workloads", name, "env", "UPSTREAM")
        yield ".".join(steps), steps, "http://host.docker.internal:9000"


@kind("typo in a secret key", "undeclared-secret-key")
def _(sound: Sound) -> Bugs:
    for place, steps, value, match in references(sound, r"secrets\..*"):
        yield place, steps, value.replace(match[2], typo(match[2]))


@kind("typo in a group of secrets", "undeclared-secret-key")
def _(sound: Sound) -> Bugs:
    for place, steps, value, match in references(sound, r"secrets\..*"):
        group = match[2].partition(".")[0]
        yield place, steps, value.replace(f".{group}.", f".{typo(group)}.")


@kind("a declared secret is gone", "undeclared-secret-key", "unknown-name")
def _(sound: Sound) -> Bugs:
    for place, _steps, _value, match in references(sound, r"secrets\..*"):
        yield place, ("secrets", match[2].partition(".")[0]), ...


@kind("a literal for a secret", "plain-credential")
def _(sound: Sound) -> Bugs:
    for place, steps, _value, _match in references(sound, r"secrets\..*"):
        if re.search("(PASSWORD|SECRET|TOKEN|KEY|PEPPER)$", str(steps[-1])):
            yield place, steps, "hunter22"


@kind("a password in a URL", "plain-credential")
def _(sound: Sound) -> Bugs:
    for place, steps, _value, _match in references(sound, r"[a-z0-9_]+\.url"):
        yield place, steps, "postgresql://app:pa55word@db:5432/app"


@kind("the key of a maker", "plain-credential")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        steps = ("workloads", name, "env", "NOTE")
        yield ".".join(steps), steps, "AKIAIOSFODNN7EXAMPLE"


@kind("typo in a thing", "dangling-reference")
def _(sound: Sound) -> Bugs:
    for place, steps, value, match in references(sound, r"(?!secrets).*"):
        yield place, steps, value.replace(match[1], typo(match[1]), 1)


@kind("typo in an attribute", "dangling-reference")
def _(sound: Sound) -> Bugs:
    for place, steps, value, match in references(sound, r"(?!secrets)[a-z0-9_]+\.[a-z]+"):
        yield place, steps, value.replace(f".{match[2]}", f".{typo(match[2])}")


@kind("an open reference", "dangling-reference")
def _(sound: Sound) -> Bugs:
    for place, steps, value, _match in references(sound, r"(?!secrets).*"):
        yield place, steps, value[:-1]


@kind("a secret in an argument", "visible-secret")
def _(sound: Sound) -> Bugs:
    for _place, steps, value, _match in references(sound, r"secrets\..*"):
        if "args" in sound.stack[steps[0]][steps[1]]:
            yield f"{steps[0]}.{steps[1]}.args[0]", (*steps[:2], "args"), [f"--key={value}"]


@kind("typo in a route's workload", "dead-route")
def _(sound: Sound) -> Bugs:
    for name, route in entries(sound, "routes"):
        yield f"routes.{name}.to", ("routes", name, "to"), typo(route["to"])


@kind("typo in a route's port", "dead-route")
def _(sound: Sound) -> Bugs:
    for name, route in entries(sound, "routes"):
        port = typo(route.get("port", "http"))
        yield f"routes.{name}.port", ("routes", name, "port"), port


@kind("typo in a route's site", "unknown-name")
def _(sound: Sound) -> Bugs:
    for name, route in entries(sound, "routes"):
        yield f"routes.{name}.site", ("routes", name, "site"), typo(route["site"])


@kind("a duplicate route", "route-clash")
def _(sound: Sound) -> Bugs:
    for name, route in entries(sound, "routes"):
        for number, slash in enumerate(("", "/")):
            path = route.get("path", "/").rstrip("/") + slash
            if path:
                other = f"{name}_again{number}"
                yield f"routes.{other}", ("routes", other), {**route, "path": path}


@kind("typo in a probe's port", "probe-port")
def _(sound: Sound) -> Bugs:
    for name, entity in serving(sound):
        if entity.get("ports"):
            health = {"port": typo("http"), "live": "/livez"}
            yield f"workloads.{name}.health.port", ("workloads", name, "health"), health


@kind("latest", "floating-tag")
def _(sound: Sound) -> Bugs:
    for name, _image in entries(sound, "images"):
        yield f"images.{name}.tag", ("environment", "images", name), {"tag": "latest"}


@kind("no tag", "floating-tag")
def _(sound: Sound) -> Bugs:
    for name, image in entries(sound, "images"):
        if "tag" in image:
            yield f"images.{name}", ("images", name), {"repo": "acme/app"}


@kind("a tag that YAML reads as a number", "wrong-type")
def _(sound: Sound) -> Bugs:
    for name, _image in entries(sound, "images"):
        for tag in (1.10, 42798, True):
            yield f"images.{name}.tag", ("images", name, "tag"), tag


@kind("a value that YAML reads as a number", "wrong-type")
def _(sound: Sound) -> Bugs:
    for place, steps, value in values(sound):
        if "$" not in value:
            yield place, steps, 8080


@kind("typo in an image", "unknown-name")
def _(sound: Sound) -> Bugs:
    for section in ("workloads", "migrations"):
        for name, entity in entries(sound, section):
            if "image" in entity:
                yield f"{section}.{name}.image", (section, name, "image"), typo(entity["image"])


@kind("typo in a migration's database", "unknown-name")
def _(sound: Sound) -> Bugs:
    for name, entity in entries(sound, "migrations"):
        steps = ("migrations", name, "database")
        yield ".".join(steps), steps, typo(entity["database"])


@kind("typo in a profile", "unknown-name")
def _(sound: Sound) -> Bugs:
    for name, entity in serving(sound):
        if "extends" in entity:
            yield (
                f"workloads.{name}.extends",
                ("workloads", name, "extends"),
                typo(entity["extends"]),
            )


@kind("typo in a dependency", "unknown-dependency")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        for other in [*sound.stack.get("migrations", {})][:1]:
            steps = ("workloads", name, "needs", typo(other))
            yield ".".join(steps), steps, "completed"


@kind("workloads that wait for each other", "cycle")
def _(sound: Sound) -> Bugs:
    names = [name for name, _entity in serving(sound)]
    for one, two in pairwise(names):
        tree = {name: dict(sound.stack["workloads"][name]) for name in sound.stack["workloads"]}
        for name, other in ((one, two), (two, one)):
            tree[name]["needs"] = {**tree[name].get("needs", {}), other: "ready"}
        yield "workloads.", ("workloads",), tree


@kind("a key that nobody reads", "unknown-key")
def _(sound: Sound) -> Bugs:
    for section in ("images", "datastores", "migrations", "workloads", "routes"):
        for name, entity in entries(sound, section):
            for key in [*entity][:1]:
                steps = (section, name, typo(key))
                yield ".".join(steps), steps, entity[key]


@kind("a limit below the request", "limit-below-request")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        steps = ("environment", "workloads", name, "resources")
        yield (
            ".".join(steps[1:]),
            steps,
            {"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}},
        )


@kind("turned bounds of an autoscaler", "autoscaler")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        bounds = {"min": 5, "max": 2, "cpu": 80}
        yield f"workloads.{name}.scale", ("environment", "workloads", name, "scale"), bounds


@kind("a budget that never lets a pod go", "stuck-budget")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        steps = ("workloads", name, "budget")
        yield ".".join(steps), steps, {"max_unavailable": 0}


@kind("a volume that only one of two has", "exclusive-volume")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        volumes = {"held": {"path": "/held", "claim": {"storage": "1Gi"}}}
        more = {"volumes": volumes, "scale": {"replicas": 2}}
        yield f"workloads.{name}.volumes.held", ("environment", "workloads", name), more


@kind("pools over the limit", "connection-budget")
def _(sound: Sound) -> Bugs:
    for _place, steps, _value, match in references(sound, r"[a-z0-9_]+\.url"):
        store = sound.stack.get("datastores", {}).get(match[1], {})
        if store.get("type") == "postgres" and steps[0] == "workloads":
            yield f"datastores.{match[1]}", ("workloads", steps[1], "pool"), {"max": 500}


@kind("a host that is not allowed", "host-allow-list")
def _(sound: Sound) -> Bugs:
    for name, _host in routed(sound):
        steps = ("workloads", name, "env", "ALLOWED_HOSTS")
        yield ".".join(steps), steps, "localhost,example.org"


@kind("a name that no label holds", "name-too-long")
def _(sound: Sound) -> Bugs:
    for section in ("workloads", "datastores", "migrations"):
        for _name, entity in entries(sound, section):
            without = {key: value for key, value in entity.items() if key != "env"}
            yield f"{section}.{LONG}", (section, LONG), without


@kind("one name for two", "name-taken")
def _(sound: Sound) -> Bugs:
    for name, _store in entries(sound, "datastores"):
        yield (
            f"datastores.{name}",
            ("workloads", name),
            {"image": next(iter(sound.stack["images"]))},
        )


@kind("a workload that is switched off but needed", "dangling-reference", "disabled")
def _(sound: Sound) -> Bugs:
    for place, _steps, _value, match in references(sound, r"[a-z0-9_]+\.url"):
        if match[1] in sound.stack["workloads"] and match[1] != _steps[1]:
            yield place, ("workloads", match[1], "enabled"), False


@kind("an administrator where none is needed", "admin-only")
def _(sound: Sound) -> Bugs:
    for place, steps, _value, match in references(sound, r"[a-z0-9_]+\.url"):
        store = sound.stack.get("datastores", {}).get(match[1], {})
        if store.get("type") == "postgres" and steps[0] == "workloads":
            yield place, steps, f"${{{match[1]}.admin_url}}"


@kind("a typo in an inventory", "structural")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        steps = ("environment", "workloads", typo(name))
        yield f"workloads.{typo(name)}", steps, {"scale": {"replicas": 2}}


@kind("a command in an inventory", "structural")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        yield (
            f"workloads.{name}.args",
            ("environment", "workloads", name, "args"),
            ["other"],
        )


@kind("a null that deletes nothing", "nothing-to-delete")
def _(sound: Sound) -> Bugs:
    for name, _entity in serving(sound):
        steps = ("environment", "workloads", name, "env", "NOT_THERE")
        yield ".".join(steps[1:]), steps, None


@kind("a test database in production", "not-for-production")
def _(sound: Sound) -> Bugs:
    for name, _store in entries(sound, "datastores"):
        yield f"datastores.{name}.driver", ("environment", "preset"), "production"
