# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stack that is deployed by everyone: 2/5 Deployments, 2/5 Services, 1/5 ConfigMaps.

Ours reads it as a stack file; the peers get the very objects that ours makes of it, as one file
of manifests and as a chart with a file for each object. So all of them write the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.plan import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

from benchmarks.errors import BenchError
from cluster.paths import ROOT

# Both images are in the cluster after `make images`, and perl is in every Debian image.
IMAGE = {"repo": "debian", "tag": "bookworm-slim"}
OTHER_IMAGE = ROOT / "build" / "release" / "shop.yml"
SERVE = (
    "use IO::Socket::INET; $SIG{TERM} = sub { exit };"
    "my $s = IO::Socket::INET->new(LocalPort => 8000, Listen => 64, ReuseAddr => 1) or die $!;"
    "while (my $c = $s->accept) { close $c }"
)
HEALTH = {"live": {"tcp": "http"}, "ready": {"tcp": "http"}, "startup_budget": "60s"}
Object = dict[str, Any]
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Sample:
    """One stack.

    name:     of the stack and of its namespace.
    count:    how many objects, without the Namespace and the one ServiceAccount they share.
    replicas: of each Deployment; 0 for the large counts, which no one node could run.
    changed:  whether the first Deployment has the other image.
    """

    name: str
    count: int = 50
    replicas: int = 1
    changed: bool = False

    @property
    def deployments(self) -> int:
        """How many Deployments there are, and Services."""
        return self.count * 2 // 5

    @property
    def configs(self) -> int:
        """How many ConfigMaps there are; each is mounted by one Deployment."""
        return self.count - 2 * self.deployments

    def other(self) -> Sample:
        """Return the same stack with one image changed."""
        return replace(self, changed=not self.changed)

    def document(self) -> Object:
        """Return the content of the stack file."""
        return {
            "schema": "stack/v1",
            "name": self.name,
            "images": {"app": IMAGE, "other": other_image()} if self.changed else {"app": IMAGE},
            "accounts": {"app": {"rules": []}},
            "config": {f"c{i}": {"mode": "fast", "level": "info"} for i in range(self.configs)},
            "profiles": {"service": self._profile()},
            "workloads": {f"w{i}": self._workload(i) for i in range(self.deployments)},
        }

    def _profile(self) -> Object:
        return {
            "image": "app",
            "command": ["perl", "-e", SERVE],
            "account": "app",
            "ports": {"http": 8000},
            "health": HEALTH,
            "security": {"user": 1001},
            "scale": {"replicas": self.replicas},
        }

    def _workload(self, index: int) -> Object:
        one: Object = {"extends": "service"}
        if index < self.configs:
            one["volumes"] = {"site": {"path": "/etc/site", "config": f"c{index}"}}
        if index == 0 and self.changed:
            one["image"] = "other"
        return one

    def environment(self) -> Object:
        """Return what the inventory says about this stack."""
        return {"preset": "local", "namespace": self.name}

    def objects(self) -> list[Object]:
        """Return the Kubernetes objects that ours makes of the stack file. Raises BenchError."""
        stack, faults = parse(text(self.document()), shown="stack.yml", layer="stack")
        place, more = parse(text(self.environment()), shown="inventory", layer="environment")
        resolved = resolve(stack, [place])
        if resolved.document is None:
            raise BenchError("\n".join(map(str, [*faults, *more, *resolved.findings[:5]])))
        return objects(build(dict(resolved.document)))


def named(*words: object) -> str:
    """Return the name of a sample, which is its namespace's, too: ``bench-…``."""
    return "-".join(map(str, ("bench", *words))).replace("_", "-")


def other_image() -> Object:
    """Return the image of a changed Deployment, the shop's. Raises BenchError."""
    if not OTHER_IMAGE.exists():
        raise BenchError(f"There is no {OTHER_IMAGE}: run `make images` first.")
    shop = yaml.safe_load(OTHER_IMAGE.read_text("utf-8"))["images"]["shop"]
    return {"repo": shop["repo"], "tag": shop["tag"]}


def text(content: Any) -> str:
    """Return `content` as YAML."""
    return yaml.dump(content, Dumper=Dumper, sort_keys=False)


def write_stack(sample: Sample, folder: Path) -> Path:
    """Write the stack file; returns its path."""
    return _written(folder / "stack.yml", text(sample.document()))


def write_manifests(sample: Sample, folder: Path) -> Path:
    """Write all objects into one file; returns its path."""
    content = yaml.dump_all(sample.objects(), Dumper=Dumper, explicit_start=True)
    return _written(folder / "manifests.yaml", content)


def write_chart(sample: Sample, folder: Path) -> Path:
    """Write a chart, a file for each object but the Namespace, which helm makes itself."""
    chart = folder / "chart"
    about = {"apiVersion": "v2", "name": sample.name, "version": "1.0.0"}
    _written(chart / "Chart.yaml", text(about))
    for name, one in _chart_files(sample):
        _written(chart / "templates" / name, text(one))
    return chart


def _chart_files(sample: Sample) -> Iterator[tuple[str, Object]]:
    for one in sample.objects():
        if one["kind"] != "Namespace":
            yield f"{one['kind']}-{one['metadata']['name']}.yaml".lower(), one


def _written(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path
