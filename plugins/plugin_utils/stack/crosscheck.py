# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that must exist elsewhere in the stack, and values that must fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.conditions import NOTHING_OFF, Off
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import (
    Finding,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.podcheck import ports
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    fields,
    find,
    items,
)

# section, key, the section that has the names, what one of them is called
_LINKS = (
    ("migrations", "image", "images", "image"),
    ("workloads", "image", "images", "image"),
    ("migrations", "database", "datastores", "datastore"),
    ("routes", "site", "sites", "site"),
    ("routes", "to", "workloads", "workload"),
    ("workloads", "account", "accounts", "account"),
)
_CONDITIONS = {"migrations": "completed", "workloads": "ready"}


def crosscheck(tree: Node, off: Off = NOTHING_OFF) -> Iterator[Finding]:
    """Yield every name that refers to nothing and every value that contradicts another.

    off: what is not in the tree because it is switched off.
    """
    for section, key, target, what in _LINKS:
        gone = {name: mark for (where, name), mark in off.items() if where == target}
        for name in _entries(tree, section):
            known = _entries(tree, target)
            yield from _known(tree, (section, name, key), known, what, gone)
    for section in ("migrations", "workloads"):
        for name, entity in _entries(tree, section).items():
            yield from _config(tree, (section, name), entity)
            yield from _resources((section, name), entity)
    for name, workload in _entries(tree, "workloads").items():
        yield from _needs(tree, ("workloads", name), workload, off)
    for name, datastore in _entries(tree, "datastores").items():
        yield from _resources(("datastores", name), datastore)
    for name, route in _entries(tree, "routes").items():
        yield from _route(tree, name, route)
    for name, image in _entries(tree, "images").items():
        yield from _image(name, image)


def _entries(tree: Node, section: str) -> dict[str, Node]:
    return fields(find(tree, (section,)))


def _known(
    tree: Node, path: Path, known: dict[str, Node], what: str, gone: dict[str, Mark]
) -> Iterator[Finding]:
    node = find(tree, path)
    if node is None or node.value in known:
        return
    finding = unknown(path, node.mark, node.value, known, what, gone)
    if what == "site" and not known:
        fix = f"Give it a host in the environment: `sites: {{{node.value}: {{host: …}}}}`."
        finding = Finding(finding.id, path, finding.message, node.mark, fix)
    yield finding


def _config(tree: Node, path: Path, entity: Node) -> Iterator[Finding]:
    known = _entries(tree, "config")
    for index, group in enumerate(items(fields(entity).get("config"))):
        if group.value not in known:
            yield unknown((*path, "config", index), group.mark, group.value, known, "config group")


def _needs(tree: Node, path: Path, workload: Node, off: Off) -> Iterator[Finding]:
    gone = {name: mark for (section, name), mark in off.items() if section in _CONDITIONS}
    sections = {name: section for section in _CONDITIONS for name in _entries(tree, section)}
    for name, node in fields(fields(workload).get("needs")).items():
        place = (*path, "needs", name)
        section = sections.get(name)
        if section is None:
            yield unknown(place, node.mark, name, sections, "migration or workload", gone)
        elif node.value != _CONDITIONS[section]:
            message = f'{section}.{name} can only be "{_CONDITIONS[section]}"'
            yield Finding("bad-value", place, message, node.mark)


def _route(tree: Node, name: str, route: Node) -> Iterator[Finding]:
    to, port = fields(route).get("to"), fields(route).get("port")
    workload = find(tree, ("workloads", str(to.value))) if to else None
    if workload is None or port is None:
        return
    opened = ports(workload)
    if port.value not in opened:
        path = ("routes", name, "port")
        found = unknown(path, port.mark, port.value, opened, "port")
        about = ("workloads", str(to.value if to else ""))
        message = f'workloads.{about[1]} has no port "{port.value}"'
        yield Finding(found.id, path, message, route.mark, found.fix, about=about)


def _image(name: str, image: Node) -> Iterator[Finding]:
    if not fields(image).keys() & {"tag", "digest"}:
        fix = "Name one here or in the release file that CI writes."
        yield Finding("missing", ("images", name), "no tag and no digest", image.mark, fix)


def _resources(path: Path, entity: Node) -> Iterator[Finding]:
    limits = fields(find(entity, ("resources", "limits")))
    requests = fields(find(entity, ("resources", "requests")))
    for key in limits.keys() & requests.keys():
        least, most = (quantity(str(side[key].value)) for side in (requests, limits))
        if least is not None and most is not None and least > most:
            message = f"the limit {limits[key].value} is below the request {requests[key].value}"
            fix = f"Raise limits.{key} or lower requests.{key}."
            place = (*path, "resources", "limits", key)
            yield Finding("limit-below-request", place, message, requests[key].mark, fix)
