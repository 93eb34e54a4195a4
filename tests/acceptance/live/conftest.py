# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five systems side by side on the kind cluster."""

from __future__ import annotations

import pytest

from tests.acceptance.live.deployed import KUBECTL, Deployed
from tests.e2e.running import Run, playbook
from tests.e2e.seeing import KUBECONFIG, cluster


@pytest.fixture(scope="session")
def all_five() -> Run:
    """Deploy all five as a person does, unless they are there already; once for all tests."""
    if not KUBECONFIG.exists() or not KUBECTL.exists():
        pytest.skip("there is no cluster: run `make cluster`")
    return playbook("site", limit="all").succeeded()


def _fixture(name: str) -> object:
    @pytest.fixture(scope="session", name=name)
    def found(all_five: Run) -> Deployed:
        return Deployed(name, cluster())

    return found


apphub = _fixture("apphub")
mathison = _fixture("mathison")
philotes = _fixture("philotes")
shop = _fixture("shop")
starter = _fixture("starter")
