# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the rendered objects share: the places, and their objects as files."""

from __future__ import annotations

import pytest
import yaml

from tests.integration.objects.places import places

Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Callable: a file with these objects."""
    folder = tmp_path_factory.mktemp("objects")

    def write(name, things):
        path = folder / f"{name}.yaml"
        path.write_text(yaml.dump_all(things, Dumper=Dumper, explicit_start=True))
        return path

    return write


@pytest.fixture(scope="session")
def everything():
    """Place → the objects that a deployment sends there."""
    return {place.name: place.objects() for place in places()}
