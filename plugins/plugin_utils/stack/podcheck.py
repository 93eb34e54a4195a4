# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must fit together inside one workload: its containers, ports, volumes and kind."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import (
    Finding,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    find,
    items,
)

_CONTAINERS = ("init", "sidecars")
_BUILT_IN = ("default", "preset")
_OF_KIND = {  # key → the kinds that it means something to
    "scale": ("Deployment", "StatefulSet"),
    "budget": ("Deployment", "StatefulSet"),
    "ports": ("Deployment", "StatefulSet"),
    "service": ("Deployment", "StatefulSet"),
    "health": ("Deployment", "StatefulSet"),
}
_OPT_OUTS = ("writable_root", "root", "capabilities")


def podcheck(tree: Node) -> Iterator[Finding]:
    """Yield what contradicts itself in each workload."""
    for name, workload in fields(find(tree, ("workloads",))).items():
        path = ("workloads", name)
        yield from _kind(path, workload)
        yield from _containers(tree, path, workload)
        yield from _volumes(tree, path, workload)
        yield from _scale(path, workload)
        yield from _security(path, workload)
    yield from _unreachable(tree)


def _kind(path: Path, workload: Node) -> Iterator[Finding]:
    entries = fields(workload)
    kind = entries.get("kind")
    for key, kinds in _OF_KIND.items():
        node = entries.get(key)
        if kind is None or node is None or kind.value in kinds or _defaulted(node):
            continue
        message = f"means nothing to a {kind.value}, only to a {' or '.join(kinds)}"
        yield Finding("foreign-key", (*path, key), message, node.mark, "Remove it.")


def _defaulted(node: Node) -> bool:
    inner = fields(node).values()
    return all(map(_defaulted, inner)) if inner else node.mark.layer in _BUILT_IN


def _containers(tree: Node, path: Path, workload: Node) -> Iterator[Finding]:
    images = fields(find(tree, ("images",)))
    volumes = fields(find(workload, ("volumes",)))
    names: dict[str, str] = {str(path[1]): "the workload"}
    opened = set(fields(find(workload, ("ports",))))
    for group in _CONTAINERS:
        for name, container in fields(find(workload, (group,))).items():
            place = (*path, group, name)
            image = fields(container).get("image")
            if image is not None and image.value not in images:
                yield unknown((*place, "image"), image.mark, image.value, images, "image")
            for index, mount in enumerate(items(fields(container).get("mounts"))):
                if mount.value not in volumes:
                    where = (*place, "mounts", index)
                    yield unknown(where, mount.mark, mount.value, volumes, "volume")
            if name in names:
                message = f"{names[name]} has this name too"
                yield Finding("name-taken", place, message, container.mark, "Rename one.")
            names.setdefault(name, f"{group}.{name}")
            yield from _ports_twice(place, container, opened)


def _ports_twice(path: Path, container: Node, opened: set[str]) -> Iterator[Finding]:
    for name, node in fields(find(container, ("ports",))).items():
        if name in opened:
            message = "another container of this workload opens a port of this name"
            yield Finding("name-taken", (*path, "ports", name), message, node.mark, "Rename one.")
        opened.add(name)


def _volumes(tree: Node, path: Path, workload: Node) -> Iterator[Finding]:
    taken: dict[object, str] = {}
    for node in items(find(workload, ("write",))):
        taken[node.value] = "write"
    for name, volume in fields(find(workload, ("volumes",))).items():
        place = (*path, "volumes", name)
        yield from _group(tree, place, fields(volume))
        mounted = fields(volume).get("path")
        if mounted is None:
            continue
        if mounted.value in taken:
            message = f"{taken[mounted.value]} has {mounted.value} too"
            yield Finding("path-taken", (*place, "path"), message, mounted.mark, "Choose one.")
        taken.setdefault(mounted.value, f"volumes.{name}")


def _group(tree: Node, path: Path, volume: dict[str, Node]) -> Iterator[Finding]:
    files = volume.get("files")
    for key, section, what in (
        ("secret", "secrets", "group of secrets"),
        ("config", "config", "config group"),
    ):
        node, groups = volume.get(key), fields(find(tree, (section,)))
        if node is None:
            continue
        if node.value not in groups:
            yield unknown((*path, key), node.mark, node.value, groups, what)
            continue
        group = groups[str(node.value)]
        keys = [str(item.value) for item in items(fields(group).get("keys"))]
        known = keys if key == "secret" else list(fields(group))
        for file, chosen in fields(files).items():
            if chosen.value not in known:
                place = (*path, "files", file)
                yield unknown(place, chosen.mark, chosen.value, known, "key")
    if files is not None and not volume.keys() & {"secret", "config"}:
        message = "only a group of secrets or of config has files"
        yield Finding("foreign-key", (*path, "files"), message, files.mark, "Remove it.")


def _scale(path: Path, workload: Node) -> Iterator[Finding]:
    scale = fields(find(workload, ("scale",)))
    if "max" not in scale or "min" not in scale:
        return
    triggers = fields(scale.get("triggers"))
    if not triggers and not scale.keys() & {"cpu", "memory"}:
        message = "an autoscaler needs something to scale by"
        fix = "Give it `cpu: 80`, `memory` or `triggers`."
        yield Finding("missing", (*path, "scale"), message, scale["max"].mark, fix)
    if scale["min"].value == 0 and not triggers:
        message = "without triggers nothing could wake it up again"
        fix = "Say at least 1, or add triggers."
        yield Finding("bad-value", (*path, "scale", "min"), message, scale["min"].mark, fix)


def _security(path: Path, workload: Node) -> Iterator[Finding]:
    entries = fields(find(workload, ("security",)))
    for key in _OPT_OUTS:
        if key in entries and entries[key].value and "reason" not in entries:
            message = "opts out of the default security without a reason"
            fix = "Write `reason` beside it, or do without."
            yield Finding("missing", (*path, "security", key), message, entries[key].mark, fix)


def _unreachable(tree: Node) -> Iterator[Finding]:
    for name, route in fields(find(tree, ("routes",))).items():
        to = fields(route).get("to")
        service = find(tree, ("workloads", str(to.value), "service")) if to else None
        if to is not None and service is not None and service.value is False:
            message = f"workloads.{to.value} has no Service ({service.mark})"
            fix = "Remove its `service: false`, or this route."
            yield Finding("no-service", ("routes", name, "to"), message, to.mark, fix)
