# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-ons are made of, and what a cluster tells about them."""

from __future__ import annotations

import pytest
import yaml

from cluster import addons, charts, golang
from cluster.errors import ClusterError


def deployment(addon, available, key=None):
    metadata = {"labels": {addons.LABEL: addon}, "annotations": {addons.KEY: key} if key else {}}
    conditions = [{"type": "Available", "status": available}]
    return {"metadata": metadata, "status": {"conditions": conditions}}


SUMMARIES = {
    "none": ([], {}),
    "one": ([deployment("keda", "True", "abc")], {"keda": ("abc", True)}),
    "the hash is on one of two": (
        [deployment("keda", "True"), deployment("keda", "True", "abc")],
        {"keda": ("abc", True)},
    ),
    "one of two is down": (
        [deployment("keda", "True", "abc"), deployment("keda", "False")],
        {"keda": ("abc", False)},
    ),
    "interrupted before the hash": ([deployment("keda", "True")], {"keda": ("", True)}),
    "not looked at yet": (
        [{"metadata": {"labels": {addons.LABEL: "keda"}}}],
        {"keda": ("", False)},
    ),
}


@pytest.mark.parametrize("case", SUMMARIES)
def test_what_is_installed(case):
    deployments, expected = SUMMARIES[case]
    assert addons.summary(deployments) == expected


@pytest.mark.parametrize("name", addons.KNOWN)
def test_the_manifests_run_the_images_that_are_made(name):
    document = yaml.safe_load((addons.MANIFESTS / name / "kustomization.yml").read_text())
    named = {f"{one.get('newName', one['name'])}:{one['newTag']}" for one in document["images"]}
    assert named == set(addons.KNOWN[name].images)
    assert document["labels"] == [{"pairs": {addons.LABEL: name}}]


@pytest.mark.parametrize("name", addons.KNOWN)
def test_every_image_is_of_a_program_that_is_built(name):
    addon = addons.KNOWN[name]
    built = {target.rsplit("/", 1)[-1] for target in addon.build.targets}
    assert {program.file for program in addon.images.values()} <= built


def test_an_unknown_one_is_refused_with_the_known_ones():
    with pytest.raises(
        ClusterError, match="kedda is no add-on; known are: metrics-server, keda, external-secrets"
    ):
        addons.known("kedda")


def test_what_is_served_comes_after_what_serves_it():
    texts = [f"apiVersion: v1\nkind: {kind}\nspec: {{kind: APIService}}" for kind in ("A", "B")]
    later = ["kind: APIService\nmetadata: {}", "apiVersion: x/v1\nkind: ClusterIssuer"]
    rendered = "\n---\n".join([texts[0], later[0], texts[1], later[1]])
    assert addons.in_turn(rendered) == ("\n---\n".join(texts), "\n---\n".join(later))
    assert addons.in_turn(texts[0]) == (texts[0], "")


def test_a_chart_gets_its_version():
    draft = "name: x\nversion: v0.1.0\nappVersion: v0.1.0\nkubeVersion: 1\n"
    expected = "name: x\nversion: v1.2.3\nappVersion: v1.2.3\nkubeVersion: 1\n"
    assert charts.with_version(draft, "v1.2.3") == expected


def test_lines_of_a_copied_module_are_left_out(tmp_path):
    register = 'import (\n\t_ "x/provider/fake"\n\t_ "x/provider/vault"\n)\n'
    (tmp_path / "register.go").write_text(register)
    golang.leave_out(tmp_path, "register.go", r'/provider/(?!fake")')
    assert (tmp_path / "register.go").read_text() == register.replace(
        '\t_ "x/provider/vault"\n', ""
    )


NAMES = {
    golang.KEDA: "keda",  # not v2, the last part of its path
    golang.KUBERNETES: "kubernetes",
    golang.CONTOUR: "contour",
}


@pytest.mark.parametrize("build", NAMES, ids=NAMES.values())
def test_names_of_builds(build):
    assert build.name == NAMES[build]
