# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the models of a role into Kubernetes objects, all in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
name: render
short_description: Render the Kubernetes objects of a role
version_added: 0.1.0
author: slipway.stack authors (@slipway)
description:
  - Turns the models that M(slipway.stack.resolve) made into Kubernetes objects, by the templates of
    the role that is named.
  - One task renders all objects; looping the template action takes a second per object.
  - Objects hold placeholders where a Secret has its values.
options:
  _terms:
    description:
      - The role whose templates are used and whose models are rendered.
      - V(all) stands for the objects of all roles, with the Jobs of its migrations.
    required: true
    type: list
    elements: str
    choices: [infra, migrations, workloads, ingress, all]
  stack:
    description: The fact C(slipway_stack) that M(slipway.stack.resolve) sets.
    required: true
    type: dict
  markers:
    description:
      - Migration to ConfigMap, the fact C(slipway_markers) which
        M(slipway.stack.migration_gate) sets.
    type: dict
    default: {}
  level:
    description:
      - Only the objects of one level of the roll-out, of those in C(slipway_stack.levels).
      - By default all objects.
    type: int
    default: -1
  packed:
    description:
      - Whether each object is one JSON text, which M(slipway.stack.apply) takes as well.
      - Ansible walks through each part of an argument several times; a text is one part. For 50
        objects that is more than half of the time of the task.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Apply the objects
  slipway.stack.apply:
    objects: "{{ query('slipway.stack.render', 'infra', stack=slipway_stack) }}"
"""

RETURN = r"""
_raw:
  description:
    - The objects, or the JSON text of each; for the role C(migrations) the options of
      M(slipway.stack.migration_gate), each with its Job rendered.
  type: list
  elements: raw
"""

import json
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.module_utils.packed import unpack
    from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import (
        all_patched,
        migrations,
        of_role,
    )


class LookupModule(LookupBase):
    """Joins Ansible's variables and the pure renderer."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        """Return the objects of the role in ``terms``."""
        self.set_options(var_options=variables, direct=kwargs)
        stack, markers = self.get_option("stack"), self.get_option("markers")
        level = self.get_option("level")
        try:
            models = unpack(stack)
            found = [item for role in terms for item in _objects(role, models, markers, level)]
        except SlipwayError as error:
            raise AnsibleError(str(error)) from error
        return [json.dumps(item) for item in found] if self.get_option("packed") else found


def _objects(
    role: str, models: dict[str, Any], markers: dict[str, str], level: int
) -> list[dict[str, Any]]:
    if role == "all":
        return all_patched(models)
    if role == "migrations":
        return migrations(models)
    return of_role(models, role, markers, level)
