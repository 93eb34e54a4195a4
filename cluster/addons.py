# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that stacks may ask a platform for, added to a running cluster one by one.

Each is installed by its own project's manifests, out of its module, changed by a kustomization of
ours. It is installed once per content: the hash is kept on its first Deployment.
"""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster import charts, docker, golang, images, kube, platform_images, versions
from cluster.cache import digest
from cluster.decide import Plan
from cluster.errors import ClusterError
from cluster.golang import Build
from cluster.paths import PACKAGE
from cluster.platform_images import Image
from cluster.progress import output, run, say, step

MANIFESTS = PACKAGE / "manifests"
LABEL = "slipway.dev/addon"  # on everything that belongs to one
KEY = "slipway.dev/manifests"
READY_S = 180
TIMEOUT = f"--timeout={READY_S}s"
LATER = ("APIService", "ClusterIssuer")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that an image is made of: the file as Go names it, and its name in the image."""

    file: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddOn:
    """One add-on.

    images:      what its manifests run, by reference.
    deployments: in `namespace`; services: APIServices, which must be available, too.
    chart:       makes manifests of a module that has but a Helm chart.
    """

    name: str
    build: Build
    images: Mapping[str, Program]
    namespace: str
    deployments: tuple[str, ...]
    services: tuple[str, ...] = ()
    chart: Callable[[Path], str] | None = None


KNOWN = {
    addon.name: addon
    for addon in (
        AddOn(
            "metrics-server",
            golang.METRICS_SERVER,
            {
                f"registry.k8s.io/metrics-server/metrics-server:{versions.METRICS_SERVER}": Program(
                    "metrics-server"
                )
            },
            "kube-system",
            ("metrics-server",),
            ("v1beta1.metrics.k8s.io",),
        ),
        AddOn(
            "keda",
            golang.KEDA,
            {
                f"ghcr.io/kedacore/keda:{versions.KEDA[1:]}": Program("operator"),
                f"ghcr.io/kedacore/keda-metrics-apiserver:{versions.KEDA[1:]}": Program(
                    "adapter", "keda-adapter"
                ),
            },
            "keda",
            ("keda-operator", "keda-metrics-apiserver"),
            ("v1beta1.external.metrics.k8s.io",),
        ),
        AddOn(
            "external-secrets",
            golang.EXTERNAL_SECRETS,
            {
                f"ghcr.io/external-secrets/external-secrets:{versions.EXTERNAL_SECRETS}": Program(
                    "external-secrets"
                )
            },
            "external-secrets",
            ("external-secrets",),
        ),
        AddOn(
            "cert-manager",
            golang.CERT_MANAGER,
            {
                f"quay.io/jetstack/cert-manager-{name}:{versions.CERT_MANAGER}": Program(name)
                for name in ("controller", "cainjector", "webhook")
            },
            "cert-manager",
            ("cert-manager", "cert-manager-cainjector", "cert-manager-webhook"),
            chart=charts.cert_manager,
        ),
    )
}


def ensure(names: Sequence[str]) -> None:
    """Have add-ons installed and available; all of them if none is named."""
    chosen = [known(name) for name in names] or list(KNOWN.values())
    current = images.running()
    for addon in chosen:
        if not ensure_one(addon, current.plan):
            say(f"{addon.name}: it is installed, nothing to do")


def known(name: str) -> AddOn:
    """Return the add-on of a name. Raises ClusterError if there is none."""
    if name not in KNOWN:
        raise ClusterError(f"{name} is no add-on; known are: {', '.join(KNOWN)}")
    return KNOWN[name]


def ensure_one(addon: AddOn, plan: Plan) -> bool:
    """Have one add-on installed and available; returns whether that took work."""
    rendered, made = manifests(addon), images_of(addon)
    key = digest(rendered, *(image.key for image in made))
    if installed().get(addon.name) == (key, True):
        return False
    platform_images.ensure_platform(made, plan)
    with step(f"installing {addon.name} {addon.build.version}"):
        install(addon, rendered)
    note(addon, key)
    return True


def install(addon: AddOn, rendered: str) -> None:
    """Apply the manifests and wait: the Deployments first, then what they serve.

    Discovery fails while an API that is registered does not answer, and namespaces cannot be
    deleted. The API server also keeps the first connection that it gets to a Service's address,
    which without kube-proxy's rules is to whoever answers there.
    """
    first, later = in_turn(rendered)
    kube.apply_text(first, log="addons")
    for name in addon.deployments:
        roll_out = ("rollout", "status", f"deployment/{name}", TIMEOUT)
        run(kube.kubectl("-n", addon.namespace, *roll_out), log="addons")
    if later:
        accepted = functools.partial(kube.accepts, later)
        kube.until(accepted, READY_S, f"The API server does not accept what {addon.name} serves")
        kube.apply_text(later, log="addons")
    for name in addon.services:
        served = ("wait", "--for=condition=Available", f"apiservice/{name}", TIMEOUT)
        run(kube.kubectl(*served), log="addons")


def in_turn(rendered: str) -> tuple[str, str]:
    """Return the manifests that come first, and those that need what these run."""
    parts = rendered.split("\n---\n")
    later = [part for part in parts if re.search(rf"^kind: ({'|'.join(LATER)})$", part, re.M)]
    first = [part for part in parts if part not in later]
    return "\n---\n".join(first), "\n---\n".join(later)


def manifests(addon: AddOn) -> str:
    """Return the manifests of an add-on: its module's, changed by our kustomization."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = shutil.copytree(MANIFESTS / addon.name, Path(scratch) / addon.name)
        module = golang.module_folder(addon.build.module, addon.build.version)
        (folder / "module").symlink_to(module)
        if addon.chart:
            (folder / "chart.yml").write_text(addon.chart(module))
        return output([kube.KUBECTL, "kustomize", folder])


def images_of(addon: AddOn) -> list[Image]:
    """Return the images of an add-on, each one static program."""
    return [image(addon.build, *pair) for pair in addon.images.items()]


def image(build: Build, reference: str, program: Program) -> Image:
    """Return one image of an add-on."""

    def make(env: Mapping[str, str]) -> None:
        file = golang.programs(build) / program.file
        docker.from_program(reference, file, env, program.name)

    return Image(reference, digest(golang.key_of(build), program.file, program.name), make)


def note(addon: AddOn, key: str) -> None:
    """Keep the hash of what was installed completely."""
    target = ("-n", addon.namespace, f"deployment/{addon.deployments[0]}")
    run(kube.kubectl("annotate", "--overwrite", *target, f"{KEY}={key}"), log="addons")


def installed() -> dict[str, tuple[str, bool]]:
    """Return the cluster's add-ons: each one's hash, and whether all of it is available."""
    return summary(kube.get("deployments", "-A", "-l", LABEL)["items"])


def summary(deployments: Sequence[dict]) -> dict[str, tuple[str, bool]]:
    """Return hash and availability of each add-on by its Deployments."""
    found: dict[str, tuple[str, bool]] = {}
    for one in deployments:
        name = one["metadata"]["labels"][LABEL]
        key, available = found.get(name, ("", True))
        own = one["metadata"].get("annotations", {}).get(KEY, "")
        found[name] = (key or own, available and is_available(one))
    return found


def is_available(deployment: dict) -> bool:
    """Tell whether a Deployment has the pods that it needs."""
    conditions = deployment.get("status", {}).get("conditions", [])
    return any(one["type"] == "Available" and one["status"] == "True" for one in conditions)
