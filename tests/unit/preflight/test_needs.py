# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What objects ask of a cluster: one row per kind of need, and per way in which it is met."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.preflight.needs import needs

INGRESS = """
{kind: Ingress, metadata: {name: web, namespace: shop, annotations: {%s}},
 spec: {ingressClassName: nginx, tls: [{hosts: [a], secretName: web-tls}]}}
"""
POD = """
{kind: %s, metadata: {name: api, namespace: shop}, spec: {template: {spec: {containers: [
  {name: api, env: [{name: URL, valueFrom: {secretKeyRef: {name: db-app, key: url%s}}}]}]}}}}
"""
STORED = "{kind: Secret, metadata: {name: db-app, namespace: shop}}"
WANTED = {"Secret shop/db-app#url"}

CASES = {
    "an ingress": (
        [INGRESS % ""],
        {"IngressClass /nginx", "Secret shop/web-tls#tls.crt"},
    ),
    "cert-manager makes an ingress's secret": (
        [INGRESS % "cert-manager.io/cluster-issuer: letsencrypt"],
        {"IngressClass /nginx", "ClusterIssuer shop/letsencrypt Ready"},
    ),
    "a certificate": (
        [
            "{kind: Certificate, metadata: {name: web, namespace: shop},"
            " spec: {secretName: web-tls, issuerRef: {kind: Issuer, name: own}}}",
            INGRESS % "",
        ],
        {"IngressClass /nginx", "Issuer shop/own Ready"},
    ),
    "an issuer of another group": (
        [
            "{kind: Certificate, metadata: {name: web, namespace: shop},"
            " spec: {secretName: s, issuerRef: {group: awspca.cert-manager.io, name: own}}}"
        ],
        set(),
    ),
    "a route": (
        [
            "{kind: HTTPRoute, metadata: {name: web, namespace: shop},"
            " spec: {parentRefs: [{namespace: gateways, name: shared}, {kind: Service, name: x}]}}"
        ],
        {"Gateway gateways/shared Programmed"},
    ),
    "a store": (
        [
            "{kind: ExternalSecret, metadata: {name: auth, namespace: shop},"
            " spec: {secretStoreRef: {kind: ClusterSecretStore, name: vault}}}"
        ],
        {"ClusterSecretStore shop/vault Ready"},
    ),
    "a storage class": (
        [
            "{kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop},"
            " spec: {storageClassName: fast}}",
            "{kind: StatefulSet, metadata: {name: db, namespace: shop},"
            " spec: {volumeClaimTemplates: [{spec: {storageClassName: slow}}, {spec: {}}]}}",
        ],
        {"StorageClass /fast", "StorageClass /slow"},
    ),
    "KEDA's credentials": (
        [
            "{kind: TriggerAuthentication, metadata: {name: lag, namespace: shop},"
            " spec: {secretTargetRef: [{parameter: connection, name: db-app, key: url}]}}"
        ],
        WANTED,
    ),
    "a pod's secret": ([POD % ("Deployment", "")], WANTED),
    "an optional one": ([POD % ("Deployment", ", optional: true")], set()),
    "two that want the same": ([POD % ("Deployment", ""), POD % ("Job", "")], WANTED),
    "one that is brought": ([POD % ("Job", ""), STORED], set()),
    "one that is brought elsewhere": (
        [POD % ("Job", ""), STORED.replace("shop", "bank")],
        WANTED,
    ),
    "one that External Secrets makes": (
        [
            POD % ("Job", ""),
            "{kind: ExternalSecret, metadata: {name: x, namespace: shop},"
            " spec: {target: {name: db-app}}}",
        ],
        set(),
    ),
    "one that the database's operator makes": (
        [POD % ("Job", ""), "{kind: Cluster, metadata: {name: db, namespace: shop}}"],
        set(),
    ),
    "a CronJob's": (
        [
            "{kind: CronJob, metadata: {name: api, namespace: shop}, spec: {jobTemplate: %s}}"
            % (POD % ("Job", ""))
        ],
        WANTED,
    ),
}


def shown(need):
    key = f"#{need.key}" if need.key else ""
    return f"{need.kind} {need.namespace}/{need.name}{key} {need.condition}".strip()


@pytest.mark.parametrize("case", CASES)
def test_needs(case):
    texts, expected = CASES[case]
    found = needs([yaml.safe_load(text) for text in texts])
    assert sorted(map(shown, found)) == sorted(expected)


def test_the_one_that_asks_is_named():
    (need,) = needs([yaml.safe_load(POD % ("Deployment", ""))])
    assert need.by == "Deployment api"
