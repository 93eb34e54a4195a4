# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every stack of this repository in every inventory, as the objects that a deployment sends.

Migration Jobs are as the gate creates them, Secrets hold their placeholders.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Level
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.front import with_files
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse, read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.plan import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node

from tests.acceptance.systems import RELEASES, ROOT

Object = dict[str, Any]
MIGRATION_TIMEOUT_S = 300
_GIVEN = re.compile(r"\$\{given:([^.}]+)\.([^}]+)\}")
_POD_TEMPLATES = {"Deployment", "StatefulSet", "Job"}


@dataclass(frozen=True)
class Place:
    """A stack and where it runs. layers: its environment, low to high."""

    name: str
    stack: Path
    layers: tuple[dict[str, Any], ...]

    def objects(self, namespace: str = "") -> list[Object]:
        """Return what a deployment sends to the API server. namespace: another than its own."""
        made = objects(self._models(namespace))
        return [_as_the_gate_creates(one) if _is_migration(one) else one for one in made]

    def _models(self, namespace: str) -> dict[str, Any]:
        stack, findings = read(self.stack, shown=self.stack.name, layer="stack")
        moved = {"namespace": namespace} if namespace else {}
        layers = [_node(layer) for layer in (*self.layers, moved)]
        resolved = resolve(stack, layers, [], date.today())
        told = [one for one in resolved.findings if one.level is not Level.DRAFT]
        assert not [*findings, *told], self.name  # no check cries wolf
        return build(with_files(cast(dict[str, Any], resolved.document), str(self.stack)))


def places() -> list[Place]:
    """Return all, called by stack and inventory."""
    return list(_inventories())


def pods(thing: Object) -> Iterator[Object]:
    """Yield the pod that a workload or a Job makes, as an object of its own."""
    spec = thing.get("spec", {})
    if thing["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if thing["kind"] in (*_POD_TEMPLATES, "CronJob"):
        template = copy.deepcopy(spec["template"])
        name = f"{thing['kind']}-{thing['metadata']['name']}".lower()
        meta = {**template.get("metadata", {}), "name": name}
        claims = [one["metadata"]["name"] for one in spec.get("volumeClaimTemplates", [])]
        volumes = [{"name": one, "persistentVolumeClaim": {"claimName": one}} for one in claims]
        whole = {**template["spec"], "volumes": [*template["spec"].get("volumes", []), *volumes]}
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": whole}


def given(things: list[Object]) -> dict[str, dict[str, str]]:
    """Return a value for each one that the inventory's vault has to give."""
    found: dict[str, dict[str, str]] = {}
    for thing in things:
        for text in thing.get("stringData", {}).values():
            for group, key in _GIVEN.findall(text):
                found.setdefault(group, {})[key] = "g" * 32
    return found


def _inventories() -> Iterator[Place]:
    for folder in sorted((ROOT / "inventories").iterdir()):
        cluster = _yaml(folder / "group_vars" / "all.yml")["stack_cluster"]
        for path in sorted((folder / "host_vars").glob("*.yml")):
            host = _yaml(path)
            stack = (folder / host["stack_file"]).resolve()
            released = RELEASES.get(path.stem, "{}") if "stack_release_file" in host else "{}"
            layers = (yaml.safe_load(released), cluster, host["stack_env"])
            yield Place(f"{path.stem}-{folder.name}", stack, layers)


def _is_migration(thing: Object) -> bool:
    return thing["kind"] == "Job" and "backoffLimit" not in thing["spec"]


def _as_the_gate_creates(job: Object) -> Object:
    meta = job["metadata"]
    run = jobs.Run(meta["name"], "once", "database", "first", "run", {})
    made: Object = jobs.manifest(job, run, 1, meta["namespace"], MIGRATION_TIMEOUT_S)
    made["metadata"]["name"] = meta["name"]  # the gate's own name is the database's
    return made


def _yaml(path: Path) -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load(path.read_text("utf-8")))


def _node(layer: dict[str, Any]) -> Node:
    node, findings = parse(yaml.safe_dump(layer), shown="environment", layer="environment")
    assert not findings, findings
    return node
