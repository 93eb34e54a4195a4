# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done before must not burden what is measured now."""

from __future__ import annotations

import os
import time

CALM = 1.0  # 1-minute load average
FADES_S = 180.0


def calm_down() -> None:
    """Wait for the load of what was measured before, as long as it may take to fade."""
    until = time.monotonic() + FADES_S
    if os.getloadavg()[0] > CALM:
        print(f"bench: waiting for the load to fade, at most {FADES_S:.0f} s", flush=True)
    while os.getloadavg()[0] > CALM and time.monotonic() < until:
        time.sleep(5)
