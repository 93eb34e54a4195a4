#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of module_utils/health, for hosts that are not the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: health_wait
short_description: Wait until Kubernetes objects are really ready, or say at once why they cannot be
description:
  - Watches the objects and what belongs to them (ReplicaSets, Pods, events, endpoints) with one
    watch per kind and namespace, and ends as soon as everything is ready.
  - Ends early when something cannot become ready without a change, such as an image that does not
    exist, a container that crashes, a missing Secret, ConfigMap or key, a full quota or a pod that
    no node takes. What may pass by itself, such as a registry that does not answer, is given time.
  - Only pods of the revision that is being rolled out are judged.
  - The failure names the most probable cause first. The live output shows every change, and at the
    end a table, the events and the last lines of each failed container and of its previous run.
    Values of Secrets that the pod refers to, and what looks like a credential, are masked.
  - An API server that does not answer for a while ends nothing. The time is not counted.
version_added: 0.1.0
author:
  - the slipway.stack authors (@slipway)
extends_documentation_fragment:
  - slipway.stack.connection
options:
  resources:
    description:
      - The objects to wait for. Each entry needs C(api_version), C(kind) and C(name).
      - C(namespace) is taken from O(namespace) where the kind is namespaced and it is missing.
      - With C(uid) and C(generation) nothing older than that is believed, and an object that
        somebody replaced is noticed. M(slipway.stack.apply) returns entries with both.
      - An object that does not exist is waited for, unless C(uid) says that it did exist.
      - A kind without a status is ready when it exists. A kind that is not known here is read by
        its conditions, and an empty status is never ready.
    type: list
    elements: dict
    required: true
  namespace:
    description:
      - The namespace of entries that name none. The context's own namespace without it.
    type: str
  timeout:
    description:
      - After how many seconds to give up on what is neither ready nor failed.
    type: float
    default: 300.0
  stable_for:
    description:
      - For how many seconds everything must have been ready before the wait ends.
    type: float
    default: 0.0
attributes:
  check_mode:
    support: full
    description: Looks once and reports, without waiting and without failing.
  diff_mode:
    support: none
    description: Nothing is changed.
"""

EXAMPLES = r"""
- name: Wait for what was applied
  slipway.stack.health_wait:
    resources: "{{ applied.resources }}"
    timeout: 600

- name: Wait for two objects by name
  slipway.stack.health_wait:
    namespace: shop
    resources:
      - api_version: apps/v1
        kind: Deployment
        name: users
      - api_version: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        name: shop

- name: Let it prove itself for ten seconds, since it has no readiness probe
  slipway.stack.health_wait:
    resources:
      - {api_version: apps/v1, kind: Deployment, namespace: shop, name: worker}
    stable_for: 10
"""

RETURN = r"""
msg:
  description: On success a count, on failure the most probable cause, what to do, and the counts.
  type: str
  returned: always
  sample: >-
    Deployment shop/api cannot become ready: container api of pod api-7c5d4-x2x8k: image
    "registry/api:9" does not exist: not found. Correct the image's name and tag, or push it to the
    registry. After 22 s: 1 failed, 3 ready.
ready:
  description: The objects that are ready, each with api_version, kind, namespace and name.
  type: list
  elements: dict
  returned: always
failures:
  description: The objects that cannot become ready without a change.
  type: list
  elements: dict
  returned: always
pending:
  description: The objects that were neither ready nor failed when the wait ended.
  type: list
  elements: dict
  returned: always
resources:
  description: One entry for each object, in the order of the option.
  type: list
  elements: dict
  returned: always
  contains:
    api_version: {description: As given., type: str}
    kind: {description: As given., type: str}
    namespace: {description: Empty for cluster-scoped kinds., type: str}
    name: {description: As given., type: str}
    status:
      description:
        - One of ready, progressing, failed, suspended, terminating, missing and unknown.
      type: str
    reason: {description: One word in CamelCase., type: str, sample: ImageNotFound}
    message: {description: One sentence., type: str}
    since: {description: Since when it has had this status., type: str}
    seconds_to_ready:
      description: Seconds from the first look until it was ready; null if it is not.
      type: float
    evidence:
      description: What it was read from, each with source and text.
      type: list
      elements: dict
    warnings:
      description: What is worth knowing although it is ready.
      type: list
      elements: str
    events:
      description:
        - For what failed, its last events, each with about, reason, message, count and last.
      type: list
      elements: dict
    logs:
      description:
        - For what failed, the last lines of its containers, each with pod, container, previous
          (whether it is the run before this one) and text.
      type: list
      elements: dict
timeline:
  description: Every change of a verdict, each with at, the object, status, reason and message.
  type: list
  elements: dict
  returned: always
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import HEALTH_WAIT
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.health import wait


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(supports_check_mode=True, **HEALTH_WAIT)
    try:
        result = wait.run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    (module.fail_json if result["failed"] else module.exit_json)(**result)


if __name__ == "__main__":
    main()
