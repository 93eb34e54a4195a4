# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All objects of all stacks fit the schemas: kubeconform, which refuses what they do not name."""

from __future__ import annotations

import copy

import pytest

from tests.integration.objects import schemas
from tests.integration.objects.judges import kubeconform
from tests.integration.objects.places import places

WRONG = {
    "a typo in a container": ("Deployment", "template.spec.containers.0.imagePulPolicy", "Always"),
    "a word for a number": ("Deployment", "replicas", "two"),
    "a typo in a policy": ("NetworkPolicy", "policyType", ["Ingress"]),
    "a typo in an operator's object": ("Cluster", "instance", 3),
    "a word that nobody knows": ("Service", "ports.0.protocol", "QUIC"),
}


@pytest.fixture(scope="module")
def location(client, everything, tmp_path_factory):
    """Where kubeconform finds the schemas of all kinds that there are."""
    folder = tmp_path_factory.mktemp("schemas")
    kinds = {(one["apiVersion"], one["kind"]) for things in everything.values() for one in things}
    schemas.write(client, kinds, folder)
    assert len(list(folder.iterdir())) == len(kinds)
    return f"{folder}/{schemas.LOCATION}"


def test_every_object_fits_its_schema(everything, written, location):
    files = [written(name, things) for name, things in everything.items()]
    report = kubeconform(location, *files)
    assert report["resources"] == []
    count = sum(map(len, everything.values()))
    assert report["summary"] == {"valid": count, "invalid": 0, "errors": 0, "skipped": 0}
    assert len(files) == len(places()) >= 15


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_object_is_refused(everything, written, location, name):
    kind, path, value = WRONG[name]
    found = next(one for one in everything["shop-production"] if one["kind"] == kind)
    wrong = copy.deepcopy(found)
    *steps, last = path.split(".")
    at = wrong["spec"]
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[last] = value
    report = kubeconform(location, written("wrong", [found, wrong]))
    assert (report["summary"]["valid"], report["summary"]["invalid"]) == (1, 1)
    assert last in report["resources"][0]["msg"]
