#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and the module side of release; the core is module_utils/releases."""

from __future__ import annotations

DOCUMENTATION = r"""
module: release
short_description: Record what is deployed, tell it, and give back an older release
version_added: 0.1.0
description:
  - Keeps one immutable ConfigMap per release of a stack in its namespace - when it was deployed, by
    whom, with which images, and the resolved stack itself. Secrets are placeholders in it.
  - To go back is to deploy the resolved stack of an older release again, which is what
    C(playbooks/rollback.yml) does. Workloads and routes go back; data and schema never do.
author:
  - the slipway.stack authors (@slipway)
extends_documentation_fragment:
  - slipway.stack.connection
options:
  namespace:
    description: Where the stack is deployed.
    type: str
    required: true
  stack:
    description: The name of the stack.
    type: str
    required: true
  state:
    description:
      - V(recorded) records O(resolved) as the newest release, unless it is the newest already.
      - V(listed) tells all releases.
      - V(restored) gives the resolved stack of an older release as the fact C(slipway_stack), for
        the roles to deploy. It changes nothing itself.
    type: str
    choices: [recorded, listed, restored]
    default: listed
  resolved:
    description: The fact C(slipway_stack) of M(slipway.stack.resolve). Needed to record.
    type: dict
  number:
    description:
      - Which release to restore; by default the one before the one that is deployed. Going back
        again goes back further.
      - With O(state=recorded), the release that this one brings back.
    type: int
    default: 0
  keep:
    description: How many releases to keep; older records are deleted.
    type: int
    default: 10
attributes:
  check_mode:
    support: full
    description: Nothing is recorded.
  diff_mode:
    support: none
    description: A record is new or not.
"""

EXAMPLES = r"""
- name: Resolve the stack
  slipway.stack.resolve:
    stack_file: "{{ stack_file }}"
    environment: ["{{ stack_env }}"]

- name: Record what is deployed
  slipway.stack.release:
    namespace: "{{ slipway_stack.namespace }}"
    stack: "{{ slipway_stack.name }}"
    state: recorded
    resolved: "{{ slipway_stack }}"

- name: Tell all releases
  slipway.stack.release:
    namespace: shop
    stack: shop

- name: Work on the release before the one that is deployed
  slipway.stack.release:
    namespace: shop
    stack: shop
    state: restored
"""

RETURN = r"""
release:
  description: The release that was recorded or restored.
  returned: when O(state=recorded) or O(state=restored)
  type: dict
  contains:
    number:
      description: Its number, from 1.
      type: int
      sample: 3
    at:
      description: When it was recorded, in UTC.
      type: str
      sample: "2026-11-22T04:12:01+00:00"
    by:
      description: Who deployed it, and from which machine.
      type: str
      sample: ci@runner-7
    content:
      description: SHA-256 of the resolved stack.
      type: str
    images:
      description: The image of each workload.
      type: dict
      sample: {api: "ghcr.io/acme/shop:2026.11.3"}
    brings_back:
      description: The release that it repeats, or V(0).
      type: int
      sample: 0
releases:
  description: All releases, oldest first, each like RV(release).
  returned: when O(state=listed)
  type: list
  elements: dict
ansible_facts:
  description: C(slipway_stack), the resolved stack of the older release.
  returned: when O(state=restored)
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import RELEASE
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.releases import front


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(**RELEASE, supports_check_mode=True)
    try:
        result = front.run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
