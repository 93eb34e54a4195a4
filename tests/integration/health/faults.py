# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults as a person would make them: each a manifest, and the same without the fault.

The second one must become ready: it shows that the fault, and nothing else, made the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

IMAGE = "debian:bookworm-slim"
SLEEP = ["sleep", "3600"]
REGISTRY_PORT = 5077
Object = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One fault.

    objects: called with whether the fault is in; the last object is the one to wait for.
    status, reason, says: of that object when the wait has ended; says: a regular expression.
    within_s: from when the cause could be seen, by `sign` in the message, until the verdict.
    timeout_s: of the wait.
    """

    objects: Callable[[bool], list[Object]]
    status: str
    reason: str
    says: str
    sign: str = ""
    within_s: float = 25
    timeout_s: float = 240


def deployment(container: Object, **pod: Any) -> Object:
    one = {"name": "api", "image": IMAGE, "command": SLEEP, **container}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api"},
        "spec": {
            "selector": {"matchLabels": {"app": "api"}},
            "template": {
                "metadata": {"labels": {"app": "api"}},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": [one], **pod},
            },
        },
    }


def named(kind: str, name: str, **content: Any) -> Object:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}


def from_secret(name: str, key: str) -> list[Object]:
    return [{"name": "P", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]


def from_map(name: str, key: str) -> list[Object]:
    return [{"name": "P", "valueFrom": {"configMapKeyRef": {"name": name, "key": key}}}]


def job(command: str, **spec: Any) -> Object:
    container = {"name": "seed", "image": IMAGE, "command": ["sh", "-c", command]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "seed"},
        "spec": {
            "backoffLimit": 0,
            "template": {"spec": {"restartPolicy": "Never", "containers": [container]}},
            **spec,
        },
    }


def image(name: str) -> Callable[[bool], list[Object]]:
    address = f"localhost:{REGISTRY_PORT}/{name}:9"
    return lambda bad: [deployment({"image": address if bad else IMAGE})]


def command(text: str) -> Callable[[bool], list[Object]]:
    return lambda bad: [deployment({"command": ["sh", "-c", text if bad else "sleep 3600"]})]


def probed(path: str) -> Object:
    probe = {"exec": {"command": ["test", "-e", path]}, "periodSeconds": 1}
    return deployment({"readinessProbe": probe})


def claim(storage_class: str) -> Object:
    return named(
        "PersistentVolumeClaim",
        "data",
        spec={
            "storageClassName": storage_class,
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Mi"}},
        },
    )


def mounting(bad: bool) -> list[Object]:
    name = "missing" if bad else "common"
    volumes = [{"name": "c", "configMap": {"name": name}}]
    mounts = [{"name": "c", "mountPath": "/c"}]
    return [named("ConfigMap", "common"), deployment({"volumeMounts": mounts}, volumes=volumes)]


def claiming(bad: bool) -> list[Object]:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "missing" if bad else "data"}}]
    mounts = [{"name": "d", "mountPath": "/d"}]
    return [claim("standard"), deployment({"volumeMounts": mounts}, volumes=volumes)]


def quota(bad: bool) -> list[Object]:
    limit = named("ResourceQuota", "none", spec={"hard": {"pods": "0" if bad else "9"}})
    return [limit, deployment({})]


def initialised(bad: bool) -> list[Object]:
    text = "echo cannot reach the database; exit 4" if bad else "true"
    first = {"name": "migrate", "image": IMAGE, "command": ["sh", "-c", text]}
    return [deployment({}, initContainers=[first])]


def paused(bad: bool) -> list[Object]:
    obj = deployment({})
    obj["spec"]["paused"] = bad
    return [obj]


def service(app: str) -> Object:
    return named("Service", "api", spec={"selector": {"app": app}, "ports": [{"port": 80}]})


def http_route(backend: str) -> Object:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "api"},
        "spec": {
            "parentRefs": [{"name": "shared", "namespace": "gateway-system"}],
            "hostnames": ["health-faults.localhost"],
            "rules": [{"backendRefs": [{"name": backend, "port": 80}]}],
        },
    }


def ingress(class_name: str, port: int) -> Object:
    backend = {"service": {"name": "api", "port": {"number": port}}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "api"},
        "spec": {"ingressClassName": class_name, "defaultBackend": backend},
    }


HUNGRY = {"limits": {"memory": "16Mi"}}

FAULTS: dict[str, Fault] = {
    "image not found": Fault(
        image("none"),
        "failed",
        "ImageNotFound",
        rf'container api of pod api-\S+: image "localhost:{REGISTRY_PORT}/none:9" does not exist',
    ),
    "image unauthorised": Fault(
        image("private"),
        "failed",
        "ImageUnauthorized",
        rf'the registry refuses image "localhost:{REGISTRY_PORT}/private:9"',
    ),
    "registry broken": Fault(
        image("broken"),
        "progressing",
        "ImagePullError",
        rf'image "localhost:{REGISTRY_PORT}/broken:9" cannot be pulled: .*500',
        timeout_s=60,
    ),
    "bad command": Fault(
        lambda bad: [deployment({"command": ["serve" if bad else "sleep", "3600"]})],
        "failed",
        "BadCommand",
        r'its command cannot be started: exec: "serve": executable file not found in \$PATH',
    ),
    "crash at start": Fault(
        lambda bad: [
            named("Secret", "db", stringData={"password": "hunter2hunter2"}),
            deployment(
                {
                    "env": from_secret("db", "password"),
                    "command": [
                        "sh",
                        "-c",
                        "echo login with $P; echo no table users; exit 3" if bad else "sleep 3600",
                    ],
                }
            ),
        ],
        "failed",
        "CrashLoop",
        r"container api of pod api-\S+: it exits with code 3 after \d+ s, \d restarts",
        sign="restarts",
    ),
    "out of memory": Fault(
        lambda bad: [
            deployment({"command": ["tail", "/dev/zero"] if bad else SLEEP, "resources": HUNGRY})
        ],
        "failed",
        "OOMKilled",
        r"killed for using more than its memory limit of 16Mi \(OOMKilled\)",
        sign="restarts",
    ),
    "init container fails": Fault(
        initialised,
        "failed",
        "CrashLoop",
        r"container migrate of pod api-\S+: it exits with code 4",
        sign="restarts",
    ),
    "missing Secret": Fault(
        lambda bad: [
            named("Secret", "db", stringData={"password": "x"}),
            deployment({"env": from_secret("missing" if bad else "db", "password")}),
        ],
        "failed",
        "MissingReference",
        r'Secret "missing" does not exist',
    ),
    "missing key of a ConfigMap": Fault(
        lambda bad: [
            named("ConfigMap", "common", data={"url": "x"}),
            deployment({"env": from_map("common", "urll" if bad else "url")}),
        ],
        "failed",
        "MissingReference",
        r'ConfigMap "common" has no key "urll"',
    ),
    "missing key of a Secret": Fault(
        lambda bad: [
            named("Secret", "db", stringData={"password": "x"}),
            deployment({"env": from_secret("db", "pasword" if bad else "password")}),
        ],
        "failed",
        "MissingReference",
        r'Secret "db" has no key "pasword"',
    ),
    "missing claim": Fault(
        claiming, "failed", "MissingReference", r'PersistentVolumeClaim "missing" does not exist'
    ),
    "missing ConfigMap of a volume": Fault(
        mounting, "failed", "MissingReference", r'ConfigMap "missing" does not exist'
    ),
    "never ready": Fault(
        lambda bad: [probed("/nowhere" if bad else "/etc")],
        "progressing",
        "ProbeFails",
        r"0/1 ready \(runs, but its readiness probe \(exec test -e /nowhere\) fails",
        timeout_s=60,
    ),
    "no node has room": Fault(
        lambda bad: [deployment({"resources": {"requests": {"cpu": "500" if bad else "1m"}}})],
        "failed",
        "Unschedulable",
        r"no node takes it: 0/\d+ nodes are available: .*Insufficient cpu",
        within_s=75,
    ),
    "quota exceeded": Fault(
        quota, "failed", "QuotaExceeded", r"its pods are refused: .*exceeded quota: none"
    ),
    "Job fails": Fault(
        lambda bad: [job("echo statement 2 failed; exit 7" if bad else "true")],
        "failed",
        "BackoffLimitExceeded",
        r"container seed exited with code 7 \(Error\)",
    ),
    "Job suspended": Fault(
        lambda bad: [job("true", suspend=bad)],
        "suspended",
        "Suspended",
        r"nothing runs until spec.suspend is false",
    ),
    "Deployment paused": Fault(
        paused, "suspended", "Suspended", r"nothing rolls out until it is resumed"
    ),
    "Service that selects nothing": Fault(
        lambda bad: [deployment({}), service("apo" if bad else "api")],
        "progressing",
        "NoEndpoints",
        r"no pod that matches app=apo is ready",
        timeout_s=10,
    ),
    "HTTPRoute to nothing": Fault(
        lambda bad: [service("api"), http_route("missing" if bad else "api")],
        "failed",
        "BackendNotFound",
        r"Gateway shared: ResolvedRefs is False: .*missing",
    ),
    "Ingress of a class that is not there": Fault(
        lambda bad: [service("api"), ingress("missing" if bad else "contour", 80)],
        "failed",
        "MissingIngressClass",
        r'there is no IngressClass "missing"',
    ),
    "Ingress to a port that is not there": Fault(
        lambda bad: [service("api"), ingress("contour", 8080 if bad else 80)],
        "failed",
        "MissingServicePort",
        r'its backend Service "api" has no port 8080 \(it has 80\)',
    ),
    "missing StorageClass": Fault(
        lambda bad: [claim("fast" if bad else "standard")],
        "failed",
        "MissingStorageClass",
        r'volume claim data is not bound: there is no StorageClass "fast"',
    ),
}
