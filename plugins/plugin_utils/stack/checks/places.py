# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in the stack an object comes from: a fault of a rendered object is mended there."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Object,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    fields,
    find,
    items,
    plain,
)

_SECTIONS = {
    "workload": "workloads",
    "migration": "migrations",
    "datastore": "datastores",
    "route": "routes",
    "secret": "secrets",
}


def flaw(thing: Object, path: str, message: str, fix: str = "") -> Fault:
    """Say what is wrong with an object; its place in the stack is found later.

    path: in the object, ended by a full stop nobody wrote: ``spec.ports[0].targetPort``.
    """
    labels = thing.get("metadata", {}).get("labels", {})
    kind, name = str(thing.get("kind", "")), str(thing.get("metadata", {}).get("name", ""))
    section = _SECTIONS.get(labels.get("app.kubernetes.io/component", ""), "objects")
    entity = str(labels.get("app.kubernetes.io/name", name))
    place = (section, entity, kind, name) if section != "objects" else (section, kind, name)
    return Fault(place, f"{kind}/{name} {path}: {message}", None, fix)


def entity(subject: Subject, section: str, thing: Object) -> str:
    """Return the name in the stack of what an object belongs to; empty if it is unknown."""
    named = thing.get("metadata", {}).get("labels", {}).get("app.kubernetes.io/name", "")
    return next((name for name in subject.section(section) if kube_name(name) == named), "")


class Places:
    """Names in Kubernetes → entities of the stack, and the patches that changed an object."""

    def __init__(self, tree: Node) -> None:
        self._entities = {
            (section, kube_name(name)): (name, node.mark)
            for section in _SECTIONS.values()
            for name, node in fields(find(tree, (section,))).items()
        }
        self._patches: dict[tuple[str, str], tuple[Path, Mark]] = {}
        for index, patch in enumerate(items(find(tree, ("patches",)))):
            target = find(patch, ("target",))
            named = plain(target) if target else {}
            key = (str(named.get("kind")), str(named.get("name")))
            self._patches[key] = (("patches", index), patch.mark)

    def placed(self, fault: Fault) -> Fault:
        """Return a flaw at the patch or the entity that it comes from."""
        section, *rest = (str(step) for step in fault.path)
        kind, name = rest[-2:]
        if (kind, name) in self._patches:
            path, mark = self._patches[kind, name]
            return fault._replace(path=path, where=mark)
        found = self._entity(section, rest[0], name)
        if found is None:
            return fault._replace(path=("objects", f"{kind}/{name}"))
        section, entity, mark = found
        return fault._replace(path=(section, entity), where=mark)

    def _entity(self, section: str, label: str, name: str) -> tuple[str, str, Mark] | None:
        """Find an entity by its label, else by the beginning of the object's name."""
        if (section, label) in self._entities:
            return (section, *self._entities[section, label])
        close = [key for key in self._entities if f"{name}-".startswith(f"{key[1]}-")]
        longest = max(close, key=lambda key: len(key[1]), default=None)
        return (longest[0], *self._entities[longest]) if longest else None
