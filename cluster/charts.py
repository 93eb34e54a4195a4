# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cert-manager's chart, put together from its module as its release does, and rendered by helm."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from cluster import golang, versions
from cluster.progress import output

CHART = Path("deploy") / "charts" / "cert-manager"
CRDS = Path("deploy") / "crds"  # templates, too
VALUES = "installCRDs=true,startupapicheck.enabled=false"


def cert_manager(module: Path) -> str:
    """Return the manifests that the chart renders to."""
    with tempfile.TemporaryDirectory() as scratch:
        chart = shutil.copytree(module / CHART, Path(scratch) / "cert-manager")
        draft = (chart / "Chart.template.yaml").read_text()
        (chart / "Chart.yaml").write_text(with_version(draft, versions.CERT_MANAGER))
        for crd in sorted((module / CRDS).glob("*.yaml")):
            shutil.copy(crd, chart / "templates")
        helm = golang.programs(golang.HELM) / "helm"
        names = ("cert-manager", chart, "--namespace", "cert-manager")
        return output([helm, "template", *names, "--set", VALUES])


def with_version(draft: str, version: str) -> str:
    """Return a Chart.yaml of a version, where the draft has those of nothing."""
    return re.sub(r"^(version|appVersion):.*$", rf"\1: {version}", draft, flags=re.MULTILINE)
