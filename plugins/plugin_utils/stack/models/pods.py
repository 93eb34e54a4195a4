# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods: the defaults that every container gets, whichever role renders it.

Pod Security Standard *restricted* and a read-only root: what a container writes to is declared.
Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name

FIRST_FREE_PORT = 1024  # from here on the kernel asks nobody for rights
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


def pod(containers: list[dict[str, Any]], **extra: Any) -> dict[str, Any]:
    """Return the model of a pod.

    extra: overrides of the defaults below; ``security`` is merged into the restricted one.
    """
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    model = {
        "account": "default",
        "token": False,
        "labels": {},
        "annotations": {},
        "init": [],
        "containers": containers,
        "grace": 30,
        "restart_policy": "Always",
        "spread": [],
        "volumes": [],
        "migrations": [],
        "share_processes": False,
        "nodes": {},
        "tolerations": [],
        "priority": "",
        **extra,
    }
    return {**model, "security": {**security, **extra.get("security", {})}}


def container(document: dict[str, Any], name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the model of the one container of a workload or a migration."""
    return {
        "name": kube_name(name),
        "image": image(document["images"][spec["image"]]),
        "pull": document["images"][spec["image"]].get("pull", "IfNotPresent"),
        "command": spec.get("command", []),
        "args": spec.get("args", []),
        "working_dir": spec.get("working_dir", ""),
        "env": secret_env(spec.get("env", {})),
        "config_map": "",
        "ports": spec.get("ports", {}),
        "probes": {},
        "lifecycle": {},
        "resources": spec["resources"],
        "security": container_security(spec.get("security", {})),
        "mounts": mounts(spec.get("write", [])),
    }


def container_security(security: dict[str, Any]) -> dict[str, Any]:
    """Return what a container may do: nothing beyond *restricted* but what is declared."""
    kept = security.get("capabilities", [])
    capabilities = {"drop": ["ALL"], **({"add": kept} if kept else {})}
    return {
        **CONTAINER_SECURITY,
        "capabilities": capabilities,
        "readOnlyRootFilesystem": not security.get("writable_root", False),
    }


def pod_security(security: dict[str, Any], ports: Iterable[int] = ()) -> dict[str, Any]:
    """Return who the containers of a pod run as, where that is declared.

    ports: what they listen on. Not every container runtime lets everybody open those below 1024.
    Source: https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls
    """
    names = {"user": "runAsUser", "group": "runAsGroup", "fs_group": "fsGroup"}
    found = {names[key]: security[key] for key in names if key in security}
    if "fsGroup" in found:
        found["fsGroupChangePolicy"] = "OnRootMismatch"  # else each start walks the whole volume
    if security.get("root"):
        return {**found, "runAsNonRoot": False, "runAsUser": 0}
    lowest = min(ports, default=FIRST_FREE_PORT)
    opened = {"name": "net.ipv4.ip_unprivileged_port_start", "value": str(lowest)}
    return {**found, **({"sysctls": [opened]} if lowest < FIRST_FREE_PORT else {})}


def image(spec: dict[str, Any]) -> str:
    """Return the reference of an image: by digest where there is one, else by tag.

    >>> image({"repo": "acme/shop", "tag": "1.2"})
    'acme/shop:1.2'
    """
    if spec.get("digest"):
        return f"{spec['repo']}@{spec['digest']}"
    return f"{spec['repo']}:{spec['tag']}"


def plain_env(env: dict[str, Any]) -> dict[str, str]:
    """Return the values that may stand in a ConfigMap."""
    return {name: entry["value"] for name, entry in env.items() if "value" in entry}


def secret_env(env: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries that come from Secrets, as a container's ``env`` list."""
    return [
        {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": entry["secret"], "key": entry["key"]}},
        }
        for name, entry in sorted(env.items())
        if "secret" in entry
    ]


def literal_env(env: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the plain values as a container's ``env`` list.

    Kubernetes expands ``$(NAME)`` in such values, though not in those of a ConfigMap.
    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    return [
        {"name": name, "value": value.replace("$(", "$$(")}
        for name, value in sorted(plain_env(env).items())
    ]


def scratch(paths: list[str], owner: str = "") -> list[dict[str, Any]]:
    """Return one emptyDir for each writable path; owner: of an init container or a sidecar."""
    return [{"name": mount["name"], "emptyDir": {}} for mount in mounts(paths, owner)]


def mounts(paths: list[str], owner: str = "") -> list[dict[str, Any]]:
    """Return where the volumes of ``scratch`` are mounted; names by number never collide."""
    stem = f"scratch-{kube_name(owner)}" if owner else "scratch"
    return [{"name": f"{stem}-{number}", "mountPath": path} for number, path in enumerate(paths)]
