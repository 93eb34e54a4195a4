# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stack's accounts must be allowed to do, and whether the cluster allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
FORBIDDEN = 403


class Right(NamedTuple):
    """One verb of one account. namespace: empty for the whole cluster; name: empty for all."""

    account: str
    home: str
    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return it as ``kubectl auth can-i`` has it."""
        group = f".{self.group}" if self.group else ""
        return f"{self.verb} {self.resource}{group}{f'/{self.name}' if self.name else ''}"

    def review(self) -> dict[str, Any]:
        """Return the question for the API server."""
        resource, *below = self.resource.split("/", 1)
        attributes = {
            "verb": self.verb,
            "group": self.group,
            "resource": resource,
            "subresource": "".join(below),
            "namespace": self.namespace,
            "name": self.name,
        }
        user = f"system:serviceaccount:{self.home}:{self.account}"
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{self.home}"]
        spec = {"user": user, "groups": [*groups, "system:authenticated"]}
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {**spec, "resourceAttributes": attributes},
        }


def wanted(accounts: Iterable[Mapping[str, Any]]) -> Iterator[Right]:
    """Yield every right of the accounts (see models/accounts.py, ``rights``)."""
    for account in accounts:
        place = "" if account["cluster"] else account["namespace"]
        for rule in account["rules"]:
            names = rule.get("resourceNames", [""])
            every = product(rule["apiGroups"], rule["resources"], rule["verbs"], names)
            for group, resource, verb, name in every:
                home, who = account["namespace"], account["name"]
                yield Right(who, home, verb, group, resource, place, name)


def allowed(client: Client, right: Right) -> bool | None:
    """Ask the API server; None where the deployer may not ask. Raises ApiError, ConnectError."""
    try:
        answer = client.request("POST", REVIEWS, body=right.review())
    except ApiError as error:
        if error.status == FORBIDDEN:
            return None
        raise
    return bool(answer["status"]["allowed"])
