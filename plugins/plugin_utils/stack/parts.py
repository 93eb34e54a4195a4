# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a document that follow from an entity alone, before references are followed.

What an entity does not say is derived from its name here; what presets say has come by merging.
"""

from __future__ import annotations

from typing import cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import stores
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.datastores import (
    Datastore,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.images import Image
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.secrets import (
    SecretGroup,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.workloads import Health
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.secrets import (
    PASSWORD_LENGTH,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.units import seconds
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.workload_parts import check

_PROBES = ("live", "ready", "startup")


def image(spec: Spec) -> Image:
    """Return an image with both ways to name its version."""
    empty = {"tag": "", "digest": "", "pull_secret": "", "content_addressed": False}
    known = ("repo", "tag", "digest", "pull", "pull_secret", "content_addressed")
    return cast(Image, {**empty, **_known(spec, *known)})


def group(name: str, spec: Spec, stack: str) -> SecretGroup:
    """Return a group of secrets; by default its values are at <stack>/<group>#<key> of a store."""
    keys, said = spec.get("keys", []), spec.get("map", {})
    places = {key: f"{stack}/{name}#{key}" for key in keys} | spec.get("remote", {})
    return {
        "keys": keys,
        "driver": spec.get("driver", "generated"),
        "secret": spec.get("secret", kube_name(name)),
        "type": spec.get("type", ""),
        "map": {key: said.get(key, key) for key in keys},
        "length": spec.get("length", PASSWORD_LENGTH),
        "store": spec.get("store", {}),
        "remote": places if "store" in spec else {},
        "refresh": seconds(spec.get("refresh", "1h")),
    }


def datastore(name: str, spec: Spec) -> Datastore:
    """Return a datastore; see stores.py."""
    return stores.datastore(name, spec, _resources(spec))


def process(spec: Spec) -> Spec:
    """Return what workloads and migrations have in common, but for references."""
    return {
        "image": spec.get("image", ""),
        "working_dir": spec.get("working_dir", ""),
        "resources": _resources(spec),
        "write": spec.get("write", []),
    }


def runner(spec: Spec) -> dict[str, int]:
    """Return who a migration runs as, where that is said."""
    return _known(spec.get("security", {}), "user", "group")


def health(spec: Spec, ports: dict[str, int]) -> Health:
    """Return the probes in the one form that they were given in; see document/workloads.py."""
    given = spec.get("health", {})
    found = check(
        {key: value for key, value in given.items() if key not in ("port", "host")}, ports
    )
    found["startup_budget"] = seconds(given["startup_budget"])
    probes = {key: check(given[key], ports) for key in ("live", "ready", "startup") if key in given}
    if "port" in given:
        found |= {"port": given["port"], "host": given.get("host", ""), "live": {}, "ready": {}}
    return cast(Health, {**found, **probes})


def _resources(spec: Spec) -> Spec:
    resources = spec.get("resources", {})
    return {
        side: {key: str(amount) for key, amount in amounts.items()}
        for side, amounts in resources.items()
    }


def _known(spec: Spec, *keys: str) -> Spec:
    return {key: spec[key] for key in keys if key in spec}
