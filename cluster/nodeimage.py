# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node image, made after kind's recipe from Debian packages and Go modules.

Its inputs decide its tag; the finished image is kept in the cache as an archive. Where the
published image can be pulled this file has nothing to do.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from cluster import docker, golang, host, versions
from cluster.cache import artifact, digest, digest_tree
from cluster.decide import NodeImage, Plan
from cluster.paths import PACKAGE
from cluster.progress import output, run, step

RECIPE = PACKAGE / "images" / "node"
CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
NODE_PROGRAMS = ("kubeadm", "kubelet", "kubectl")
WRAPPER = "runc-without-missing-caps"
REGISTRY = "registry.k8s.io"
COREDNS_IMAGE = f"{REGISTRY}/coredns/coredns:{versions.COREDNS}"
LOCAL_PATH_IMAGE = f"rancher/local-path-provisioner:{versions.LOCAL_PATH_PROVISIONER}"
STORAGE_MANIFEST = "deploy/local-path-storage.yaml"


def ensure(plan: Plan) -> str:
    """Have the node image in the plan's engine; returns its reference."""
    if plan.node_image is NodeImage.PULLED:
        return versions.PUBLISHED_NODE_IMAGE
    key, env = inputs(), docker.environment(plan)
    reference = f"kindest/node:{versions.CLUSTER}-{key}"
    if docker.has(reference, env):
        return reference
    archive = artifact("images", "node", key, lambda path: build(plan, reference, path))
    if not docker.has(reference, env):
        with step("loading the node image from the cache into the engine"):
            run(["docker", "load", "-i", archive], log="node-image", env=env)
    return reference


def inputs() -> str:
    """Hash everything that the node image is made of."""
    builds = (golang.KUBERNETES, golang.ETCD, golang.COREDNS, golang.LOCAL_PATH, golang.KIND)
    recipes = [digest_tree(PACKAGE / "images" / name) for name in ("node", "kube-proxy", "pause")]
    code = Path(__file__).read_bytes()
    return digest(
        code,
        docker.base_key(),
        *recipes,
        *map(golang.key_of, builds),
        str(host.lacks_sys_resource()),
    )


def build(plan: Plan, reference: str, archive: Path) -> None:
    """Build the node image and everything in it, and keep it in `archive`."""
    docker.ensure_base(plan)
    env = docker.environment(plan)
    context = archive.parent / "context"
    context.mkdir()
    add_recipe(context)
    add_programs(context / "bin")
    with step("building the control plane's images"):
        add_images(context / "images", env)
    with step("building the node image"):
        docker.build(reference, context, env)
    with step("keeping the node image in the cache"):
        docker.save([reference], archive, env)


def add_recipe(context: Path) -> None:
    """Copy our recipe and kind's own files; the runtime wrapper only where it is needed."""
    shutil.copytree(RECIPE, context, dirs_exist_ok=True)
    kind = golang.module_folder(golang.KIND.module, versions.KIND)
    shutil.copytree(kind / "images" / "base" / "files", context / "kindfiles")
    (context / "sbin").mkdir()
    wrapper = context / WRAPPER
    if host.lacks_sys_resource():
        shutil.copy(wrapper, context / "sbin" / "runc")
    wrapper.unlink()
    (context / "extra" / "kind" / "version").write_text(versions.KUBERNETES)
    (context / "extra" / "kind" / "manifests" / "default-storage.yaml").write_text(storage())


def storage() -> str:
    """Return local-path-provisioner's own manifest as the default class, with images had here."""
    module = golang.module_folder(golang.LOCAL_PATH.module, versions.LOCAL_PATH_PROVISIONER)
    manifest = (module / STORAGE_MANIFEST).read_text()
    default = '  annotations: {storageclass.kubernetes.io/is-default-class: "true"}\n'
    return manifest.replace("image: busybox", f"image: {docker.BASE}").replace(
        "  name: local-path\n", f"  name: standard\n{default}"
    )


def add_programs(folder: Path) -> None:
    """Copy the programs that run on the node itself."""
    folder.mkdir()
    built = golang.programs(golang.KUBERNETES)
    for name in NODE_PROGRAMS:
        shutil.copy(built / name, folder)


def add_images(folder: Path, env: dict[str, str]) -> None:
    """Make the images of the control plane and of storage, under the names that kubeadm asks for.

    One archive holds them all, so that layers they share are stored once.
    """
    folder.mkdir()
    built = golang.programs(golang.KUBERNETES)
    programs = {f"{REGISTRY}/{name}:{versions.KUBERNETES}": built / name for name in CONTROL_PLANE}
    programs |= {
        etcd_image(built): golang.programs(golang.ETCD) / "server",
        COREDNS_IMAGE: golang.programs(golang.COREDNS) / "coredns",
        LOCAL_PATH_IMAGE: golang.programs(golang.LOCAL_PATH) / "local-path-provisioner",
    }
    for reference, program in programs.items():
        docker.from_program(reference, program, env)
    references = [*programs, docker.BASE, *debian_images(built, env)]
    docker.save(references, folder / "images.tar", env)


def etcd_image(built: Path) -> str:
    """Return the name that kubeadm gives to etcd's image."""
    listed = [
        built / "kubeadm",
        "config",
        "images",
        "list",
        "--kubernetes-version",
        versions.KUBERNETES,
    ]
    return next(line for line in output(listed).splitlines() if "/etcd:" in line)


def debian_images(built: Path, env: dict[str, str]) -> list[str]:
    """Build the images that are Debian's packages: kube-proxy around our program, and pause."""
    kube_proxy = f"{REGISTRY}/kube-proxy:{versions.KUBERNETES}"
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        shutil.copy(PACKAGE / "images" / "kube-proxy" / "Dockerfile", context)
        (context / "program").mkdir()
        shutil.copy(built / "kube-proxy", context / "program")
        docker.build(kube_proxy, context, env)
    pauses = [f"{REGISTRY}/pause:{tag}" for tag in versions.PAUSE_TAGS]
    docker.build(pauses[0], PACKAGE / "images" / "pause", env)
    for pause in pauses[1:]:
        run(["docker", "tag", pauses[0], pause], log="node-image", env=env)
    return [kube_proxy, *pauses]
