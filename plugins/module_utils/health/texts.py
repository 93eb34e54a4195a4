# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of kubelet, registry, scheduler and admission, read for what they mean.

Kubernetes gives many causes only as text. Each pattern names where the text is made.
"""

from __future__ import annotations

import re

from ansible_collections.slipway.stack.plugins.module_utils.health.model import Category

# The gate's records (migrations/): a pod refers to its marker until the migration has passed.
MARKER = re.compile(r'configmap "(mg-[^"]+)" not found|in ConfigMap [^ ]*/(mg-\S+)', re.IGNORECASE)

# kubernetes/pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables; pkg/volume/{secret,configmap}
_ABSENT = re.compile(
    r'\b(secret|configmap|persistentvolumeclaim|serviceaccount) "([^"]+)" not found', re.IGNORECASE
)
_NO_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) (?:[^/\s]*/)?(\S+)")
_NO_MOUNT_KEY = re.compile(r"references non-existent (secret|config) key: (\S+)")
_KINDS = {
    "secret": "Secret",
    "configmap": "ConfigMap",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "serviceaccount": "ServiceAccount",
}

# containerd's and the registries' words for an answer that asking again will not change
_REFUSED = re.compile(
    r"not found|manifest unknown|name unknown|does not exist|no match for platform"
    r"|unauthorized|authentication required|no basic auth|denied|forbidden|unsupported media",
    re.IGNORECASE,
)
_UNREACHED = re.compile(
    r"no such host|timeout|deadline exceeded|connection re|EOF|\b5\d\d\b|too many requests"
    r"|\b429\b|network is unreachable|no route|temporar|server misbehaving|tls|x509",
    re.IGNORECASE,
)
_DENIED = re.compile(r"unauthorized|authentication|no basic auth|denied|forbidden", re.IGNORECASE)

# runc's words, through containerd: the command can never start in this image
_NO_COMMAND = re.compile(
    r"executable file not found|no such file or directory|permission denied|exec format error"
    r"|not a directory|is a directory|chdir to cwd",
    re.IGNORECASE,
)
_EXEC_CAUSE = re.compile(r'(exec: "[^"]*": [^"]*|exec \S+: .*|chdir to cwd.*)$')

# apiserver's quota and admission plugins; a webhook that cannot be reached may come back
_QUOTA = re.compile(r"exceeded quota|must specify .*limits|must specify .*requests", re.IGNORECASE)
_WEBHOOK_DOWN = re.compile(r"failed calling webhook|timeout|deadline exceeded|etcd|try again")


def missing_object(text: str) -> str:
    """Return ``Secret "db" does not exist`` or ``Secret "db" has no key "url"``, else ""."""
    if found := _NO_KEY.search(text):
        key, kind, name = found.groups()
        return f'{kind} "{name}" has no key "{key}"'
    if found := _ABSENT.search(text):
        return f'{_KINDS[found[1].lower()]} "{found[2]}" does not exist'
    if found := _NO_MOUNT_KEY.search(text):
        kind = "Secret" if found[1] == "secret" else "ConfigMap"
        return f'a mounted {kind} has no key "{found[2]}"'
    return ""


def marker(text: str) -> str:
    """Return the name of the migration marker that a container waits for, else ""."""
    found = MARKER.search(text)
    return (found[1] or found[2]) if found else ""


def image_trouble(image: str, text: str) -> tuple[Category, str, str]:
    """Return category, reason and clause for a failed pull."""
    cause = _last_clause(text)
    if _UNREACHED.search(text) or not _REFUSED.search(text):
        return Category.REGISTRY, "ImagePullError", f'image "{image}" cannot be pulled: {cause}'
    if _DENIED.search(text):
        clause = f'the registry refuses image "{image}": {cause}'
        return Category.IMAGE, "ImageUnauthorized", clause
    return Category.IMAGE, "ImageNotFound", f'image "{image}" does not exist: {cause}'


def bad_command(text: str) -> str:
    """Return why the command can never start, "" where it is another error."""
    if not _NO_COMMAND.search(text):
        return ""
    found = _EXEC_CAUSE.search(text.strip())
    return found[1].strip() if found else text.strip()


def refused_pods(text: str) -> tuple[Category, str]:
    """Return category and reason for pods that the API server does not take."""
    if _QUOTA.search(text):
        return Category.QUOTA, "QuotaExceeded"
    if _WEBHOOK_DOWN.search(text):
        return Category.ADMISSION, "AdmissionUnavailable"
    if missing_object(text) or "not found" in text:
        return Category.REFERENCE, "MissingReference"
    return Category.SPEC, "PodsRefused"


def _last_clause(text: str) -> str:
    """Return what containerd wraps: ``rpc error: ...: failed to resolve ...: not found``."""
    text = " ".join(text.replace("\\", "").split())
    for lead in ("failed to do request: ", "unexpected status from ", "failed to authorize: "):
        if lead in text:
            return text.rpartition(lead)[2].strip('" ')
    return text.rpartition(": ")[2].strip('" ') or "no reason given"
