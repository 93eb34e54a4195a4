# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as one sees it that lacks something: a proxy before its API server.

What is installed for one test cannot be missing for another one on the same cluster.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

Change = Callable[[Any], Any]


def groups(*names: str) -> Mapping[str, Change]:
    """Return the change that hides API groups from discovery."""

    def hide(answer: Any) -> Any:
        kept = [item for item in answer["items"] if item["metadata"].get("name") not in names]
        return {**answer, "items": kept}

    return {"/apis": hide}


def version(minor: str) -> Mapping[str, Change]:
    """Return the change that makes the API server another Kubernetes 1.x."""
    return {"/version": lambda was: {**was, "minor": minor, "gitVersion": f"v1.{minor}.0"}}


@contextmanager
def seen_with(client: Client, changes: Mapping[str, Change], folder: Path) -> Iterator[Path]:
    """Give a kubeconfig of the cluster as it looks with changes of some answers, by their path.

    Only reads get through: nobody should get further without what is missing.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            accept = self.headers.get("Accept", "application/json")
            try:
                answer, status = client.request("GET", self.path, accept=accept), 200
            except ApiError as error:
                answer = {"kind": "Status", "reason": error.reason, "message": error.message}
                status = error.status
            data = json.dumps(changes.get(self.path, lambda same: same)(answer)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        path = folder / "kubeconfig"
        path.write_text(_kubeconfig(f"http://127.0.0.1:{server.server_port}"))
        yield path
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _kubeconfig(server: str) -> str:
    name = "kind-slipway"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server}}],
        "users": [{"name": name, "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return yaml.safe_dump(config)
