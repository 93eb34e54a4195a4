# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the core of `apply` against the cluster, as the module does."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.run import run


@pytest.fixture
def apply(kubeconfig):
    """Callable: `apply(objects, namespace=..., check=True)`; `.lines` are the live lines."""

    def call(objects=(), *, check=False, **options):
        params = {"kubeconfig": str(kubeconfig), "objects": list(objects), **options}
        return run(params, check=check, report=call.lines.append)

    call.lines = []
    return call
