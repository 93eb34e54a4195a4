# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systems in their tiers: each resolved and rendered once."""

from __future__ import annotations

import pytest

from tests.acceptance.systems import System, system


def _fixture(name: str, tier: str) -> object:
    @pytest.fixture(scope="session", name=f"{name}_{tier}")
    def found() -> System:
        whole = system(name, tier)
        assert whole.document, "\n".join(map(str, whole.findings))
        return whole

    return found


apphub_dev = _fixture("apphub", "dev")
apphub_prod = _fixture("apphub", "prod")
philotes_dev = _fixture("philotes", "dev")
philotes_staging = _fixture("philotes", "staging")
philotes_prod = _fixture("philotes", "prod")
mathison_dev = _fixture("mathison", "dev")
mathison_prod = _fixture("mathison", "prod")
shop_dev = _fixture("shop", "dev")
shop_prod = _fixture("shop", "prod")
starter_dev = _fixture("starter", "dev")
starter_prod = _fixture("starter", "prod")
