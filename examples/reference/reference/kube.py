# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes API with a pod's own token: what the real parts do by kubectl or its library."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

MOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
Object = dict[str, Any]


class KubeError(Exception):
    """The API refused; the message is its own."""


def client_of_pod() -> httpx.Client:
    """A client with the pod's service account. Raises KubeError where no token is mounted."""
    host, port = (os.environ.get(f"KUBERNETES_SERVICE_{part}", "") for part in ("HOST", "PORT"))
    try:
        token = (MOUNT / "token").read_text()
    except OSError as error:
        raise KubeError(f"no token for the Kubernetes API: {error}") from None
    return httpx.Client(
        base_url=f"https://{host}:{port}",
        headers={"Authorization": f"Bearer {token}"},
        verify=str(MOUNT / "ca.crt"),
        timeout=10,
    )


def call(
    client: httpx.Client, method: str, path: str, body: Object | None = None
) -> httpx.Response:
    """One request. Raises KubeError for a refusal, httpx.TransportError without an answer."""
    answer = client.request(method, path, json=body)
    if answer.is_error:
        raise KubeError(f"{method} {path}: {answer.status_code} {answer.text.strip()}")
    return answer


def wait(
    client: httpx.Client, path: str, reached: Callable[[Object], bool], timeout_s: float
) -> Object:
    """Ask once a second until `reached`. Raises KubeError when the time is over."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found: Object = call(client, "GET", path).json()
        if reached(found):
            return found
        time.sleep(1)
    raise KubeError(f"{path}: not within {timeout_s:g} s: {found.get('status')}")
