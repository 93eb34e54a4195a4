# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts: a workload whose secrets change gets new pods, and no other does.

Its pod template names the keys that it uses; ``apply`` seals their values (see kube/seal.py) with
a key that is made once and kept in the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.secrets import secret

NOTE = "slipway.dev/secrets"
KEY = "key"
KEY_LENGTH = 64
_CONTAINERS = ("init", "sidecars")
_KEPT_RUNNING = ("Deployment", "StatefulSet")


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the Secret with the key, if any workload needs it."""
    if not any(annotation(document, spec) for spec in document["workloads"].values()):
        return []
    return [secret(document, _name(document), {KEY: f"${{generate:{KEY_LENGTH}}}"})]


def annotation(document: dict[str, Any], spec: dict[str, Any]) -> dict[str, str]:
    """Return the annotation of a pod template; none where no secret is used.

    Jobs have none: a new secret is no reason to do their work again.
    """
    if spec["kind"] not in _KEPT_RUNNING:
        return {}
    used = sorted({f"{name}/{key}" for name, key in _used(spec)})
    return {NOTE: f"${{hmac:{_name(document)}/{KEY}:{','.join(used)}}}"} if used else {}


def _name(document: dict[str, Any]) -> str:
    return f"{document['name']}-restart-key"


def _used(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    inner = [one for group in _CONTAINERS for one in spec[group].values()]
    for container in (spec, *inner):
        for entry in container["env"].values():
            if "secret" in entry:
                yield entry["secret"], entry["key"]
    for volume in spec["volumes"].values():
        for key in volume.get("files", {}).values():
            yield volume["secret"], key
