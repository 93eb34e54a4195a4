#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the action plugin of the same name, which does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resolve
short_description: Resolve a stack file and its environment
description:
  - Merges the built-in defaults, the preset, the stack file, the environment and the release file,
    follows every reference such as C(${orders_db.url}) and checks that the parts fit together.
  - Tells everything that is wrong at once, each with file, line and column.
  - Reads files of the controller only. It does not touch the cluster.
version_added: 0.1.0
author:
  - the slipway.stack authors (@slipway)
options:
  explain:
    description:
      - A place in the stack, such as V(workloads.api.scale.replicas), whose value is to be
        explained; of a map, all that is below it. V(*) stands for any one name.
    type: str
    default: ""
  settings_of:
    description:
      - Roles of this collection that come later. Their variables are checked against their argument
        specs now, before the first of them changes the cluster.
    type: list
    elements: str
    choices: [infra, migrations, workloads, ingress, verify]
    default: []
attributes:
  check_mode:
    support: full
    description: Nothing is changed in any mode.
  diff_mode:
    support: none
    description: Nothing is changed.
extends_documentation_fragment: [slipway.stack.stack_file]
"""

EXAMPLES = r"""
- name: Resolve the stack
  slipway.stack.resolve:
    stack_file: "{{ stack_file }}"
    environment:
      - "{{ stack_cluster }}"
      - "{{ stack_env }}"

- name: Resolve a stack without an inventory of its own
  slipway.stack.resolve:
    stack_file: /srv/stacks/shop.yml
    environment:
      - preset: local
        sites: {shop: {host: shop.localhost}}
        ingress: {driver: ingress, class: nginx}
"""

RETURN = r"""
ansible_facts:
  description:
    - C(slipway_stack), what the roles and P(slipway.stack.render#lookup) work on. Absent if
      there are errors.
  returned: success
  type: dict
explained:
  description:
    - Value, layer, file and line of what O(explain) names, and what it overrode.
  returned: unless a file cannot be read
  type: str
  sample: |-
    workloads.api.scale.replicas = 3
      environment (inventories/staging/host_vars/shop.yml:7:15)
      overrode 2: stack (stacks/shop.yml:31:14)
findings:
  description:
    - Everything that is wrong or worth knowing, by file and line.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: What kind of finding it is.
      type: str
      sample: unknown-key
    level:
      description: V(error) stops the deployment, V(warning) does not.
      type: str
      sample: error
    path:
      description: The place in the stack.
      type: str
      sample: workloads.api.prots
    message:
      description: What is wrong.
      type: str
      sample: unknown key
    where:
      description: The layer, file, line and column that set the value; empty if nothing did.
      type: dict
      sample: {layer: stack, file: stacks/shop.yml, line: 31, column: 5}
    fix:
      description: What to do.
      type: str
      sample: Did you mean "ports"?
msg:
  description:
    - All errors, one a line.
  returned: failure
  type: str
  sample: |-
    stacks/shop.yml and its environment have an error:
      workloads.api.prots: unknown key (stacks/shop.yml:31:5). Did you mean "ports"?
"""
