# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `${thing.attribute}` can refer to: every part of the stack with its typed attributes.

<postgres>   url password (secrets) host port db user; admin_url for migrations and jobs
<redis>      url password (secrets, without auth the url is plain) host port
<s3>         access_key secret_key (secrets) endpoint region host port
<postgres>.<role> url password (secrets) user; <s3>.<bucket> name url
<workload>   url host port
routes.<r>   url origin host
secrets.<g>  its keys (secrets)
accounts.<a> name
images.<i>   reference
external.<e> url host port
stack        name namespace preset pull_secret
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import attributes
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.attributes import (
    Attribute,
    SecretKey,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.pods import image
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Path


class Thing(NamedTuple):
    """A part of the stack. `path` is empty for what is no entity; `kind` is a word for people.

    off: where it was switched off, empty for what is there.
    """

    kind: str
    path: Path
    attributes: Mapping[str, Attribute]
    off: str = ""


Catalog = dict[str, Thing]


def catalog(parts: Mapping[str, Any]) -> Catalog:
    """Return all things by the name that a reference begins with.

    parts: name, namespace, preset, and the sections of the document (see document/) that have
    no references of their own: secrets, datastores, routes; and workload → its ports.
    """
    things = dict(_datastores(parts["datastores"]))
    things |= {name: _workload(name, ports) for name, ports in parts["ports"].items()}
    things |= {
        f"routes.{name}": Thing("route", ("routes", name), _texts(route, "url", "origin", "host"))
        for name, route in parts["routes"].items()
    }
    things |= {
        f"secrets.{name}": Thing("group of secrets", ("secrets", name), _keys(group))
        for name, group in parts["secrets"].items()
    }
    things |= {
        f"accounts.{name}": Thing("account", ("accounts", name), {"name": kube_name(name)})
        for name in parts["accounts"]
    }
    things |= {f"external.{name}": _external(name, one) for name, one in parts["external"].items()}
    things |= {f"images.{name}": _image(name, one) for name, one in parts["images"].items()}
    stack = _texts(parts, "name", "namespace", "preset")
    stack["pull_secret"] = next(iter(parts["pull_secrets"]), "")
    return {**things, "stack": Thing("stack", (), stack)}


def from_afar(parts: Mapping[str, Any], things: Catalog) -> Catalog:
    """Return what an operator in another namespace must call the things of a stack.

    parts: those of `catalog`. things: what they are called in its own.
    """
    namespace = parts["namespace"]
    stores = {
        name: attributes.from_afar(store, namespace) for name, store in parts["datastores"].items()
    }
    domain = f".{namespace}.svc"
    workloads = {name: _workload(name, ports, domain) for name, ports in parts["ports"].items()}
    return {**things, **dict(_datastores(stores)), **workloads}


def absent(off: Mapping[tuple[str, str], object]) -> Catalog:
    """Return the things that are switched off: references to them can say so."""
    return {
        f"routes.{name}" if section == "routes" else name: Thing(
            section.removesuffix("s"), (section, name), {}, str(mark)
        )
        for (section, name), mark in off.items()
    }


def main_port(ports: Mapping[str, int]) -> str:
    """Return the port that a workload is meant by: `http`, or its only one; else empty."""
    if "http" in ports:
        return "http"
    return next(iter(ports)) if len(ports) == 1 else ""


def _datastores(stores: Mapping[str, Any]) -> Iterator[tuple[str, Thing]]:
    for name, store in stores.items():
        path = ("datastores", name)
        yield name, Thing(store["type"], path, attributes.attributes(store))
        for reference, kind, held in attributes.parts(name, store):
            yield reference, Thing(kind, path, held)


def _workload(name: str, ports: Mapping[str, int], domain: str = "") -> Thing:
    port, host = main_port(ports), f"{kube_name(name)}{domain}"
    if not port:
        return Thing("workload", ("workloads", name), {})
    url = f"http://{host}:{ports[port]}"
    known: dict[str, Attribute] = {"url": url, "host": host, "port": str(ports[port])}
    return Thing("workload", ("workloads", name), known)


def _keys(group: Mapping[str, Any]) -> dict[str, Attribute]:
    return {key: SecretKey(str(group["secret"]), group["map"][key]) for key in group["keys"]}


def _external(name: str, one: Mapping[str, Any]) -> Thing:
    usual = {"https": 443, "http": 80}.get(one["scheme"])
    port = "" if one["port"] == usual else f":{one['port']}"
    url = f"{one['scheme']}://{one['host']}{port}"
    return Thing("external", ("external", name), {**_texts(one, "host", "port"), "url": url})


def _image(name: str, one: dict[str, Any]) -> Thing:
    complete = "repo" in one and (one["tag"] or one["digest"])  # else a check asks for the rest
    known = {"reference": image(one)} if complete else {}
    return Thing("image", ("images", name), known)


def _texts(values: Mapping[str, Any], *names: str) -> dict[str, Attribute]:
    return {name: str(values[name]) for name in names}
