# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the parts of a system past routes: a pod, a Service, a database, an account's rights."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.acceptance.live.deployed import Deployed
from tests.e2e.seeing import pods


def ask(system: Deployed, target: str, path: str, body: Any = None) -> Any:
    """Return the JSON that a pod or a Service answers through the API server; POST with a body.

    target: such as ``pods/NAME:PORT``. Raises ApiError.
    """
    method = "GET" if body is None else "POST"
    return system.client.request(method, _proxy(system, target, path), body=body)


def status(system: Deployed, target: str, path: str) -> int:
    """Return the status of a GET, whatever it answers."""
    try:
        system.client.text(_proxy(system, target, path))
    except ApiError as error:
        return int(error.status)
    return 200


def sql(system: Deployed, datastore: str, database: str, statement: str) -> list[str]:
    """Run one statement as the database's superuser; the rows, their columns divided by |."""
    psql = ("psql", "-U", "postgres", "-d", database, "-qtA", "-v", "ON_ERROR_STOP=1")
    told = system.kubectl("exec", "-i", f"{datastore}-0", "--", *psql, given=statement)
    return told.splitlines()


def may(
    system: Deployed, account: str, namespace: str, resource: tuple[str, str], verb: str
) -> bool:
    """Ask what `kubectl auth can-i` asks. namespace: empty for all of them."""
    group, (kind, _, part) = resource[0], resource[1].partition("/")
    attributes = {"namespace": namespace, "group": group, "resource": kind, "subresource": part}
    spec = {
        "user": f"system:serviceaccount:{system.namespace}:{account}",
        "groups": ["system:serviceaccounts", "system:authenticated"],
        "resourceAttributes": {**attributes, "verb": verb},
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    answer = system.client.request("POST", path, body={"spec": spec})
    return bool(answer["status"]["allowed"])


def restarts(system: Deployed, *but: str) -> dict[str, tuple[str, int]]:
    """Return every pod that is no Job's with its UID and restarts, but for those of some names."""
    found = pods(system.client, system.namespace)
    return {name: seen for name, seen in found.items() if name not in but}


def _proxy(system: Deployed, target: str, path: str) -> str:
    return f"/api/v1/namespaces/{system.namespace}/{target}/proxy{path}"
