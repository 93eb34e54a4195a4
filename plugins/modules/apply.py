#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies objects; the core is module_utils/kube/apply."""

from __future__ import annotations

DOCUMENTATION = r"""
module: apply
short_description: Apply, prune or take down the Kubernetes objects of a stack
version_added: 0.1.0
description:
  - Applies objects on the server, all of one level at once, with the field manager C(slipway) and
    strict field validation. Namespaces and CustomResourceDefinitions come first, then what
    workloads need, Services, workloads, and last routes and disruption budgets.
  - Before the first write every object is rehearsed by a dry run. If the API server refuses one,
    nothing is changed, and the result names every refusal.
  - Remembers what each role of each stack has applied, so that O(state=pruned) can delete what is
    not wanted any more, and nothing else.
  - Fills the placeholders of Secrets in memory. Secret values appear in no result, diff or log.
  - C(spec.replicas) changes owner before it is left out, so that the number of pods is kept when an
    autoscaler takes it over; it is taken back when an autoscaler was the last to write it. What a
    person scaled is a conflict.
options:
  objects:
    description:
      - The objects, as dictionaries.
      - With O(state=pruned) all objects that the role wants now.
      - C(stringData) of a Secret may hold the placeholders C(${generate:32}) (random characters,
        made once and kept for ever), C(${given:group.key}) (from O(secret_values)),
        C(${key:other}) and C(${urlencode:other}) (another key of the same Secret, or as
        C(secret/other) of another one in the namespace).
      - A Secret with the annotation C(slipway.dev/claim) gets no generated value while the
        PersistentVolumeClaim of that name exists, since the data in it know an older password.
      - The annotation C(slipway.dev/secrets) of a pod template may hold
        C(${hmac:keeper/key:secret/key,other/key}). It becomes an HMAC over the values of those keys
        with the key that the Secret C(keeper) has, so that pods are made anew when one changes.
      - A Namespace that exists and was not made by this module is left alone.
    type: list
    elements: dict
    default: []
  namespace:
    description:
      - Namespace of the objects that name none, and of the ConfigMap with the applied set.
      - The context's namespace where it is not given.
    type: str
  stack:
    description:
      - Name of the stack. With O(role) it says under which name the applied set is kept;
        without both none is kept, and nothing can be pruned.
    type: str
  role:
    description: Name of the part of the stack whose objects these are.
    type: str
  state:
    description:
      - V(applied) creates and configures the objects.
      - V(pruned) deletes what the role applied earlier and O(objects) does not have. It never
        deletes objects of other stacks, the StatefulSets of datastores (label
        C(slipway.dev/datastore)), Secrets, PersistentVolumeClaims, Namespaces,
        CustomResourceDefinitions, and ConfigMaps that a live object refers to.
      - V(absent) deletes what the role applied and waits for its end. Secrets, claims and the
        Namespace stay unless O(data=true).
    type: str
    choices: [applied, pruned, absent]
    default: applied
  data:
    description:
      - With O(state=absent), also delete the stack's Secrets, PersistentVolumeClaims and
        migration records, and the Namespace if the role made it and no other stack lives in it.
      - Refused while another role of the stack still has objects; take those down first.
    type: bool
    default: false
  force_conflicts:
    description: Take over fields that another field manager has set to another value.
    type: bool
    default: false
  secret_values:
    description: Group to key to value, for the placeholders C(${given:group.key}).
    type: dict
    default: {}
  beforehand:
    description:
      - Objects that an earlier task applies, such as the Secrets that pods use.
      - In check mode they are taken for applied, so that what follows from them is predicted;
        otherwise they are ignored.
    type: list
    elements: dict
    default: []
extends_documentation_fragment:
  - slipway.stack.connection
seealso:
  - module: slipway.stack.health_wait
author:
  - the slipway.stack authors (@slipway)
"""

EXAMPLES = r"""
- name: Apply the objects of a role
  slipway.stack.apply:
    stack: shop
    role: workloads
    namespace: shop
    objects: "{{ workloads_objects }}"
  register: workloads_applied

- name: Wait until they are ready
  slipway.stack.health_wait:
    resources: "{{ workloads_applied.resources }}"

- name: Delete what this role does not want any more
  slipway.stack.apply:
    stack: shop
    role: workloads
    namespace: shop
    objects: "{{ workloads_objects }}"
    state: pruned

- name: A password that is made once
  slipway.stack.apply:
    namespace: shop
    objects:
      - apiVersion: v1
        kind: Secret
        metadata:
          name: users-db
          annotations:
            slipway.dev/claim: data-users-db-0
        stringData:
          username: users
          password: ${generate:32}
          url: postgresql://users:${urlencode:password}@users-db:5432/users

- name: Take the role down, keep its data
  slipway.stack.apply:
    stack: shop
    role: workloads
    namespace: shop
    state: absent
"""

RETURN = r"""
msg:
  description:
    - What happened, in one line; after a refusal one more line for each refused object.
  type: str
  returned: always
  sample: "12 objects: 3 created, 1 configured, 8 unchanged"
resources:
  description:
    - With O(state=applied), the objects in the order of O(objects). C(action) is V(created),
      V(configured), V(unchanged), V(skipped) or V(refused). C(uid) is empty and C(generation) 0
      where the object does not exist yet.
    - Otherwise the objects of the set that are not wanted; C(action) is V(deleted) or V(kept),
      C(reason) says why it was kept.
  type: list
  elements: dict
  returned: unless the cluster could not be asked
  sample:
    - api_version: apps/v1
      kind: Deployment
      namespace: shop
      name: users
      uid: 0b6a7c8e-8f0a-4a53-9d4b-54b6a8f3c9de
      generation: 1
      action: created
stale:
  description:
    - With O(state=applied), what O(state=pruned) would delete.
    - Otherwise what stays in the set although it is not wanted.
  type: list
  elements: dict
  returned: unless the cluster could not be asked
  sample:
    - {api_version: v1, kind: Service, namespace: shop, name: reports}
restarts:
  description:
    - Deployments, StatefulSets and DaemonSets whose pods are replaced, since their template
      differs; C(because) says in what. Values of Secrets are not told.
  type: list
  elements: dict
  returned: unless the cluster could not be asked
  sample:
    - api_version: apps/v1
      kind: Deployment
      namespace: shop
      name: users
      because: ["spec.containers.users.image: acme/users:1.0 → acme/users:1.1"]
errors:
  description: The refused objects, each with the server's reason and the fields in conflict.
  type: list
  elements: dict
  returned: unless the cluster could not be asked
  sample:
    - api_version: apps/v1
      kind: Deployment
      namespace: shop
      name: users
      status: 409
      reason: Conflict
      message: "Deployment shop/users: another manager set .spec.replicas (by kubectl). ..."
      conflicts:
        - {field: .spec.replicas, manager: kubectl}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import APPLY
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.run import run


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(**APPLY, supports_check_mode=True)
    try:
        result = run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    (module.fail_json if result.get("failed") else module.exit_json)(**result)


if __name__ == "__main__":
    main()
