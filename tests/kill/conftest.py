# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill tests run on the real cluster, with real PostgreSQL, in one namespace of their own."""

from __future__ import annotations

import pytest

from tests.integration.conftest import (
    client,
    delete_namespace,
    eventually,
    free_name,
    kubeconfig,
)
from tests.kill.town import make_town

__all__ = ["client", "eventually", "kubeconfig"]


@pytest.fixture(scope="session")
def town(client, kubeconfig):
    """A namespace with PostgreSQL; deleted afterwards."""
    name = free_name()
    yield make_town(client, name, str(kubeconfig))
    delete_namespace(client, name)


@pytest.fixture
def database(town):
    """An empty database for one test."""
    return town.database()
