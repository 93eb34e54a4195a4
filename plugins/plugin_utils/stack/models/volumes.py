# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes: what a pod mounts, and the claims and ConfigMaps that stand behind it."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    content_hash,
    kube_name,
    labels,
)


def objects(
    document: dict[str, Any], name: str, spec: dict[str, Any], component: str
) -> list[dict[str, Any]]:
    """Return the claims and the ConfigMaps of a workload; a StatefulSet makes its own claims."""
    found = []
    for volume, one in spec.get("volumes", {}).items():
        if "claim" in one and spec["kind"] != "StatefulSet":
            claim = base(document, "persistentvolumeclaim", name, component)
            found.append({**claim, "name": _name(name, volume), "claim": _claim(one)})
        if "config" in one:
            config = base(document, "configmap", name, component)
            found.append({**config, "name": _config(name, volume, one), "data": one["config"]})
    return found


def claims(
    document: dict[str, Any], name: str, spec: dict[str, Any], component: str
) -> list[dict[str, Any]]:
    """Return the claims that a StatefulSet makes for each of its pods."""
    return [
        {"name": kube_name(volume), "labels": labels(document, name, component), **_claim(one)}
        for volume, one in spec.get("volumes", {}).items()
        if "claim" in one
    ]


def of_pod(name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the volumes of a pod, as Kubernetes has them."""
    return [
        {"name": kube_name(volume), **_source(name, volume, one)}
        for volume, one in spec.get("volumes", {}).items()
        if not ("claim" in one and spec["kind"] == "StatefulSet")
    ]


def mounts(spec: dict[str, Any], chosen: list[str] | None = None) -> list[dict[str, Any]]:
    """Return where a container sees its volumes; all of them unless some are chosen."""
    return [
        {"name": kube_name(volume), "mountPath": one["path"]}
        | ({"readOnly": True} if one["read_only"] else {})
        for volume, one in spec.get("volumes", {}).items()
        if chosen is None or volume in chosen
    ]


def _source(name: str, volume: str, one: dict[str, Any]) -> dict[str, Any]:
    if "empty" in one:
        size, memory = one["empty"]["size"], one["empty"]["memory"]
        medium = {"medium": "Memory"} if memory else {}
        return {"emptyDir": medium | ({"sizeLimit": size} if size else {})}
    if "claim" in one:
        return {"persistentVolumeClaim": {"claimName": _name(name, volume)}}
    if "config" in one:
        return {"configMap": {"name": _config(name, volume, one)}}
    if "csi" in one:
        chosen = one["csi"]["class"]
        attributes = {"secretProviderClass": chosen} if chosen else {}
        attributes |= one["csi"]["attributes"]
        driver = {"driver": one["csi"]["driver"], "readOnly": True}
        return {"csi": driver | ({"volumeAttributes": attributes} if attributes else {})}
    files = [{"key": key, "path": file} for file, key in one["files"].items()]
    return {"secret": {"secretName": one["secret"], "items": files}}


def _claim(one: dict[str, Any]) -> dict[str, Any]:
    claim = one["claim"]
    return {
        "access": claim["access"],
        "storage": claim["storage"],
        "storage_class": claim["class"],
    }


def _name(name: str, volume: str) -> str:
    return f"{kube_name(name)}-{kube_name(volume)}"


def _config(name: str, volume: str, one: dict[str, Any]) -> str:
    return f"{_name(name, volume)}-{content_hash(one['config'])}"
