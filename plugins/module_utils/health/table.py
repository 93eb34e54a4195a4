# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table: kind → rule. Built-in kinds by their own rules, known custom ones by
custom_kinds/, everything else by its words."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.custom_kinds import (
    data,
    delivery,
    platform,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.generic import by_conditions
from ansible_collections.slipway.stack.plugins.module_utils.health.kinds import (
    api,
    autoscaling,
    daemonset,
    deployment,
    ingress,
    job,
    pod,
    policy,
    replicaset,
    requests,
    routes,
    service,
    statefulset,
    storage,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Verdict, ready
from ansible_collections.slipway.stack.plugins.module_utils.health.plain_kinds import (
    EXISTS,
    IN_ANY_GROUP,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import parts, status
from ansible_collections.slipway.stack.plugins.module_utils.health.view import Rule, View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref


def exists(obj: Object, view: View) -> Verdict:
    """Judge a kind without a status: it is there."""
    return ready("exists", "Exists")


# (API group, kind); the version does not matter to any of them.
RULES: dict[tuple[str, str], Rule] = {
    ("", "Namespace"): api.namespace,
    ("", "PersistentVolume"): storage.volume,
    ("", "PersistentVolumeClaim"): storage.claim,
    ("", "Pod"): pod.pod,
    ("", "ReplicationController"): replicaset.replica_set,
    ("", "Service"): service.service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): api.definition,
    ("apiregistration.k8s.io", "APIService"): api.api_service,
    ("apps", "DaemonSet"): daemonset.daemon_set,
    ("apps", "Deployment"): deployment.deployment,
    ("apps", "ReplicaSet"): replicaset.replica_set,
    ("apps", "StatefulSet"): statefulset.stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.autoscaler,
    ("batch", "CronJob"): job.cron_job,
    ("batch", "Job"): job.job,
    ("certificates.k8s.io", "CertificateSigningRequest"): requests.signing_request,
    ("extensions", "DaemonSet"): daemonset.daemon_set,
    ("extensions", "Deployment"): deployment.deployment,
    ("extensions", "Ingress"): ingress.ingress,
    ("extensions", "ReplicaSet"): replicaset.replica_set,
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): policy.flow_schema,
    ("gateway.networking.k8s.io", "BackendTLSPolicy"): routes.backend_policy,
    ("gateway.networking.k8s.io", "GRPCRoute"): routes.route,
    ("gateway.networking.k8s.io", "Gateway"): routes.gateway,
    ("gateway.networking.k8s.io", "GatewayClass"): routes.gateway_class,
    ("gateway.networking.k8s.io", "HTTPRoute"): routes.route,
    ("gateway.networking.k8s.io", "ListenerSet"): routes.listener_set,
    ("gateway.networking.k8s.io", "TCPRoute"): routes.route,
    ("gateway.networking.k8s.io", "TLSRoute"): routes.route,
    ("gateway.networking.k8s.io", "UDPRoute"): routes.route,
    ("networking.k8s.io", "Ingress"): ingress.ingress,
    ("policy", "PodDisruptionBudget"): policy.disruption_budget,
    ("resource.k8s.io", "ResourceClaim"): requests.device_claim,
    ("storage.k8s.io", "VolumeAttachment"): requests.attachment,
}


# group → kind → rule; "*" stands for every other kind, "*.crossplane.io" for every such group
CUSTOM: dict[str, dict[str, Rule]] = {**data.TABLE, **delivery.TABLE, **platform.TABLE}


def rule_for(obj: Object) -> Rule:
    """Return the rule for the object's kind; kinds in no table are read by the vocabulary."""
    group, kind = ref(obj).api_version.rpartition("/")[0], ref(obj).kind
    if (group, kind) in RULES:
        return RULES[group, kind]
    if (group, kind) in EXISTS or kind in IN_ANY_GROUP:
        return exists
    return _custom(group, kind) or _by_shape(obj) or by_conditions


def _by_shape(obj: Object) -> Rule | None:
    """Routes and policies of other groups report as the Gateway API's do."""
    have = status(obj)
    if parts(have.get("parents")):
        return routes.route
    return routes.backend_policy if parts(have.get("ancestors")) else None


def _custom(group: str, kind: str) -> Rule | None:
    """Look the group up, then every group that it is below: ``a.b.c``, ``*.b.c``, ``*.c``."""
    names = group.split(".")
    for key in (group, *("*." + ".".join(names[at:]) for at in range(len(names)))):
        if kinds := CUSTOM.get(key):
            return kinds.get(kind) or kinds.get("*")
    return None
