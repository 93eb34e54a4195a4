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
  deadlines:
    description:
      - Seconds by kind, such as C(Job) 900. A kind that is named here fails at its own deadline and
        does not count for O(timeout), be it sooner or later.
    type: dict
    default: {}
  partial:
    description:
      - The share of the pods of a Deployment, StatefulSet or DaemonSet that must be ready, such as
        C(80%). Only pods of the new revision count.
    type: str
    default: 100%
  ignore:
    description:
      - What of O(resources) is not waited for, as C(Kind/name), where C(*) stands for any text.
      - A pattern that names nothing is an error.
    type: list
    elements: str
    default: []
  rules:
    description:
      - How custom kinds are when they are ready, for kinds that are not known here or that you know
        better.
      - A rule consists of sentences. Each is a path, such as C(status.ready), or a path, one of
        C(=), C(!=), C(>=), C(<=), C(>), C(<), and a value or another path, such as
        C(status.phase = Running) or C(status.readyReplicas >= spec.replicas).
      - An element of a list is named by one of its fields,
        as in C(status.conditions[type=Ready].status = True).
      - Whatever a rule says, nothing older than the applied generation is believed.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: The kind.
        type: str
        required: true
      group:
        description: Its API group, such as C(example.com). Any group without it.
        type: str
        default: ""
      ready_when:
        description: Sentences that must all hold.
        type: list
        elements: str
        required: true
      failed_when:
        description: Sentences of which each alone means that it cannot become ready.
        type: list
        elements: str
        default: []
      suspended_when:
        description: Sentences of which each alone means that somebody asked it to stand still.
        type: list
        elements: str
        default: []
      says:
        description: The path of what the object itself says about its state.
        type: str
        default: ""
  on_failure:
    description:
      - How much is told of each object that failed.
    type: dict
    default: {}
    suboptions:
      log_lines:
        description: Lines of the log of each failed container, and of its previous run.
        type: int
        default: 25
      events:
        description: Events about the object and what belongs to it, those of one text as one.
        type: int
        default: 8
  timeline:
    description:
      - Where to write a page that shows the roll-out, such as C(roll-out.html). It shows what used
        what, when each object became ready, and where the time went. It loads nothing and holds no
        script.
    type: path
attributes:
  async:
    support: full
    description: Runs as a module in the background then, without live lines.
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

- name: Wait for kinds of our own, for most of a big DaemonSet, and not for the nightly import
  slipway.stack.health_wait:
    resources: "{{ applied.resources }}"
    rules:
      - kind: Pipeline
        group: data.example.com
        ready_when:
          - status.phase = Running
          - status.readyWorkers >= spec.workers
        failed_when: ["status.conditions[type=Valid].status = False"]
        says: status.reason
    partial: 95%
    ignore: ["Job/import-*"]
    deadlines: {Job: 1800}
    timeline: roll-out.html
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
  description: The names of the objects that are ready.
  type: list
  elements: str
  returned: always
  sample: [StatefulSet shop/orders-db, Service shop/orders-db]
failures:
  description: The names of the objects that cannot become ready without a change.
  type: list
  elements: str
  returned: always
  sample: [Deployment shop/api]
pending:
  description: The names of the objects that were neither ready nor failed when the wait ended.
  type: list
  elements: str
  returned: always
  sample: [Service shop/api]
resources:
  description:
    - One entry for each object, in the order of the option; after a failure only for what is not
      ready, since Ansible prints all of a failed result.
    - What is empty is left out.
  type: list
  elements: dict
  returned: always
  contains:
    api_version: {description: As given., type: str}
    kind: {description: As given., type: str}
    namespace: {description: Left out for cluster-scoped kinds., type: str}
    name: {description: As given., type: str}
    status:
      description:
        - One of ready, progressing, failed, suspended, terminating, missing and unknown.
      type: str
    reason: {description: One word in CamelCase., type: str, sample: ImageNotFound}
    message: {description: One sentence., type: str}
    since: {description: Since when it has had this status., type: str}
    seconds_to_ready: {description: Seconds from the first look until it was ready., type: float}
    pods: {description: How many pods of the new revision are ready., type: str, sample: 1/2}
    uses:
      description: What it mentions or puts forward and what is not ready either.
      type: list
      elements: str
    evidence:
      description: What it was read from, each with its source.
      type: list
      elements: str
      sample: ["Pod shop/api-7c5d4-x2x8k, container api: ErrImagePull: not found"]
    warnings:
      description: What is worth knowing although it is ready.
      type: list
      elements: str
    events:
      description: For what failed, its last events, those of one text as one.
      type: list
      elements: str
      sample: ["Pod api-7c5d4-x2x8k: Failed: Error: ErrImagePull (3 times)"]
    logs:
      description:
        - For what failed, the last lines of its containers, each with pod, container, previous
          (whether it is the run before this one) and lines.
      type: list
      elements: dict
timeline:
  description:
    - Every change of a verdict, a line for each, with time, object, status, reason and message;
      after a failure only of what is not ready.
  type: list
  elements: str
  returned: always
  sample:
    - "2026-11-22T04:28:17Z Deployment shop/api progressing NotReady: 0/1 ready"
    - "2026-11-22T04:28:37Z Deployment shop/api failed CrashLoop: it exits with code 3 after 0 s"
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
