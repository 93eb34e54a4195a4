# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes names that the parts of a stack get: none too long, none twice."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    composed_secret,
    kube_name,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields

# A database's bootstrap Job gets 20 characters behind its name.
# A label's value and a Service's name have 63 characters; a StatefulSet's name goes with a hash of
# 10 into the label controller-revision-hash: https://github.com/kubernetes/kubernetes/issues/64023
_LONGEST = {
    "workloads": 63,
    "migrations": 63,
    "datastores": 43,
    "routes": 63,
    "secrets": 63,
    "accounts": 63,
}
# A CronJob's Jobs get 11 characters: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
# A Job of our own gets a hash of its content.
_KINDS = {"StatefulSet": 52, "CronJob": 52, "Job": 54}
_PROCESSES = ("workloads", "migrations", "datastores")
_RESERVED = ("accounts", "external", "images", "routes", "secrets", "stack")


def length(subject: Subject) -> Faults:
    """Yield names that do not fit once Kubernetes has put its own suffix behind them."""
    for section, longest in _LONGEST.items():
        for name, entity in subject.section(section).items():
            kind = fields(entity).get("kind")
            most = _KINDS.get(str(kind.value), longest) if kind else longest
            if len(name) > most:
                message = f"the name has {len(name)} characters, {most} are possible"
                yield Fault((section, name), message, entity.mark, "Shorten it.")


def reserved(subject: Subject) -> Faults:
    """Yield names that a reference could not tell from something else."""
    for section in _PROCESSES:
        for name, entity in subject.section(section).items():
            if name in _RESERVED:
                message = f"${{{name}.…}} already means something else"
                yield Fault((section, name), message, entity.mark, "Choose another name.")


def taken(subject: Subject) -> Faults:
    """Yield names that two entities would give to the same object."""
    owners: dict[str, str] = {}
    for section in _PROCESSES:
        for name, entity in subject.section(section).items():
            if name in owners:
                message = f"{owners[name]}.{name} has this name too"
                fix = "Their objects in Kubernetes would be the same. Rename one."
                yield Fault((section, name), message, entity.mark, fix)
            owners.setdefault(name, section)
    yield from _accounts(subject, owners)
    yield from _secrets(subject, owners)


def _accounts(subject: Subject, owners: dict[str, str]) -> Faults:
    for name, account in subject.section("accounts").items():
        section = owners.get(name, "")
        if section and not subject.text(section, name, "account"):
            message = f"{section}.{name} has a ServiceAccount of this name"
            yield Fault(("accounts", name), message, account.mark, "Rename one.")


def _secrets(subject: Subject, owners: dict[str, str]) -> Faults:
    made = {secret: f"datastores.{name}" for name, secret in _stores(subject)}
    made |= {composed_secret(name): f"{owners[name]}.{name}" for name in owners}
    made[f"{subject.head['name']}-restart-key"] = "the stack"
    for name, group in subject.section("secrets").items():
        entries = fields(group)
        if "driver" in entries and entries["driver"].value == "existing":
            continue
        secret = str(entries["secret"].value) if "secret" in entries else kube_name(name)
        if secret in made:
            message = f'{made[secret]} makes the Secret "{secret}" too'
            yield Fault(("secrets", name), message, group.mark, "Rename one.")
        made[secret] = f"secrets.{name}"


def _stores(subject: Subject) -> Iterator[tuple[str, str]]:
    for name, store in subject.section("datastores").items():
        if subject.text("datastores", name, "driver") != "external":
            yield name, kube_name(name)
            for part in ("admin", *fields(fields(store).get("roles"))):
                yield name, f"{kube_name(name)}-{kube_name(part)}"
