# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a core gets is what a module would get: nothing of Ansible's own types."""

from __future__ import annotations

import datetime
import json

import pytest
import yaml
from ansible.template import trust_as_template
from ansible_collections.slipway.stack.plugins.plugin_utils.action import plain

TAGGED = trust_as_template("text")

VALUES = {
    "text": (TAGGED, "text"),
    "key and value": ({TAGGED: [TAGGED]}, {"text": ["text"]}),
    "tuple": ((TAGGED, 1), ["text", 1]),
    "numbers": ([1, 0.5, True, None], [1, 0.5, True, None]),
    "date": (datetime.date(2026, 11, 22), "2026-11-22"),
}


@pytest.mark.parametrize(("value", "wanted"), VALUES.values(), ids=VALUES)
def test_plain(value, wanted):
    made = plain(value)
    assert made == wanted
    assert json.loads(json.dumps(made)) == wanted
    assert yaml.safe_load(yaml.safe_dump(made)) == wanted


def test_a_tagged_value_cannot_be_dumped():
    """The negative control: why arguments are made plain."""
    with pytest.raises(yaml.representer.RepresenterError):
        yaml.safe_dump(TAGGED)
