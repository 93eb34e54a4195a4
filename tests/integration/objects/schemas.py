# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict JSON Schemas for kubeconform: from the API server's OpenAPI, and from operators' CRDs.

Nothing is downloaded from a collection of schemas: the API server says what it takes itself, and
a CRD that the cluster does not have comes from its project's Go module, which ships it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from cluster import golang

Schema = dict[str, Any]
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a CRD has 10,000 lines
LOCATION = "{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json"
META_V1 = "io.k8s.apimachinery.pkg.apis.meta.v1."
CRDS = {
    "cert-manager.io": (
        ("github.com/cert-manager/cert-manager", "v1.21.2"),
        "deploy/crds/cert-manager.io_certificates.yaml",
    ),
    "external-secrets.io": (
        ("github.com/external-secrets/external-secrets", "v1.3.2"),
        "config/crds/bases/external-secrets.io_externalsecrets.yaml",
    ),
    "keda.sh": (
        ("github.com/kedacore/keda/v2", "v2.21.0"),
        "config/crd/bases/keda.sh_*.yaml",
    ),
    "monitoring.coreos.com": (
        ("github.com/prometheus-operator/prometheus-operator", "v0.85.0"),
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
    "postgresql.cnpg.io": (
        ("github.com/cloudnative-pg/cloudnative-pg", "v1.27.1"),
        "config/crd/bases/postgresql.cnpg.io_clusters.yaml",
    ),
}
"""API group → the Go module that ships its CRDs, and where in it they are."""


def write(client: Client, kinds: set[tuple[str, str]], folder: Path) -> None:
    """Write a schema for each (apiVersion, kind), under the name that LOCATION tells."""
    for version in {version for version, _kind in kinds}:
        group, _slash, number = version.rpartition("/")
        found = _of_crds(client, version) if group in CRDS else _of_server(client, version)
        for kind, schema in found:
            if (version, kind) in kinds:
                # kubeconform takes the core group's version for its name.
                path = folder / f"{group or number}_{number}_{kind.lower()}.json"
                path.write_text(json.dumps(schema))


def _of_server(client: Client, version: str) -> Iterator[tuple[str, Schema]]:
    path = f"/openapi/v3/{'apis' if '/' in version else 'api'}/{version}"
    known = client.request("GET", path)["components"]["schemas"]
    definitions = {name: strict(schema) for name, schema in known.items()}
    for name, schema in known.items():
        for one in schema.get("x-kubernetes-group-version-kind", []):
            yield one["kind"], {"$ref": f"#/definitions/{name}", "definitions": definitions}


def _of_crds(client: Client, version: str) -> Iterator[tuple[str, Schema]]:
    group, _slash, number = version.rpartition("/")
    module, pattern = CRDS[group]
    core = client.request("GET", "/openapi/v3/api/v1")["components"]["schemas"]
    definitions = {name: strict(core[name]) for name in core if name.startswith(META_V1)}
    for path in sorted(golang.module_folder(*module).glob(pattern)):
        spec = yaml.load(path.read_text("utf-8"), Loader)["spec"]
        (at,) = (one for one in spec["versions"] if one["name"] == number)
        schema = strict(at["schema"]["openAPIV3Schema"])
        schema["properties"]["metadata"] = {"$ref": f"#/definitions/{META_V1}ObjectMeta"}
        yield spec["names"]["kind"], {**schema, "definitions": definitions}


def strict(schema: Any) -> Any:
    """Return an OpenAPI schema as JSON Schema that refuses fields which it does not name.

    The branches of anyOf and its like only narrow what stands beside them and name no fields.
    """
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _KEYWORDS.get(key, _keep)(value) for key, value in schema.items()}
    fixed = "properties" in made and "additionalProperties" not in made
    if fixed and not made.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    return made


def _keep(value: Any) -> Any:
    return value


def _each(value: dict[str, Any]) -> dict[str, Any]:
    return {name: strict(one) for name, one in value.items()}


def _reference(value: str) -> str:
    return value.replace("#/components/schemas/", "#/definitions/")


def _branches(value: Any) -> Any:
    """Keep branches as they are but for their references, which are strict themselves."""
    return json.loads(_reference(json.dumps(value)))


_KEYWORDS: dict[str, Callable[[Any], Any]] = {
    "properties": _each,
    "items": strict,
    "additionalProperties": strict,
    "$ref": _reference,
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "not"), _branches),
}
