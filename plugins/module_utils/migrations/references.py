# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Secrets, ConfigMaps and ServiceAccounts a pod template names, and where.

Pure. Whether they exist is preflight's question; what their content means, identity's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object


class Reference(NamedTuple):
    """One name in a template. key: "" for the whole object. where: for messages."""

    kind: str
    name: str
    key: str
    optional: bool
    where: str


def pod_spec(job: Mapping[str, Any]) -> Object:
    """Return ``spec.template.spec`` of a Job, {} where it is missing."""
    template = (job.get("spec") or {}).get("template") or {}
    return template.get("spec") or {}


def containers(job: Mapping[str, Any]) -> list[Object]:
    """Return all containers in the order in which they start, init containers first."""
    spec = pod_spec(job)
    return [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]


def references(job: Mapping[str, Any]) -> list[Reference]:
    """Return every reference of the Job's pod template, without duplicates."""
    spec = pod_spec(job)
    found = [*_account(spec), *_pull_secrets(spec), *_volumes(spec)]
    for container in containers(job):
        found += [*_env_from(container), *_env(container)]
    return list(dict.fromkeys(found))


def _account(spec: Object) -> Iterator[Reference]:
    yield Reference(
        "ServiceAccount", spec.get("serviceAccountName") or "default", "", False, "the pod"
    )


def _pull_secrets(spec: Object) -> Iterator[Reference]:
    for entry in spec.get("imagePullSecrets") or []:
        # The kubelet pulls without a pull secret that is missing.
        yield Reference("Secret", entry["name"], "", True, "imagePullSecrets")


def _env_from(container: Object) -> Iterator[Reference]:
    for entry in container.get("envFrom") or []:
        for field, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            if source := entry.get(field):
                yield _reference(kind, source, "", f"envFrom of container {container['name']}")


def _env(container: Object) -> Iterator[Reference]:
    for entry in container.get("env") or []:
        source = entry.get("valueFrom") or {}
        for field, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            if named := source.get(field):
                where = f"{entry['name']} of container {container['name']}"
                yield _reference(kind, named, named["key"], where)


def _volumes(spec: Object) -> Iterator[Reference]:
    for volume in spec.get("volumes") or []:
        for kind, source in volume_sources(volume):
            where = f"volume {volume['name']}"
            keys = [item["key"] for item in source.get("items") or []] or [""]
            for key in keys:
                yield _reference(kind, source, key, where)


def volume_sources(volume: Object) -> Iterator[tuple[str, Object]]:
    """Yield (kind, source) of a volume's Secrets and ConfigMaps, projected ones too.

    source has ``name`` whatever the volume type calls it, and ``items`` and ``optional``.
    """
    if secret := volume.get("secret"):
        yield "Secret", {**secret, "name": secret["secretName"]}
    if config := volume.get("configMap"):
        yield "ConfigMap", config
    for entry in (volume.get("projected") or {}).get("sources") or []:
        for field, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
            if source := entry.get(field):
                yield kind, source


def _reference(kind: str, source: Object, key: str, where: str) -> Reference:
    return Reference(kind, source["name"], key, bool(source.get("optional")), where)
