# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of all roles are checked at once, against the specs that Ansible itself reads."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.arguments import RESOLVE
from ansible_collections.slipway.stack.plugins.plugin_utils.settings import ROLES, faults

NEEDED = {"stack_file": "stacks/shop.yml"}
ALL = RESOLVE["argument_spec"]["settings_of"]["choices"]


def as_it_is(given: dict[str, Any]) -> dict[str, Any]:
    return given


def test_every_role_can_be_named():
    assert sorted(ALL) == sorted(path.name for path in ROLES.iterdir())


def test_good_variables_and_those_of_others_are_no_fault():
    variables = {**NEEDED, "infra_timeout": "30", "ansible_host": 7, "their_timeout": "soon"}
    assert faults(ALL, variables, as_it_is) == []


@pytest.mark.parametrize(
    ("roles", "names"),
    [
        ([], []),
        (["infra"], ["infra_timeout"]),
        (["infra", "verify"], ["infra_timeout", "verify_timeout"]),
    ],
)
def test_each_wrong_one_of_the_named_roles_is_told(roles, names):
    variables = {**NEEDED, "infra_timeout": "soon", "verify_timeout": []}
    told = faults(roles, variables, as_it_is)
    assert [one.split("'")[1] for one in told] == names


def test_what_a_variable_refers_to_is_filled_in_first():
    def filled(given):
        return {name: 5 if value == "{{ five }}" else value for name, value in given.items()}

    variables = {**NEEDED, "infra_timeout": "{{ five }}"}
    assert faults(["infra"], variables, filled) == []
    assert faults(["infra"], variables, as_it_is) != []


def test_a_secret_is_not_told():
    variables = {**NEEDED, "infra_secret_values": "hunter2-hunter2"}
    told = faults(["infra"], variables, as_it_is)
    assert told
    assert "hunter2" not in "".join(told)
