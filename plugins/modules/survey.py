#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the action plugin of the same name, which does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: survey
short_description: Look what a deployment would need, and what it would have to do
description:
  - Looks at a stack and its cluster in one task, so that a playbook can stop before anything is
    changed, and leave out the phases that would change nothing.
  - Fails with all that the stack needs of the cluster and does not bring, as
    M(slipway.stack.preflight) does.
  - Tells which phases of C(site.yml) have something to do. One has nothing to do if
    M(slipway.stack.apply) would change and prune nothing, M(slipway.stack.health_wait) would end at
    once, M(slipway.stack.migration_gate) would skip its migrations and M(slipway.stack.release)
    would record nothing. All are asked the same way, each list is read once, no write is rehearsed,
    and what is not certain is to be done.
  - From the first phase with something to do all later ones are named, since they stand on it, but
    for those that the stack has nothing for, as long as they have nothing to prune.
  - Fails for nothing that a phase would fail for; it names the phase, and that says why.
  - Runs on the controller. If the task's connection is not local, what is missing is asked from
    there, and the phases of all that the stack could have are named.
version_added: 0.1.0
author:
  - the slipway.stack authors (@slipway)
options:
  stack:
    description: The fact C(slipway_stack) that M(slipway.stack.resolve) sets.
    type: dict
    required: true
  secret_values:
    description: As for M(slipway.stack.apply).
    type: dict
    default: {}
  baseline:
    description: As for M(slipway.stack.migration_gate).
    type: list
    elements: str
    default: []
  rerun:
    description: As for M(slipway.stack.migration_gate).
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    support: full
    description: Does the same in check mode.
  diff_mode:
    support: none
    description: Nothing is changed.
extends_documentation_fragment:
  - slipway.stack.connection
seealso:
  - module: slipway.stack.resolve
"""

EXAMPLES = r"""
- name: Look what is to be done
  slipway.stack.survey:
    stack: "{{ slipway_stack }}"
    secret_values: "{{ infra_secret_values }}"

- name: Roll out its workloads
  ansible.builtin.import_role:
    name: slipway.stack.workloads
    tasks_from: phase
  when: "'workloads' in slipway_pending"
"""

RETURN = r"""
msg:
  description: What is to be done and why, in one line; or all that is missing, a line each.
  type: str
  returned: always
  sample: "to do from workloads on: Deployment shop/users differs"
missing:
  description: What is missing, a sentence each. See M(slipway.stack.preflight).
  type: list
  elements: str
  returned: unless the cluster could not be asked
  sample: []
pending:
  description:
    - The phases with something to do, in the order of C(infra), C(migrations), C(workloads),
      C(contract) (migrations after the roll-out), C(ingress), C(record) (the release).
  type: list
  elements: str
  returned: success
  sample: [workloads, contract, ingress, record]
ansible_facts:
  description: The same for later tasks.
  type: dict
  returned: success
  contains:
    slipway_pending:
      description: See RV(pending).
      type: list
      elements: str
    slipway_markers:
      description: See M(slipway.stack.migration_gate). Absent where the gate was not asked.
      type: dict
"""
