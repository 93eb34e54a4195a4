# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system as it would be deployed: resolved and rendered in this process, without a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse, read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, fields

ROOT = Path(__file__).parents[2]
INVENTORIES = {"dev": "kind", "staging": "staging", "prod": "production"}
# The images that the starter's user builds; elsewhere its inventory names them.
RELEASES = {
    "starter": """images:
  api: {repo: ghcr.io/acme/starter-api, tag: "1.0.0"}
  web: {repo: ghcr.io/acme/starter-web, tag: "1.0.0"}
  migrate: {repo: ghcr.io/acme/starter-migrate, tag: "1.0.0"}
"""
}
SYSTEMS = ("apphub", "philotes", "mathison", "shop", "starter")
Object = dict[str, Any]


@dataclass(frozen=True)
class System:
    """What came of a stack file and its environment.

    document and objects are empty if there are errors; findings then tell which.
    """

    document: dict[str, Any]
    objects: list[Object]
    models: dict[str, Any]
    findings: list[Finding]

    def of(self, kind: str) -> dict[str, Object]:
        """Return the objects of a kind by name."""
        return {one["metadata"]["name"]: one for one in self.objects if one["kind"] == kind}

    def object(self, kind: str, name: str) -> Object:
        """Return one object."""
        return self.of(kind)[name]

    def pods(self) -> dict[str, Object]:
        """Return the specs of all pods by the name of what owns them."""
        return {
            one["metadata"]["name"]: one["spec"]["template"]["spec"]
            for one in self.objects
            if one["kind"] in ("Deployment", "StatefulSet", "Job")
        }

    def containers(self) -> Iterator[tuple[str, Object]]:
        """Yield every container with the name of what owns it."""
        for owner, pod in self.pods().items():
            for group in ("initContainers", "containers"):
                for container in pod.get(group, []):
                    yield owner, container

    def container(self, name: str) -> Object:
        """Return the main container of a workload or Job."""
        found: Object = self.pods()[name]["containers"][0]
        return found

    def env(self, name: str) -> dict[str, str]:
        """Return the environment of a workload: plain texts, and ``secret/key`` for secrets."""
        return self.plain(name) | self.secret(name)

    def plain(self, name: str) -> dict[str, str]:
        """Return the plain part of an environment, from its ConfigMaps and itself."""
        container = self.container(name)
        found: dict[str, str] = {}
        for source in container.get("envFrom", []):
            found |= self.object("ConfigMap", source["configMapRef"]["name"])["data"]
        return found | {one["name"]: one["value"] for one in _env(container) if "value" in one}

    def secret(self, name: str) -> dict[str, str]:
        """Return which Secret and key each other variable comes from."""
        return {
            one["name"]: "{name}/{key}".format(**one["valueFrom"]["secretKeyRef"])
            for one in _env(self.container(name))
            if "secretKeyRef" in one.get("valueFrom", {})
        }

    def told(self, *words: str) -> list[Finding]:
        """Return the findings that have all of some words."""
        return [one for one in self.findings if all(word in str(one) for word in words)]


def _env(container: Object) -> list[Object]:
    found: list[Object] = container.get("env", [])
    return found


def system(name: str, tier: str, *changes: str) -> System:
    """Resolve a system in an environment, with more layers (YAML) on top."""
    return _system(name, tier, changes)


@cache
def _system(name: str, tier: str, changes: tuple[str, ...]) -> System:
    stack = _layer(ROOT / "stacks" / f"{name}.yml", "stack")
    more = [_text(change, "environment") for change in changes]
    released = RELEASES.get(name, "") if tier == "dev" else ""
    releases = [_text(released, "release")] if released else []
    resolved = resolve(stack, [*_environment(name, tier), *more], releases, date.today())
    if resolved.document is None:
        return System({}, [], {}, resolved.findings)
    document = cast(dict[str, Any], resolved.document)
    models = build(document)
    return System(document, objects(models), models, resolved.findings)


def _layer(path: Path, layer: str) -> Node:
    node, findings = read(path, shown=path.name, layer=layer)
    assert not findings, findings
    return node


def _environment(name: str, tier: str) -> list[Node]:
    """Return what an inventory says of its cluster, and of this stack."""
    inventory = ROOT / "inventories" / INVENTORIES[tier]
    cluster = _layer(inventory / "group_vars" / "all.yml", "environment")
    host = _layer(inventory / "host_vars" / f"{name}.yml", "environment")
    return [fields(cluster)["stack_cluster"], fields(host)["stack_env"]]


def _text(change: str, layer: str) -> Node:
    node, findings = parse(change, shown="change.yml", layer=layer)
    assert not findings, findings
    return node
