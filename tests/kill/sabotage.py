# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes single guards out of the gate, so that a test can show that it would see the fault.

For negative controls only; the product has no such switch.
"""

from __future__ import annotations

TAKE_OUT: dict = {}
