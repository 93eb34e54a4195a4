# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts: who a workload is to the Kubernetes API, and what it may do there.

A workload has one of its own that may do nothing and whose token is not mounted, unless it names
one of `accounts`. Several workloads may share one of these; one that nobody uses is made as well,
for pods that the stack's own programs start.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
)

COMPONENT = "account"


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return ServiceAccount, role and binding of every account that the stack declares."""
    return [
        model
        for name, spec in document.get("accounts", {}).items()
        for model in _account(document, name, spec)
    ]


def rights(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what each account must be allowed to do, for ``verify``."""
    return [
        {
            "name": kube_name(name),
            "namespace": document["namespace"],
            "cluster": spec["cluster"],
            "rules": [_rule(rule) for rule in spec["rules"]],
        }
        for name, spec in document.get("accounts", {}).items()
        if spec["rules"]
    ]


def name_of(name: str, spec: dict[str, Any]) -> str:
    """Return the ServiceAccount that a workload runs as."""
    return kube_name(spec.get("account") or name)


def has_token(document: dict[str, Any], spec: dict[str, Any]) -> bool:
    """Return whether a workload may ask the API anything: only then is its token mounted."""
    account = spec.get("account")
    return bool(account and document["accounts"][account]["rules"])


def _account(document: dict[str, Any], name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    account = base(document, "serviceaccount", name, COMPONENT)
    account = {**account, "annotations": spec["annotations"]}
    if not spec["rules"]:
        return [account]
    kind = "ClusterRole" if spec["cluster"] else "Role"
    # All namespaces share the names of ClusterRoles.
    title = f"{document['namespace']}-{kube_name(name)}" if spec["cluster"] else kube_name(name)
    role = {**base(document, "role", name, COMPONENT), "name": title, "kind": kind}
    binding = {**role, "template": "rolebinding", "account": kube_name(name)}
    return [account, {**role, "rules": [_rule(rule) for rule in spec["rules"]]}, binding]


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    names = {"resourceNames": rule["names"]} if rule["names"] else {}
    return {
        "apiGroups": rule["groups"],
        "resources": rule["resources"],
        "verbs": rule["verbs"],
        **names,
    }
