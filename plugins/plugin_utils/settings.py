# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the variables of several roles at once, against the argument specs that they have.

Ansible checks a role's variables when the role begins, which is after others have changed the
cluster. Its action for doing so earlier wants the specs as an argument: to hand over those of five
roles takes it three times as long as to check them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROLES = Path(__file__).resolve().parents[2] / "roles"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def faults(
    roles: Iterable[str],
    variables: Mapping[str, Any],
    template: Callable[[dict[str, Any]], dict[str, Any]],
) -> list[str]:
    """Return what is wrong with the variables of these roles of the collection, a sentence each.

    variables: of the host. template: fills in what they refer to.
    """
    options = {name: rule for role in roles for name, rule in _options(role).items()}
    given = template({name: variables[name] for name in options if name in variables})
    checked = ArgumentSpecValidator(options).validate(given, validate_role_argument_spec=True)
    found: list[str] = checked.error_messages
    return found


def _options(role: str) -> dict[str, Any]:
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text("utf-8")
    spec: dict[str, Any] = yaml.load(text, Loader=_LOADER)
    options: dict[str, Any] = spec["argument_specs"]["main"]["options"]
    return options
