# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small resolved stack: one workload on one database, with a migration and a route."""

from __future__ import annotations

import copy
from typing import Any

import pytest

RESOURCES = {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
DOCUMENT: dict[str, Any] = {
    "name": "shop",
    "namespace": "shop-dev",
    "preset": "local",
    "kubernetes": "1.34",
    "images": {"app": {"repo": "acme/shop", "tag": "1.10", "digest": "", "pull": "IfNotPresent"}},
    "secrets": {
        "auth": {
            "keys": ["jwt_secret"],
            "driver": "generated",
            "secret": "auth",
            "type": "",
            "map": {"jwt_secret": "jwt_secret"},
            "length": 32,
            "store": {},
            "remote": {},
            "refresh": 3600,
        }
    },
    "pull_secrets": [],
    "links": [
        ["migrations.migrate_users", "datastores.users_db"],
        ["workloads.users_api", "datastores.users_db"],
    ],
    "external": {"stripe": {"host": "api.stripe.com", "port": 443, "scheme": "https", "cidr": ""}},
    "sites": {"shop": {"host": "shop.localhost", "tls": {}}},
    "network": {
        "policies": False,
        "dns": {"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}, "cidr": ""},
        "controller": {"namespace": "gateway-system", "labels": {}},
        "metrics": {"namespace": "monitoring", "labels": {}},
        "operator": {"namespace": "cnpg-system", "labels": {}},
        "autoscaler": {"namespace": "keda", "labels": {}},
        "api_server": {"cidr": "", "ports": [443, 6443]},
    },
    "metrics": {"driver": "none", "labels": {}},
    "composed": {},
    "datastores": {
        "users_db": {
            "type": "postgres",
            "version": "15",
            "driver": "container",
            "storage": "1Gi",
            "resources": RESOURCES,
            "conf": {},
            "storage_class": "",
            "image": "",
            "instances": 1,
            "database": "users",
            "user": "users",
            "extensions": ["pgcrypto"],
            "schemas": [],
            "roles": {},
            "max_connections": 100,
            "secret": "users-db",
            "keys": {"url": "url", "password": "password"},
            "host": "users-db",
            "port": 5432,
            "tls": False,
        }
    },
    "migrations": {
        "migrate_users": {
            "image": "app",
            "args": ["migrate"],
            "env": {
                "DATABASE_URL": {"secret": "users-db", "key": "url"},
                "LOG_FORMAT": {"value": "json"},
            },
            "database": "users_db",
            "phase": "pre",
            "timeout": 600,
            "resources": RESOURCES,
        }
    },
    "workloads": {
        "users_api": {
            "kind": "Deployment",
            "image": "app",
            "args": ["serve"],
            "ports": {"http": 3001},
            "service": True,
            "env": {
                "PORT": {"value": "3001"},
                "DATABASE_URL": {"secret": "users-db", "key": "url"},
            },
            "health": {
                "port": "http",
                "live": {"path": "/healthz"},
                "ready": {"path": "/healthz?ready=1"},
                "startup_budget": 90,
            },
            "drain": {"propagation": 5, "work": 10},
            "scale": {"replicas": 1},
            "resources": RESOURCES,
            "write": ["/tmp"],
            "migrations": ["migrate_users"],
            "needs": [],
            "account": "",
            "init": {},
            "sidecars": {},
            "volumes": {},
            "budget": {},
            "strategy": {"surge": 1, "unavailable": 0},
            "share_processes": False,
            "security": {},
            "labels": {},
            "annotations": {},
            "schedule_on": {"nodes": {}, "tolerations": [], "priority": ""},
        }
    },
    "routes": {
        "web": {
            "site": "shop",
            "exact": False,
            "strip": False,
            "body": "",
            "timeout": 0,
            "stream": False,
            "max_idle": 0,
            "annotations": {},
            "host": "shop.localhost",
            "url": "http://shop.localhost:8080/",
            "origin": "http://shop.localhost:8080",
            "path": "/",
            "to": "users_api",
            "port": "http",
        }
    },
    "ingress": {
        "driver": "gateway",
        "class": "contour",
        "controller": "contour",
        "scheme": "http",
        "annotations": {},
        "max_idle": 0,
        "tls_port": 443,
        "gateway": {"namespace": "gateway-system", "name": "shared", "section": ""},
        "address": "127.0.0.1",
        "port": 8080,
    },
}


@pytest.fixture
def document() -> dict[str, Any]:
    """Return a copy that a test may change."""
    return copy.deepcopy(DOCUMENT)
