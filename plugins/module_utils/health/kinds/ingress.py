# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ingress: its class and backends exist, and it has an address where its controller gives one."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
    Verdict,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    annotation,
    seconds,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
OLD_CLASS = "kubernetes.io/ingress.class"


def ingress(obj: Object, view: View) -> Verdict:
    """Judge an Ingress. Where nothing is known of its class, only an address proves it works."""
    related = view.related
    troubles = [_trouble(obj, *found) for found in _missing(obj, related)]
    if troubles:
        return progressing(troubles[0].reason, troubles[0].message, *troubles)
    if _addresses(obj):
        return ready(f"has an address ({_addresses(obj)[0]})")
    if related.all_known("IngressClass") and not _publishes(obj, related):
        return ready(
            "exists",
            "Exists",
            warning="its class gives no addresses: whether it is served is not known",
        )
    return progressing("NoAddress", "its controller has given it no address yet")


def _addresses(obj: Object) -> list[str]:
    found = (status(obj).get("loadBalancer") or {}).get("ingress") or []
    return [str(one.get("hostname") or one.get("ip")) for one in found]


def _missing(obj: Object, related: Related) -> Iterator[tuple[str, str]]:
    name = _class_name(obj)
    if name and related.lacks("IngressClass", name) and not annotation(obj, OLD_CLASS):
        yield "MissingIngressClass", f'there is no IngressClass "{name}"'
    for backend in _backends(obj):
        service = backend.get("name", "")
        if related.lacks("Service", service):
            yield "MissingService", f'its backend Service "{service}" does not exist'
        elif found := related.named("Service", service):
            yield from _missing_port(backend, found)


def _missing_port(backend: Object, service: Object) -> Iterator[tuple[str, str]]:
    port = backend.get("port") or {}
    wanted = port.get("name") or port.get("number")
    known = spec(service).get("ports") or []
    if wanted and not any(wanted in (one.get("name"), one.get("port")) for one in known):
        names = ", ".join(str(one.get("name") or one.get("port")) for one in known) or "none"
        text = f'its backend Service "{ref(service).name}" has no port {wanted} (it has {names})'
        yield "MissingServicePort", text


def _backends(obj: Object) -> list[Object]:
    paths = [
        path
        for rule in spec(obj).get("rules") or []
        for path in (rule.get("http") or {}).get("paths") or []
    ]
    found = [spec(obj).get("defaultBackend"), *(path.get("backend") for path in paths)]
    return [one["service"] for one in found if one and one.get("service")]


def _class_name(obj: Object) -> str:
    return str(spec(obj).get("ingressClassName") or annotation(obj, OLD_CLASS) or "")


def _publishes(obj: Object, related: Related) -> bool:
    """Whether the class's controller gives addresses: another Ingress of the class has one."""
    name = _class_name(obj)
    return any(_class_name(one) == name and _addresses(one) for one in related.of("Ingress"))


def _trouble(obj: Object, reason: str, text: str) -> Trouble:
    return Trouble(
        Category.REFERENCE,
        reason,
        text,
        uid=str(metadata(obj).get("uid") or ""),
        since=seconds(metadata(obj).get("creationTimestamp")),
        evidence=(Evidence(str(ref(obj)), text),),
    )
