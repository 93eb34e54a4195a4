# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pod Security Standard *restricted*, as admission would judge it, before anything is sent.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import entity, flaw
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.rendered import (
    Spec,
    containers,
    dig,
    pods,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Faults,
    Object,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields, find, items

_VOLUMES = frozenset(
    ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
     "projected", "secret")
)  # fmt: skip
_HOST = ("hostNetwork", "hostPID", "hostIPC")
_SECCOMP = ("RuntimeDefault", "Localhost")
_SYSCTLS = frozenset(
    ("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
     "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range",
     "net.ipv4.tcp_syncookies", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
     "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes")
)  # fmt: skip
_ROOT, _MUST = "root", "must be true"
_FIX = "Do without it: the namespace admits restricted pods only."
Wrong = Iterator[tuple[str, str]]


def violations(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield what admission would refuse, but for what a workload asks for with a reason."""
    for thing, path, spec in pods(objects):
        allowed = _opt_outs(subject, thing)
        for where, message in _all(spec):
            if (where.rpartition("securityContext.")[2], message) not in allowed:
                yield flaw(thing, f"{path}.{where}", message, _FIX)


def _opt_outs(subject: Subject, thing: Object) -> set[tuple[str, str]]:
    if dig(thing, "metadata.labels", {}).get("app.kubernetes.io/component") != "workload":
        return set()
    name = entity(subject, "workloads", thing)
    security = fields(find(subject.tree, ("workloads", name, "security")))
    added = sorted(str(item.value) for item in items(security.get("capabilities")))
    allowed = {("capabilities.add", ", ".join(added))}
    if "root" in security and security["root"].value:
        allowed |= {("runAsUser", _ROOT), ("runAsNonRoot", _MUST)}
    return allowed


def _all(spec: Spec) -> Wrong:
    yield from _pod(spec)
    for place, container in containers(spec):
        for where, message in _container(spec, container):
            yield f"{place}.{where}", message


def _pod(spec: Spec) -> Wrong:
    for key in _HOST:
        if spec.get(key):
            yield key, "a namespace of the node"
    for index, volume in enumerate(spec.get("volumes", [])):
        kinds = volume.keys() - {"name"}
        if not kinds <= _VOLUMES:
            yield f"volumes[{index}]", f"a volume of kind {', '.join(sorted(kinds - _VOLUMES))}"
    security = spec.get("securityContext") or {}
    for index, sysctl in enumerate(security.get("sysctls", [])):
        if sysctl.get("name") not in _SYSCTLS:
            yield f"securityContext.sysctls[{index}]", "a setting of the node"
    yield from _both("securityContext", security)


def _container(spec: Spec, container: Spec) -> Wrong:
    own, above = container.get("securityContext") or {}, spec.get("securityContext") or {}
    yield from _both("securityContext", own)
    if own.get("privileged"):
        yield "securityContext.privileged", "all rights of the node"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "securityContext.allowPrivilegeEscalation", "must be false"
    if own.get("procMount", "Default") != "Default":
        yield "securityContext.procMount", "must be Default"
    yield from _capabilities(own)
    if not own.get("runAsNonRoot", above.get("runAsNonRoot")):
        yield "securityContext.runAsNonRoot", _MUST
    if _seccomp(own, _seccomp(above)) not in _SECCOMP:
        yield "securityContext.seccompProfile", f"must be {' or '.join(_SECCOMP)}"


def _both(path: str, security: Spec) -> Wrong:
    """What pods and containers may say alike."""
    if security.get("runAsUser") == 0:
        yield f"{path}.runAsUser", _ROOT
    if dig(security, "windowsOptions.hostProcess"):
        yield f"{path}.windowsOptions", "a process of the node"
    if dig(security, "seLinuxOptions.user") or dig(security, "seLinuxOptions.role"):
        yield f"{path}.seLinuxOptions", "a user or role of its own"
    if dig(security, "appArmorProfile.type") == "Unconfined":
        yield f"{path}.appArmorProfile", "must be RuntimeDefault or Localhost"


def _capabilities(security: Spec) -> Wrong:
    known = security.get("capabilities") or {}
    if "ALL" not in known.get("drop", []):
        yield "securityContext.capabilities.drop", "must hold ALL"
    if set(known.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "securityContext.capabilities.add", ", ".join(sorted(known["add"]))


def _seccomp(security: Spec, otherwise: Any = None) -> Any:
    return dig(security, "seccompProfile.type", otherwise)
