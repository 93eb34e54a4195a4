# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: where the checkout is, and how long properties are tried."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: the machine may be busy with a cluster at the same time.
settings.register_profile("slipway", deadline=None, max_examples=50)
settings.load_profile("slipway")
# A shell starts what it puts into the background deaf to Ctrl-C, and all that comes of it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of galaxy.yml."""
    return Path(__file__).resolve().parents[1]
