# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases' YAML by way of libyaml, ten times as fast as `yaml.safe_load` and `safe_dump`."""

from __future__ import annotations

from functools import partial

import yaml

load = partial(yaml.load, Loader=yaml.CSafeLoader)
load_all = partial(yaml.load_all, Loader=yaml.CSafeLoader)
dump = partial(yaml.dump, Dumper=yaml.CSafeDumper)
