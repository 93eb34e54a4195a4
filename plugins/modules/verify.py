#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and the module side of verify; the core is module_utils/verify."""

from __future__ import annotations

DOCUMENTATION = r"""
module: verify
short_description: Ask a deployed stack whether it works, from outside and from inside
version_added: 0.1.0
description:
  - Sends a request through the ingress to every route, and those that the stack file names under
    C(verify), each until it is answered as expected or O(timeout) is over.
  - Asks the API server whether each account of the stack may do what its rules say.
  - With O(inside), looks at the health of all that the roles have applied, and asks for the names
    of the stack's Services from a pod, which is deleted again.
  - Asks everything at once, prints a table, and fails with all that does not hold.
author:
  - the slipway.stack authors (@slipway)
extends_documentation_fragment:
  - slipway.stack.connection
options:
  resolved:
    description: The fact C(slipway_stack) of M(slipway.stack.resolve).
    type: dict
    required: true
  inside:
    description:
      - Whether to look at health and names. The pod that asks for names runs the image of one of
        the stack's own datastores; where there is none, the answer is V(unknown).
    type: bool
    default: true
  timeout:
    description: Seconds until each answer must be right.
    type: float
    default: 60
attributes:
  check_mode:
    support: full
    description: Nothing is asked, since what would answer has not been rolled out.
  diff_mode:
    support: none
    description: Nothing is changed.
"""

EXAMPLES = r"""
- name: Resolve the stack
  slipway.stack.resolve:
    stack_file: "{{ stack_file }}"
    environment: ["{{ stack_env }}"]

- name: Ask whether it works
  slipway.stack.verify:
    resolved: "{{ slipway_stack }}"
"""

RETURN = r"""
rows:
  description: What was asked and what came of it.
  returned: always
  type: list
  elements: dict
  contains:
    what:
      description: V(health), V(names), V(rights), V(route) or V(hook).
      type: str
      sample: route
    name:
      description: Of the stack, the account, the route or the hook.
      type: str
      sample: web
    result:
      description: V(passed), V(failed), or V(unknown) where nobody may ask.
      type: str
      sample: passed
    detail:
      description: The answer in words.
      type: str
      sample: "GET http://shop.localhost:8080/healthz (asked once): 200, as expected"
    seconds:
      description: How long the answer took.
      type: float
      sample: 0.02
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import VERIFY
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.verify import front


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(**VERIFY, supports_check_mode=True)
    try:
        result = front.run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
