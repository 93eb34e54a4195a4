# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be known to fail before a Job exists: rights, and everything the pod refers to.

All findings are told at once. Whether an image can be pulled or a quota is left, only the Job
itself shows (classify.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import (
    Reference,
    references,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store

PLURAL = {"Secret": "secrets", "ConfigMap": "configmaps", "ServiceAccount": "serviceaccounts"}
Rights: TypeAlias = "tuple[tuple[str, str, tuple[str, ...]], ...]"
NEEDED: Rights = (
    ("batch", "jobs", ("create", "get", "list", "patch")),
    ("coordination.k8s.io", "leases", ("create", "get", "update")),
    ("", "pods", ("list",)),
    ("", "pods/log", ("get",)),
    ("", "events", ("list",)),
    ("", "configmaps", ("create", "get", "list")),
    ("", "secrets", ("create", "get")),
    ("", "serviceaccounts", ("get",)),
)
"""(API group, resource, verbs) of all that the gate does."""
AT_HOME: Rights = (("", "configmaps", ("create", "get")), ("", "pods", ("list",)))
"""What it does where the pods are, if the database is shared and its Jobs run elsewhere."""


def check(store: Store, job: Object) -> None:
    """Raise MigrationError with everything that would make `job` fail.

    job: as it would be created; the dry run shows it to admission.
    """
    problems = list(_missing_rights(store, NEEDED))
    if store.home is not store:
        problems += _missing_rights(store.home, AT_HOME)
    if not problems:
        problems = [*_missing_references(store, job), *_refused(store, job)]
    if problems:
        raise MigrationError("; ".join(problems))


def check_name(store: Store, name: str) -> None:
    """Raise MigrationError if the Job's name is taken by one that no gate has made.

    If a gate has, another deployer was faster, and the next look shows its Job.
    """
    found = store.get("jobs", name)
    if found and slots.DATABASE not in objects.labels(found):
        raise MigrationError(
            f"Job {name} in namespace {store.namespace} has the name of the next migration but "
            "not its labels: it was not made by this gate. Delete or rename it."
        )


def _missing_rights(store: Store, needed: Rights) -> Iterator[str]:
    """Name the rights that are missing: one request, more only if the answer is incomplete."""
    review = {"spec": {"namespace": store.namespace}}
    status = store.ask("selfsubjectrulesreviews", review)["status"]
    rules = status.get("resourceRules") or []
    for group, resource, verbs in needed:
        missing = [verb for verb in verbs if not _granted(rules, group, resource, verb)]
        if missing and status.get("incomplete"):
            missing = [verb for verb in missing if not _allowed(store, group, resource, verb)]
        if missing:
            place = f"{resource}.{group}" if group else resource
            yield (
                f"no permission to {', '.join(missing)} {place} in namespace {store.namespace}: "
                "grant it by a Role and RoleBinding"
            )


def _granted(rules: list[Object], group: str, resource: str, verb: str) -> bool:
    subresource = resource.partition("/")[2]
    names = {"*", resource} | ({f"*/{subresource}"} if subresource else set())
    return any(
        {"*", group} & set(rule.get("apiGroups") or [])
        and names & set(rule.get("resources") or [])
        and {"*", verb} & set(rule.get("verbs") or [])
        and not rule.get("resourceNames")
        for rule in rules
    )


def _allowed(store: Store, group: str, resource: str, verb: str) -> bool:
    """Ask for one right; for authorizers that cannot list theirs (webhooks)."""
    plain, _slash, subresource = resource.partition("/")
    wanted = {
        "namespace": store.namespace,
        "group": group,
        "resource": plain,
        "subresource": subresource,
        "verb": verb,
    }
    review = store.ask("selfsubjectaccessreviews", {"spec": {"resourceAttributes": wanted}})
    return bool(review["status"].get("allowed"))


def _missing_references(store: Store, job: Object) -> Iterator[str]:
    needed = [found for found in references(job) if not found.optional]
    seen: dict[tuple[str, str], Object | None] = {}
    for found in needed:
        place = (found.kind, found.name)
        if place not in seen:
            seen[place] = store.get(PLURAL[found.kind], found.name)
            if seen[place] is None:
                yield _absent(found, store.namespace)
        target = seen[place]
        if target and found.key:
            yield from _missing_key(found, target)


def _absent(found: Reference, namespace: str) -> str:
    return (
        f"{found.kind} {found.name} does not exist in namespace {namespace} "
        f"(needed by {found.where})"
    )


def _missing_key(found: Reference, target: Object) -> Iterator[str]:
    keys = [*(target.get("data") or {}), *(target.get("binaryData") or {})]
    if found.key not in keys:
        has = ", ".join(sorted(keys)) or "none"
        yield (
            f"{found.kind} {found.name} has no key {found.key} (needed by {found.where}); its "
            f"keys: {has}.{nearest(found.key, keys)}"
        )


def _refused(store: Store, job: Object) -> Iterator[str]:
    """Show the Job to the API server without keeping it: schema, admission, quota of Jobs."""
    try:
        store.create("jobs", job, dry_run=True)
    except ApiError as error:
        if error.status in (409, 429) or error.status >= 500:
            return  # not about this Job; creating it will tell
        if error.status == 404:
            raise MigrationError(
                f"namespace {store.namespace} does not exist: create it first (the role infra does)"
            ) from error
        yield f"the API server refuses the Job: {error.message}"
