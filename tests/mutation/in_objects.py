# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of bugs in rendered objects, as a patch or a template could make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.mutation.planting import Objects, Sound, Steps, object_kind, typo

Bugs = Iterator[tuple[int, Steps, Any]]
POD = ("spec", "template", "spec")
MAIN = (*POD, "containers", 0)


def of_kind(objects: Objects, *kinds: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of some kinds with their place in the list."""
    for index, thing in enumerate(objects):
        if thing["kind"] in kinds:
            yield index, thing


def pods(sound: Sound) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what makes pods."""
    yield from of_kind(sound.objects, "Deployment", "StatefulSet", "Job")


@object_kind("typo in a target port", "target-port")
def _(sound: Sound) -> Bugs:
    for index, service in of_kind(sound.objects, "Service"):
        for number, port in enumerate(service["spec"].get("ports", [])):
            yield index, ("spec", "ports", number, "targetPort"), typo(str(port["targetPort"]))


@object_kind("a target port that nobody opens", "target-port")
def _(sound: Sound) -> Bugs:
    for index, _service in of_kind(sound.objects, "Service"):
        yield index, ("spec", "ports", 0, "targetPort"), 65000


@object_kind("a selector that no pod has", "target-port")
def _(sound: Sound) -> Bugs:
    for index, service in of_kind(sound.objects, "Service"):
        for key, value in service["spec"].get("selector", {}).items():
            yield index, ("spec", "selector", key), typo(value)


@object_kind("a node port", "host-port")
def _(sound: Sound) -> Bugs:
    for index, _service in of_kind(sound.objects, "Service"):
        yield index, ("spec", "ports", 0, "nodePort"), 30080


@object_kind("a host port", "host-port")
def _(sound: Sound) -> Bugs:
    for index, thing in of_kind(sound.objects, "Deployment"):
        if thing["spec"]["template"]["spec"]["containers"][0].get("ports"):
            yield index, (*MAIN, "ports", 0, "hostPort"), 80


@object_kind("the node's network", "host-port", "pod-security")
def _(sound: Sound) -> Bugs:
    for index, _thing in pods(sound):
        yield index, (*POD, "hostNetwork"), True


@object_kind("rights beyond restricted", "pod-security")
def _(sound: Sound) -> Bugs:
    for index, _thing in pods(sound):
        for key, value in (
            ("privileged", True),
            ("allowPrivilegeEscalation", True),
            ("capabilities", {}),
            ("capabilities", {"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
            ("runAsNonRoot", False),
            ("runAsUser", 0),
            ("seccompProfile", {"type": "Unconfined"}),
        ):
            yield index, (*MAIN, "securityContext", key), value


@object_kind("the node's files", "pod-security")
def _(sound: Sound) -> Bugs:
    for index, thing in pods(sound):
        volumes = thing["spec"]["template"]["spec"].get("volumes", [])
        volume = {"name": "node", "hostPath": {"path": "/"}}
        yield index, (*POD, "volumes"), [*volumes, volume]


@object_kind("a deadline before the start is over", "startup-deadline")
def _(sound: Sound) -> Bugs:
    for index, thing in of_kind(sound.objects, "Deployment"):
        if "startupProbe" in thing["spec"]["template"]["spec"]["containers"][0]:
            yield index, ("spec", "progressDeadlineSeconds"), 5


@object_kind("a budget of none", "stuck-budget")
def _(sound: Sound) -> Bugs:
    for index, _budget in of_kind(sound.objects, "PodDisruptionBudget"):
        yield index, ("spec", "maxUnavailable"), 0


@object_kind("replicas beside an autoscaler", "fixed-replicas")
def _(sound: Sound) -> Bugs:
    scaled = [
        scaler["spec"]["scaleTargetRef"]["name"]
        for _index, scaler in of_kind(sound.objects, "HorizontalPodAutoscaler", "ScaledObject")
    ]
    for index, thing in of_kind(sound.objects, "Deployment"):
        if thing["metadata"]["name"] in scaled:
            yield index, ("spec", "replicas"), 3


@object_kind("turned bounds of a rendered autoscaler", "autoscaler")
def _(sound: Sound) -> Bugs:
    for index, _scaler in of_kind(sound.objects, "HorizontalPodAutoscaler"):
        yield index, ("spec", "minReplicas"), 500


@object_kind("a roll-out that waits for its own volume", "exclusive-volume")
def _(sound: Sound) -> Bugs:
    claims = [
        claim["metadata"]["name"]
        for _index, claim in of_kind(sound.objects, "PersistentVolumeClaim")
    ]
    for index, thing in of_kind(sound.objects, "Deployment"):
        for volume in thing["spec"]["template"]["spec"].get("volumes", []):
            if volume.get("persistentVolumeClaim", {}).get("claimName") in claims:
                yield index, ("spec", "strategy"), {"type": "RollingUpdate"}


@object_kind("TLS for another host", "uncovered-host")
def _(sound: Sound) -> Bugs:
    for index, ingress in of_kind(sound.objects, "Ingress"):
        if ingress["spec"].get("tls"):
            yield index, ("spec", "tls", 0, "hosts"), ["www.example.org"]


@object_kind("a typo in an Ingress's host", "uncovered-host")
def _(sound: Sound) -> Bugs:
    for index, ingress in of_kind(sound.objects, "Ingress"):
        if ingress["spec"].get("tls"):
            host = ingress["spec"]["rules"][0]["host"]
            yield index, ("spec", "rules", 0, "host"), f"{typo(host.partition('.')[0])}.example.org"


@object_kind("a policy that lets nothing out", "cut-off")
def _(sound: Sound) -> Bugs:
    for index, policy in of_kind(sound.objects, "NetworkPolicy"):
        if policy["spec"].get("egress"):
            yield index, ("spec", "egress"), []


@object_kind("a policy that lets nobody in", "cut-off")
def _(sound: Sound) -> Bugs:
    for index, policy in of_kind(sound.objects, "NetworkPolicy"):
        if policy["spec"].get("ingress"):
            yield index, ("spec", "ingress"), []


@object_kind("a policy for another port", "cut-off")
def _(sound: Sound) -> Bugs:
    for index, policy in of_kind(sound.objects, "NetworkPolicy"):
        for number, rule in enumerate(policy["spec"].get("ingress", [])):
            if rule.get("ports"):
                yield index, ("spec", "ingress", number, "ports"), [{"port": 1}]
