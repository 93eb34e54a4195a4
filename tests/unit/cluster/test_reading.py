# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small readers of what other programs print."""

from __future__ import annotations

import pytest

from cluster import engine, golang, loading, traces
from cluster.paths import STATE

NAMES = {
    "postgres:15": "docker.io/library/postgres:15",
    "slipway/shop:abc": "docker.io/slipway/shop:abc",
    "ghcr.io/projectcontour/contour:v1": "ghcr.io/projectcontour/contour:v1",
    "localhost/x:1": "localhost/x:1",
    "registry.test:5000/x:1": "registry.test:5000/x:1",
}


@pytest.mark.parametrize("name", NAMES)
def test_qualified_names(name):
    assert loading.qualified(name) == NAMES[name]


LABELS = {
    "ours among others": ("io.cri-containerd.image=managed,slipway.dev/inputs=abc", "abc"),
    "none at all": ("-", ""),
    "another's": ("io.cri-containerd.image=managed", ""),
}


@pytest.mark.parametrize("case", LABELS)
def test_key_in_labels(case):
    labels, key = LABELS[case]
    assert loading.key_in(labels) == key


VERSIONS = {"go1.26.8": True, "go1.27rc1": True, "go2.0": True, "go1.25.9": False, "devel": False}


@pytest.mark.parametrize("version", VERSIONS)
def test_go_is_new_enough(version):
    assert golang.new_enough(version) is VERSIONS[version]


PROCESSES = {
    "our dockerd": (f"/usr/sbin/dockerd --config-file {STATE}/daemon.json", True),
    "our containerd": (f"containerd --config {engine.RUN}/containerd/containerd.toml", True),
    "our shim": (f"/usr/bin/containerd-shim-runc-v2 -address {engine.RUN}/containerd/x.sock", True),
    "another checkout's": ("/usr/sbin/dockerd --config-file /other/.cluster/daemon.json", False),
    "the user's": ("/usr/bin/dockerd -H fd://", False),
    "an editor of our file": (f"vi {STATE}/daemon.json", False),
    "a folder that begins like ours": (f"containerd --config {engine.RUN}2/c.toml", False),
}


@pytest.mark.parametrize("case", PROCESSES)
def test_our_processes(case):
    line, ours = PROCESSES[case]
    assert engine.is_ours(line) is ours


MOUNTS = """\
25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
90 25 0:50 / /home/me/.cluster/docker/overlay2/a/merged rw - overlay overlay rw
91 25 0:51 / /home/me/.cluster/a\\040blank rw - tmpfs tmpfs rw
92 25 0:52 / /home/me/.cluster2/other rw - tmpfs tmpfs rw
"""


def test_mounts_below_a_folder():
    found = traces.mounts_below(STATE.__class__("/home/me/.cluster"), MOUNTS)
    assert found == [
        "/home/me/.cluster/docker/overlay2/a/merged",
        "/home/me/.cluster/a blank",
    ]
