# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What objects ask of a cluster and do not bring: classes, gateways, issuers, stores, Secrets.

Pure. Whether it is there is ask.py's question; which kinds are served, discovery's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import references

CERT_MANAGER = "cert-manager.io/v1"
EXTERNAL_SECRETS = "external-secrets.io/v1"
GATEWAY_API = "gateway.networking.k8s.io/v1"
ISSUERS = {"cert-manager.io/issuer": "Issuer", "cert-manager.io/cluster-issuer": "ClusterIssuer"}
OPERATED = {"Cluster"}  # CloudNativePG's; its operator makes Secrets named after it
_SECRET_MAKERS = {"Certificate", "ExternalSecret", "Ingress", *OPERATED}


class Need(NamedTuple):
    """One object that must be in the cluster.

    by:        the object that asks for it.
    namespace: where it must be; of no meaning for a cluster-scoped kind.
    condition: what its controller must say of it, such as Ready; "" where nobody says anything.
    key:       what a Secret must hold.
    """

    api_version: str
    kind: str
    namespace: str
    name: str
    by: str
    condition: str = ""
    key: str = ""


def needs(objects: Sequence[Object]) -> list[Need]:
    """Return what the objects ask for and do not bring, each once, by the first that asks.

    objects: complete with their namespaces.
    """
    there = {(obj["kind"], _place(obj), obj["metadata"]["name"]) for obj in objects}
    makers = [obj for obj in objects if obj["kind"] in _SECRET_MAKERS]
    found: dict[tuple[str, ...], Need] = {}
    for obj in objects:
        for need in (*_RULES.get(obj["kind"], _nothing)(obj), *_pod_secrets(obj)):
            places = (need.namespace, "")
            if any((need.kind, place, need.name) in there for place in places):
                continue
            if need.kind == "Secret" and _made(need.name, places, makers):
                continue
            found.setdefault((need.kind, need.namespace, need.name, need.key), need)
    return list(found.values())


def _made(secret: str, places: Sequence[str], makers: Iterable[Object]) -> bool:
    return any(_place(obj) in places and _makes_secret(obj, secret) for obj in makers)


def _makes_secret(obj: Object, name: str) -> bool:
    """Tell whether the controller of an object makes a Secret of this name."""
    spec, own = obj.get("spec") or {}, obj["metadata"]["name"]
    if obj["kind"] == "ExternalSecret":
        return bool((spec.get("target") or {}).get("name", own) == name)
    if obj["kind"] == "Certificate":
        return bool(spec.get("secretName") == name)
    if obj["kind"] == "Ingress" and ISSUERS.keys() & _annotations(obj).keys():
        return any(tls.get("secretName") == name for tls in spec.get("tls") or [])
    return obj["kind"] in OPERATED and name.startswith(f"{own}-")


def _nothing(_obj: Object) -> Iterator[Need]:
    return iter(())


def _ingress(obj: Object) -> Iterator[Need]:
    spec, by = obj["spec"], _title(obj)
    if name := spec.get("ingressClassName"):
        yield Need("networking.k8s.io/v1", "IngressClass", "", name, by)
    for annotation, name in _annotations(obj).items():
        if annotation in ISSUERS:
            yield _issuer(obj, ISSUERS[annotation], name)
    for tls in spec.get("tls") or []:
        if name := tls.get("secretName"):
            yield Need("v1", "Secret", _place(obj), name, by, key="tls.crt")


def _certificate(obj: Object) -> Iterator[Need]:
    issuer = obj["spec"]["issuerRef"]
    if issuer.get("group", "cert-manager.io") == "cert-manager.io":
        yield _issuer(obj, issuer.get("kind", "Issuer"), issuer["name"])


def _issuer(obj: Object, kind: str, name: str) -> Need:
    return Need(CERT_MANAGER, kind, _place(obj), name, _title(obj), condition="Ready")


def _route(obj: Object) -> Iterator[Need]:
    for parent in obj["spec"].get("parentRefs") or []:
        if parent.get("kind", "Gateway") == "Gateway":
            namespace = parent.get("namespace") or _place(obj)
            yield Need(GATEWAY_API, "Gateway", namespace, parent["name"], _title(obj), "Programmed")


def _external_secret(obj: Object) -> Iterator[Need]:
    if store := obj["spec"].get("secretStoreRef"):
        kind = store.get("kind", "SecretStore")
        yield Need(EXTERNAL_SECRETS, kind, _place(obj), store["name"], _title(obj), "Ready")


def _claim(obj: Object) -> Iterator[Need]:
    if name := obj["spec"].get("storageClassName"):
        yield Need("storage.k8s.io/v1", "StorageClass", "", name, _title(obj))


def _claims(obj: Object) -> Iterator[Need]:
    for claim in obj["spec"].get("volumeClaimTemplates") or []:
        if name := claim["spec"].get("storageClassName"):
            yield Need("storage.k8s.io/v1", "StorageClass", "", name, _title(obj))


def _authentication(obj: Object) -> Iterator[Need]:
    for one in obj["spec"].get("secretTargetRef") or []:
        yield Need("v1", "Secret", _place(obj), one["name"], _title(obj), key=one["key"])


def _pod_secrets(obj: Object) -> Iterator[Need]:
    """Yield the Secrets that the pods of a workload cannot start without."""
    spec = obj.get("spec") or {}
    owner = spec.get("jobTemplate") or obj
    if "template" not in (owner.get("spec") or {}) or obj["kind"] not in _WITH_PODS:
        return
    for one in references(owner):
        if one.kind == "Secret" and not one.optional:
            yield Need("v1", "Secret", _place(obj), one.name, _title(obj), key=one.key)


def _annotations(obj: Object) -> dict[str, str]:
    found: dict[str, str] = obj["metadata"].get("annotations") or {}
    return found


def _place(obj: Object) -> str:
    return str(obj["metadata"].get("namespace", ""))


def _title(obj: Object) -> str:
    return f"{obj['kind']} {obj['metadata']['name']}"


_WITH_PODS = {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}
_RULES: dict[str, Callable[[Object], Iterator[Need]]] = {
    "Certificate": _certificate,
    "ExternalSecret": _external_secret,
    "HTTPRoute": _route,
    "Ingress": _ingress,
    "PersistentVolumeClaim": _claim,
    "StatefulSet": _claims,
    "TriggerAuthentication": _authentication,
}
