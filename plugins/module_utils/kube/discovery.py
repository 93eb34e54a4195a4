# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kinds the API server serves and at which path: from aggregated discovery.

Pure: the client fetches the two documents, this file reads them.
Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
(on by default since Kubernetes 1.27).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import UnknownKind

ACCEPT = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
    for version in ("v2", "v2beta1")
)
_BROUGHT_BY = {
    "cert-manager.io": "cert-manager",
    "external-secrets.io": "External Secrets",
    "gateway.networking.k8s.io": "Gateway API",
    "keda.sh": "KEDA",
    "monitoring.coreos.com": "the Prometheus operator",
    "postgresql.cnpg.io": "CloudNativePG",
    "secrets-store.csi.x-k8s.io": "the Secrets Store CSI driver",
}


class Resource(NamedTuple):
    """How one kind is served. plural: as in paths; reports: whether it has a status subresource."""

    plural: str
    namespaced: bool
    verbs: frozenset[str]
    reports: bool


class Discovery:
    """A table of (apiVersion, kind) → Resource."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """documents: APIGroupDiscoveryList of ``/api`` and of ``/apis``."""
        self._resources = {key: found for doc in documents for key, found in _resources(doc)}
        self._renew: Renew | None = None

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[Any]], renew: Renew) -> Discovery:
        """Return a table that an earlier task has read; what it lacks may have come since.

        rows: see `rows`. renew: asks the API server, the first time that a kind is not found.
        """
        one = cls([])
        one._resources = {
            (api_version, kind): Resource(plural, namespaced, frozenset(verbs), reports)
            for api_version, kind, plural, namespaced, verbs, reports in rows
        }
        one._renew = renew
        return one

    def rows(self) -> list[list[Any]]:
        """Return the table as JSON can hold it."""
        return [
            [*key, one.plural, one.namespaced, sorted(one.verbs), one.reports]
            for key, one in self._resources.items()
        ]

    def _look_again(self) -> None:
        if self._renew:
            renew, self._renew = self._renew, None
            self._resources = renew()._resources

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether the API server serves this kind."""
        if (api_version, kind) not in self._resources:
            self._look_again()
        return (api_version, kind) in self._resources

    def namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of this kind live in a namespace. Raises UnknownKind."""
        return self.resource(api_version, kind).namespaced

    def resource(self, api_version: str, kind: str) -> Resource:
        """Return how this kind is served. Raises UnknownKind, which names the nearest kind."""
        if not self.knows(api_version, kind):
            raise UnknownKind(self.unknown(api_version, kind))
        return self._resources[api_version, kind]

    def served_version(self, group: str, kind: str) -> str | None:
        """Return an apiVersion in which this kind is served, None if there is none."""
        found = self._version(group, kind)
        if found is None:
            self._look_again()
        return found or self._version(group, kind)

    def _version(self, group: str, kind: str) -> str | None:
        for api_version, other in self._resources:
            if other == kind and group_of(api_version) == group:
                return api_version
        return None

    def path(
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        name: str | None = None,
        subresource: str | None = None,
    ) -> str:
        """Return the URL path of an object, or of the list where `name` is None.

        namespace is ignored for cluster-scoped kinds; without it the list spans all namespaces.
        Raises UnknownKind.
        """
        found = self.resource(api_version, kind)
        parts = ["apis" if "/" in api_version else "api", api_version]
        if found.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(found.plural)
        parts += [quote(part, safe="") for part in (name, subresource) if part]
        return "/" + "/".join(parts)

    def serves_group(self, group: str) -> bool:
        """Whether the API server serves any kind of this API group."""
        if not self._has_group(group):
            self._look_again()
        return self._has_group(group)

    def _has_group(self, group: str) -> bool:
        return any(group_of(version) == group for version, _kind in self._resources)

    def unknown(self, api_version: str, kind: str) -> str:
        """Say that a kind is not served, which one is near, and what to do."""
        others = sorted(version for version, other in self._resources if other == kind)
        brings = _BROUGHT_BY.get(group_of(api_version), "")
        hint = "" if brings else nearest(kind, {other for _version, other in self._resources})
        if others:
            hint = f" It serves {kind} as {', '.join(others)}."
        return (
            f"The API server does not serve {kind} of {api_version}.{hint} Correct the object, "
            f"or install {brings or 'what brings the CustomResourceDefinition'} first."
        )


Renew = Callable[[], Discovery]


def group_of(api_version: str) -> str:
    """Return the API group, "" for the core group."""
    return api_version.rpartition("/")[0]


def _resources(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Resource]]:
    for group in document.get("items", []):
        group_name = group.get("metadata", {}).get("name", "")
        for version in group.get("versions", []):
            api_version = "/".join(part for part in (group_name, version["version"]) if part)
            for item in version.get("resources", []):
                if kind := item.get("responseKind", {}).get("kind"):
                    yield (
                        (api_version, kind),
                        Resource(
                            plural=item["resource"],
                            namespaced=item.get("scope") == "Namespaced",
                            verbs=frozenset(item.get("verbs", [])),
                            reports=any(
                                one.get("subresource") == "status"
                                for one in item.get("subresources", [])
                            ),
                        ),
                    )
