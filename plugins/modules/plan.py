#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the action plugin of the same name, which does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: plan
short_description: Write down what would be deployed, and what is wrong with it
description:
  - Resolves a stack as M(slipway.stack.resolve) does and tells every finding, one a line.
  - Writes C(objects.yaml) (everything that would be applied or run; Secrets hold placeholders),
    C(findings.json) and C(stack.html) (the stack as a picture, every value with its origin) into
    a folder of the stack.
  - Fails if a finding is an error; the files are written all the same, but for the objects.
  - Does not touch the cluster.
version_added: 0.1.0
author:
  - the slipway.stack authors (@slipway)
options:
  folder:
    description:
      - Where to write. The files are put into a folder below it, named after the stack and, if
        O(beside) has the same stack, the host. A relative path begins at the working directory.
      - Without it nothing is written.
    type: path
    default: ""
  beside:
    description:
      - Stack files of the other hosts that are planned in the same run.
    type: list
    elements: path
    default: []
attributes:
  check_mode:
    support: full
    description: Nothing is written.
  diff_mode:
    support: none
    description: What is written are reports.
extends_documentation_fragment: [slipway.stack.stack_file]
seealso:
  - module: slipway.stack.resolve
"""

EXAMPLES = r"""
- name: Write the plan of the stack
  slipway.stack.plan:
    stack_file: "{{ stack_file }}"
    environment: ["{{ stack_env }}"]
    folder: build/plan
"""

RETURN = r"""
folder:
  description: Where the files are; empty if nothing was to be written.
  returned: unless a file cannot be read or written
  type: str
  sample: /srv/shop/build/plan/shop
ansible_facts:
  description:
    - C(slipway_stack), what the roles and P(slipway.stack.render#lookup) work on. Absent if
      there are errors.
  returned: success
  type: dict
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
