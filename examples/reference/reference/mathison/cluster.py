# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What web and worker do in the cluster: a namespace for each workspace, apps in it."""

from __future__ import annotations

import os

from reference import kube
from reference.kube import KubeError, Object

READY_TIMEOUT_S = 180  # read: how long a job waits for what it deployed
LABEL = "app.kubernetes.io/name"


def make_namespace(workspace: str) -> None:
    """Create a workspace's namespace, if there is none. Raises KubeError."""
    with kube.client_of_pod() as client:
        try:
            kube.call(client, "POST", "/api/v1/namespaces", {"metadata": {"name": workspace}})
        except KubeError as error:
            if " 409 " not in str(error):
                raise


def deploy(workspace: str, name: str, image: str) -> None:
    """Apply an app and wait until it is available. Raises KubeError."""
    place = f"/apis/apps/v1/namespaces/{workspace}/deployments"
    with kube.client_of_pod() as client:
        kube.call(client, "POST", place, deployment(name, image))
        kube.wait(client, f"{place}/{name}", _available, READY_TIMEOUT_S)


def deployment(name: str, image: str) -> Object:
    """A Deployment of one container, which the image starts as it likes."""
    container = {"name": "main", "image": image, "imagePullPolicy": "IfNotPresent"}
    labels = {LABEL: name}
    return {
        "metadata": {"name": name, "labels": labels | {"mathison": os.uname().nodename}},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def _available(found: Object) -> bool:
    return bool(found.get("status", {}).get("availableReplicas"))
