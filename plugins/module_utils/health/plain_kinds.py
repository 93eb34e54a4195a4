# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of which nothing is reported back: they are ready when they exist."""

from __future__ import annotations

# Kinds of the API server itself of which nothing is reported back, or nothing that matters here.
BUILT_IN: dict[str, str] = {
    "": "ConfigMap Endpoints Event LimitRange PodTemplate ResourceQuota Secret ServiceAccount",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
    " MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
    " ValidatingWebhookConfiguration",
    "apps": "ControllerRevision",
    "certificates.k8s.io": "ClusterTrustBundle",
    "coordination.k8s.io": "Lease",
    "discovery.k8s.io": "EndpointSlice",
    "events.k8s.io": "Event",
    "flowcontrol.apiserver.k8s.io": "PriorityLevelConfiguration",
    "networking.k8s.io": "IPAddress IngressClass NetworkPolicy",
    "node.k8s.io": "RuntimeClass",
    "policy": "PodSecurityPolicy",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "resource.k8s.io": "DeviceClass ResourceClaimTemplate ResourceSlice",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode StorageClass VolumeAttributesClass",
}

# Crossplane's providers each bring these under a group of their own.
IN_ANY_GROUP = frozenset(
    f"{scope}ProviderConfig{use}" for scope in ("", "Cluster") for use in ("", "Usage")
) | {"StoreConfig"}

# Custom kinds that nothing is reported of: they are ready when they exist.
CUSTOM: dict[str, str] = {
    "argoproj.io": "AnalysisTemplate AppProject ClusterAnalysisTemplate ClusterWorkflowTemplate"
    " WorkflowTemplate",
    "apiextensions.crossplane.io": "Composition CompositionRevision EnvironmentConfig",
    "pkg.crossplane.io": "ControllerConfig DeploymentRuntimeConfig ImageConfig",
    "gateway.envoyproxy.io": "EnvoyProxy",
    "gateway.networking.k8s.io": "ReferenceGrant",
    "keda.sh": "ClusterTriggerAuthentication TriggerAuthentication",
    "metallb.io": "BFDProfile BGPAdvertisement BGPPeer Community IPAddressPool L2Advertisement",
    "monitoring.coreos.com": "AlertmanagerConfig PodMonitor Probe PrometheusRule ScrapeConfig"
    " ServiceMonitor",
    "networking.istio.io": "DestinationRule EnvoyFilter Gateway ProxyConfig ServiceEntry Sidecar"
    " VirtualService WorkloadEntry WorkloadGroup",
    "postgresql.cnpg.io": "ImageCatalog ClusterImageCatalog Pooler ScheduledBackup",
    "projectcalico.org": "GlobalNetworkPolicy NetworkPolicy",
    "crd.projectcalico.org": "GlobalNetworkPolicy IPPool NetworkPolicy",
    "secrets-store.csi.x-k8s.io": "SecretProviderClass",
    "security.istio.io": "AuthorizationPolicy PeerAuthentication RequestAuthentication",
    "snapshot.storage.k8s.io": "VolumeSnapshotClass",
    "telemetry.istio.io": "Telemetry",
    "tekton.dev": "Pipeline StepAction Task",
    "traefik.io": "IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP"
    " ServersTransport TLSOption TLSStore TraefikService",
    "operators.coreos.com": "OperatorGroup",
}

EXISTS: frozenset[tuple[str, str]] = frozenset(
    (group, kind)
    for table in (BUILT_IN, CUSTOM)
    for group, kinds in table.items()
    for kind in kinds.split()
)
