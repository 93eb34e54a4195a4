# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the build and launch workers do in the cluster, in the namespace that they are told.

Each needs exactly the rights that systems.md derives from the real calls; without them the API
answers 403, and the job fails with its words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import httpx

from reference import environment, kube
from reference.kube import KubeError, Object

BUILD_TIMEOUT_S = 180
LABEL = "apphub.dev/launch"
PREVIEW_PORT = 8080  # not every container runtime lets everybody open port 80


def _namespace() -> str:
    """Its default is apphub, whatever namespace the pod is in (read)."""
    return os.environ.get("APPHUB_K8S_NAMESPACE") or "apphub"


def _pod(name: str, account: str, args: Sequence[str], port: int = 0) -> Object:
    container: Object = {
        "name": "main",
        "image": environment.need("APPHUB_K8S_BUILDER_IMAGE"),
        "imagePullPolicy": "IfNotPresent",
        "args": list(args),
        "env": [{"name": "PORT", "value": str(port)}] if port else [],
        "ports": [{"containerPort": port}] if port else [],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }
    registry = os.environ.get("APPHUB_K8S_REGISTRY_SECRET")
    spec: Object = {
        "containers": [container],
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
    }
    if registry:
        spec["imagePullSecrets"] = [{"name": registry}]
    return {"metadata": {"labels": {LABEL: name}}, "spec": spec}


def build(client: httpx.Client, name: str, args: Sequence[str] | None = None) -> Object:
    """Create a Job, wait for it, return its log, delete it. Raises KubeError if it failed."""
    jobs = f"/apis/batch/v1/namespaces/{_namespace()}/jobs"
    account = environment.need("APPHUB_K8S_BUILDER_SERVICE_ACCOUNT")
    pod = _pod(name, account, args or ["echo", f"built {name}"])
    pod["spec"]["restartPolicy"] = "Never"
    body = {"metadata": {"name": name}, "spec": {"backoffLimit": 0, "template": pod}}
    kube.call(client, "POST", jobs, body)
    try:
        kube.wait(client, f"{jobs}/{name}", _ended, BUILD_TIMEOUT_S)
        log = _log(client, name)
        if "Failed" in _conditions(kube.call(client, "GET", f"{jobs}/{name}").json()):
            raise KubeError(f"build {name} failed: {log}")
        return {"job": name, "log": log}
    finally:
        kube.call(client, "DELETE", f"{jobs}/{name}?propagationPolicy=Background")


def _conditions(job: Object) -> list[str]:
    listed = job.get("status", {}).get("conditions") or []
    return [one["type"] for one in listed if one["status"] == "True"]


def _ended(job: Object) -> bool:
    return bool({"Complete", "Failed"} & set(_conditions(job)))


def _log(client: httpx.Client, job: str) -> str:
    pods = f"/api/v1/namespaces/{_namespace()}/pods"
    found = kube.call(client, "GET", f"{pods}?labelSelector=job-name%3D{job}").json()["items"]
    if not found:
        events = f"/api/v1/namespaces/{_namespace()}/events"
        return str(kube.call(client, "GET", events).json()["items"][-3:])
    return kube.call(client, "GET", f"{pods}/{found[0]['metadata']['name']}/log").text.strip()


def _previews(name: str) -> Mapping[str, Object]:
    """Paths of collections and what a preview adds to each."""
    scheme = os.environ.get("APPHUB_K8S_PREVIEW_SCHEME", "http")
    host = environment.need("APPHUB_K8S_PREVIEW_HOST_TEMPLATE").replace("{launch}", name)
    selector = {LABEL: name}
    metadata = {"name": name, "labels": selector, "annotations": {"apphub.dev/scheme": scheme}}
    pod = _pod(name, environment.need("APPHUB_K8S_LAUNCH_SERVICE_ACCOUNT"), [], PREVIEW_PORT)
    backend = {"service": {"name": name, "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    specs = {
        "/apis/apps/v1/namespaces/{}/deployments": {
            "selector": {"matchLabels": selector},
            "template": pod,
        },
        "/api/v1/namespaces/{}/services": {
            "selector": selector,
            "ports": [{"port": 80, "targetPort": PREVIEW_PORT}],
        },
        "/apis/networking.k8s.io/v1/namespaces/{}/ingresses": {
            "ingressClassName": environment.need("APPHUB_K8S_INGRESS_CLASS"),
            "rules": [{"host": host, "http": {"paths": [path]}}],
        },
    }
    return {
        place.format(_namespace()): {"metadata": metadata, "spec": spec}
        for place, spec in specs.items()
    }


def launch(client: httpx.Client, name: str) -> Object:
    """Create a preview and wait until it runs; where it is reached."""
    previews = _previews(name)
    for place, body in previews.items():
        kube.call(client, "POST", place, body)
    deployment = f"{next(iter(previews))}/{name}"
    kube.wait(client, deployment, _available, BUILD_TIMEOUT_S)
    return {"url": environment.need("APPHUB_K8S_PREVIEW_HOST_TEMPLATE").replace("{launch}", name)}


def _available(deployment: Object) -> bool:
    return bool(deployment.get("status", {}).get("availableReplicas"))


def stop(client: httpx.Client, name: str) -> Object:
    """Delete a preview."""
    for place in _previews(name):
        kube.call(client, "DELETE", f"{place}/{name}?propagationPolicy=Background")
    return {"stopped": name}
