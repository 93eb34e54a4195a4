# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that the tests of `apply` bring to the cluster."""

from __future__ import annotations

from typing import Any

LABELS = {"app.kubernetes.io/managed-by": "slipway", "app.kubernetes.io/part-of": "shop"}


def obj(kind: str, name: str, api_version: str = "v1", **rest: Any) -> dict[str, Any]:
    """An object with the labels of stack shop."""
    meta = {"name": name, "labels": dict(LABELS)}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **rest}


def config(name: str = "settings", **data: str) -> dict[str, Any]:
    return obj("ConfigMap", name, data=data or {"a": "1"})


def secret(name: str = "login", **texts: str) -> dict[str, Any]:
    return obj("Secret", name, stringData=texts or {"password": "${generate:20}"})


def service(name: str = "api") -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": "http"}]}
    return obj("Service", name, spec=spec)


def deployment(name: str = "api", **pod: Any) -> dict[str, Any]:
    """A Deployment without pods, so that nothing has to be pulled."""
    resources = {"requests": {"cpu": "1000m", "memory": "1024Mi"}}
    box = {"name": "api", "image": "debian:bookworm-slim", "resources": resources}
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [box], "hostNetwork": False, **pod},
    }
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
    return obj("Deployment", name, "apps/v1", spec=spec)


def stateful_set(name: str = "db", **labels: str) -> dict[str, Any]:
    template = deployment(name)["spec"]["template"]
    spec = {
        "replicas": 0,
        "serviceName": name,
        "selector": {"matchLabels": {"app": name}},
        "template": template,
    }
    made = obj("StatefulSet", name, "apps/v1", spec=spec)
    made["metadata"]["labels"] |= labels
    return made


def claim(name: str = "data-db-0") -> dict[str, Any]:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Mi"}},
        "storageClassName": "none-needed",
    }
    return obj("PersistentVolumeClaim", name, spec=spec)


def disruption_budget(name: str = "api") -> dict[str, Any]:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}}
    return obj("PodDisruptionBudget", name, "policy/v1", spec=spec)


def definition(plural: str, group: str) -> dict[str, Any]:
    """A CustomResourceDefinition of kind Widget."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": plural, "kind": "Widget"}
    spec = {"group": group, "names": names, "scope": "Namespaced", "versions": [version]}
    return obj(
        "CustomResourceDefinition", f"{plural}.{group}", "apiextensions.k8s.io/v1", spec=spec
    )


def actions(result: dict[str, Any]) -> list[str]:
    return [one["action"] for one in result["resources"]]


def names(refs: list[dict[str, str]]) -> list[str]:
    return sorted(f"{one['kind']}/{one['name']}" for one in refs)
