# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everyone deploys the same objects: 20 Deployments, 20 Services and 10 ConfigMaps of 50."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import yaml

from benchmarks import sample as samples
from benchmarks.errors import BenchError
from benchmarks.sample import Sample, write_chart, write_manifests


@pytest.mark.parametrize(
    ("count", "deployments", "configs"), [(3, 1, 1), (50, 20, 10), (500, 200, 100)]
)
def test_kinds(count, deployments, configs):
    kinds = Counter(one["kind"] for one in Sample("bench", count).objects())

    assert kinds == {
        "Deployment": deployments,
        "Service": deployments,
        "ConfigMap": configs,
        "Namespace": 1,
        "ServiceAccount": 1,
    }


def test_every_config_map_is_mounted_by_one_deployment():
    objects = Sample("bench").objects()
    maps = {one["metadata"]["name"] for one in objects if one["kind"] == "ConfigMap"}
    mounted = [
        volume["configMap"]["name"]
        for one in objects
        if one["kind"] == "Deployment"
        for volume in one["spec"]["template"]["spec"]["volumes"]
        if "configMap" in volume
    ]

    assert sorted(mounted) == sorted(maps)


def test_the_change_is_one_image_of_one_object(tmp_path, monkeypatch):
    release = tmp_path / "shop.yml"
    release.write_text("images: {shop: {repo: acme/shop, tag: '2'}}")
    monkeypatch.setattr(samples, "OTHER_IMAGE", release)
    before, after = Sample("bench").objects(), Sample("bench").other().objects()

    changed = [new for old, new in zip(before, after, strict=True) if old != new]

    assert [one["metadata"]["name"] for one in changed] == ["w0"]
    assert changed[0]["spec"]["template"]["spec"]["containers"][0]["image"] == "acme/shop:2"
    assert Sample("bench").other().other() == Sample("bench")


def test_without_the_other_image_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "OTHER_IMAGE", tmp_path / "none.yml")

    with pytest.raises(BenchError, match="run `make images` first"):
        Sample("bench", changed=True).objects()


def canonical(one: dict) -> str:
    return json.dumps(one, sort_keys=True)


def test_peers_get_the_same_objects(tmp_path):
    sample = Sample("bench", 10)

    manifests = list(yaml.safe_load_all(write_manifests(sample, tmp_path).read_text()))
    templates = (write_chart(sample, tmp_path) / "templates").iterdir()
    chart = [yaml.safe_load(path.read_text()) for path in templates]

    assert manifests == sample.objects()
    assert sorted(map(canonical, chart)) == sorted(map(canonical, manifests[1:]))
    assert manifests[0]["kind"] == "Namespace"
