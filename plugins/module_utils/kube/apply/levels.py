# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order objects are applied. Pure.

What others need to start comes first, so that no pod waits for a ConfigMap of its own release;
what sends traffic comes last. Inside a level everything is applied at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.kube.secrets import references

FOUNDATION = 0
_COMPOSED = 2
_OTHERS = 2  # custom resources, such as an ExternalSecret or a database of an operator

_LEVELS = {
    FOUNDATION: "Namespace CustomResourceDefinition",
    1: "ServiceAccount Role ClusterRole ConfigMap Secret PersistentVolume "
    "PersistentVolumeClaim StorageClass PriorityClass LimitRange ResourceQuota NetworkPolicy",
    2: "Service RoleBinding ClusterRoleBinding",
    3: "Deployment StatefulSet DaemonSet ReplicaSet Job CronJob Pod",
    4: "HTTPRoute GRPCRoute TLSRoute Ingress PodDisruptionBudget HorizontalPodAutoscaler "
    "ScaledObject ServiceMonitor PodMonitor",
}
_LEVEL_OF = {kind: level for level, kinds in _LEVELS.items() for kind in kinds.split()}

T = TypeVar("T")


def level(kind: str) -> int:
    """Return the level of a kind; lower ones are applied first."""
    return _LEVEL_OF.get(kind, _OTHERS)


def level_of(obj: Object) -> int:
    """Return the level of an object: a Secret that is composed of others follows them."""
    composed = obj["kind"] == "Secret" and references(obj)
    return _COMPOSED if composed else level(obj["kind"])


def by_level(items: Sequence[tuple[int, T]]) -> list[list[T]]:
    """Group (level, value) pairs by level, lowest first, keeping the order inside."""
    ordered = sorted(items, key=lambda item: item[0])
    groups = groupby(ordered, key=lambda item: item[0])
    return [[value for _level, value in group] for _level, group in groups]
