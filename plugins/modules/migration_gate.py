#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and the module side of migration_gate; the core is module_utils/migrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_gate
short_description: Run a schema migration exactly once, and let nothing start before it
version_added: 0.1.0
description:
  - Runs each migration as a Job, once for its content and its database, whoever deploys and
    however often a deployer dies.
  - A migration is identified by its phase, its database and that database's incarnation, its image,
    command, args, environment and mounted configuration, and the names of its Secrets. Secret
    values, resources and timeouts do not count, so that a rotated password runs nothing.
  - A passed run is recorded in an immutable ConfigMap, the marker. New pods refer to its key
    V(passed) and cannot start without it. A failed run is recorded too, without that key, so
    that the old version keeps serving. The redacted end of the log is kept in a Secret beside it.
  - At most one Job runs on a database at a time. Its name is the mutex, a Lease guards the
    decision; a Lease is taken over only after it stayed unchanged for 30 seconds. This holds
    within one namespace of one cluster, or between several that name one in
    O(migrations[].database.namespace); between clusters only the database's own lock helps.
  - If the deployer dies, the Job goes on, and the next run follows it from the first line of its
    log, or records what became of it.
  - Nothing is tried again unasked. The next run after a failure is the next attempt.
author:
  - the slipway.stack authors (@slipway-stack)
extends_documentation_fragment:
  - slipway.stack.connection
attributes:
  check_mode:
    support: full
    description: Creates nothing; tells which migrations would run, and why.
  diff_mode:
    support: partial
    description: In check mode, the identity of what would run beside that of the last passed run.
options:
  namespace:
    description:
      - Namespace of the Jobs, Leases and records, and of the pods that refer to the markers. The
        context's own if not given.
    type: str
  migrations:
    description:
      - What is to have run. Databases are migrated side by side, those of one database in order.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the migration; the marker is named after it.
        type: str
        required: true
      phase:
        description: V(pre) runs before the new version starts, V(post) after the old one is gone.
        type: str
        choices: [pre, post]
        default: pre
      database:
        description: Which database. Needs O(migrations[].database.claims) or
          O(migrations[].database.incarnation).
        type: dict
        required: true
        suboptions:
          id:
            description: Name of the database, the same for everybody who migrates it.
            type: str
            required: true
          claims:
            description: PersistentVolumeClaims that hold the data. If they are made anew, the
              database is migrated again.
            type: list
            elements: str
            default: []
          incarnation:
            description: For a database outside the cluster, a word that changes when the database
              is made anew.
            type: str
            default: ""
          namespace:
            description:
              - For a database that several namespaces migrate, the one in which they meet. Jobs,
                Lease and records of the database are there, and so must be what its Jobs refer to
                (Secrets, ConfigMaps, ServiceAccounts, claims). All must name the same
                O(migrations[].database.id) and namespace, and give their migrations names of
                their own; runs of one name count as releases of each other.
              - The marker is copied to O(namespace), whose pods refer to it.
            type: str
            default: ""
      backward_compatible:
        description: Whether the release before this one works with the migrated schema. With
          V(false) an older release is refused from then on.
        type: str
        choices: ["true", "false", "unknown"]
        default: unknown
      once_per:
        description: V(content) runs it for each content once; V(database) once for the life of the
          database, whatever its image and arguments are by then (a seed).
        type: str
        choices: [content, database]
        default: content
      helpers:
        description: Names of containers that only wait for something or look at the result; they
          do not count for the identity.
        type: list
        elements: str
        default: []
      fixed_tags:
        description: Whether the tags of its images are made of their content, so that they never
          move and need no warning.
        type: bool
        default: false
      job:
        description:
          - The Job, with exactly one container. Name, labels, C(backoffLimit), C(restartPolicy),
            C(podFailurePolicy) and the like are set by this module.
          - C(activeDeadlineSeconds), after which the cluster ends the Job, is kept if given, else
            ten times O(migrations[].timeout).
        type: dict
        required: true
      timeout:
        description: How many seconds this deployer follows the Job. After that the Job goes on,
          the task fails with outcome V(in_progress), and the next run follows it.
        type: int
        default: 600
  state:
    description:
      - V(present) sees to it that every migration has run; V(query) only tells which marker
        exists or would be needed.
      - V(history) tells every run that is recorded in the namespace, and in those where the
        databases of O(migrations) meet, which may be left out.
      - V(unlocked) gives up the Leases of the databases of O(migrations) in the name of O(holder).
      - V(absent) deletes records, logs and finished Jobs of O(migrations), so that they may run
        again. New pods that refer to their markers do not start.
    type: str
    choices: [present, query, history, unlocked, absent]
    default: present
  phase:
    description:
      - Which of the O(migrations) run now. V(post) is for after the roll-out; it is refused while
        one of phase V(pre) on its database has not passed, and waits for pods of older releases.
      - A run of phase V(post) that has become due and did not pass is noted, and another release
        is refused on that database until it has.
    type: str
    choices: [pre, post, all]
    default: all
  holder:
    description:
      - Who holds the Lease, as seen, for O(state=unlocked) and O(state=absent); nobody if not
        given. If another one holds it by now, nothing is done.
    type: str
  baseline:
    description:
      - Names of migrations that are recorded without being run, because the database has been
        migrated before, by hand or from elsewhere.
      - Counts only while no run of that name is recorded; later releases run as usual.
    type: list
    elements: str
    default: []
  rerun:
    description:
      - Names of migrations that may run on a database outside the cluster of which nothing is
        recorded in this namespace. Without it they are refused, since a new namespace on an old
        database would run all its history again.
      - The name of one of phase V(post) that another release left undone lets this release begin;
        its own one makes up for it.
    type: list
    elements: str
    default: []
  lock_wait:
    description: How many seconds to wait for other deployers and their Jobs on the database.
    type: int
    default: 600
seealso:
  - module: slipway.stack.health_wait
"""

EXAMPLES = r"""
- name: Migrate the users' database
  slipway.stack.migration_gate:
    namespace: shop
    migrations:
      - name: migrate_users
        database:
          id: shop/users-db
          claims: [data-users-db-0]
        job:
          apiVersion: batch/v1
          kind: Job
          spec:
            template:
              spec:
                containers:
                  - name: migrate
                    image: ghcr.io/acme/shop@sha256:9e2c...
                    args: [migrate, users]
                    env:
                      - name: DATABASE_URL
                        valueFrom:
                          secretKeyRef: {name: users-db, key: url}

- name: Start the new version, which waits for the marker
  slipway.stack.apply:
    objects: "{{ query('ansible.builtin.template', 'users.yaml.j2') | map('from_yaml') }}"
    # in users.yaml.j2:
    #   env:
    #     - name: MIGRATION_GATE
    #       valueFrom:
    #         configMapKeyRef:
    #           name: "{{ '{{' }} slipway_markers.migrate_users {{ '}}' }}"
    #           key: passed

- name: Ask which migrations have run
  slipway.stack.migration_gate:
    namespace: shop
    migrations: "{{ shop_migrations }}"
    state: query
  register: asked
"""

RETURN = r"""
migrations:
  description: One entry for each migration, in the order given.
  type: list
  elements: dict
  returned: with O(state=present) and O(state=query)
  contains:
    name:
      description: Name as given.
      type: str
    changed:
      description: Whether a Job ran (or, in check mode, would run) for this deployer.
      type: bool
    outcome:
      description: V(passed), V(skipped) (had run already), V(attached) (another deployer's Job was
        followed or recorded), V(baselined), V(in_progress), V(failed), V(not_run) (an earlier
        one of the same database failed), V(later) (of the other phase) or V(would_run).
      type: str
    class:
      description: Why it did not pass. C(app_exit), C(oom), C(interrupted), C(deadline),
        C(unverified), C(image_pull), C(config), C(no_pod), C(unschedulable), C(in_progress),
        C(locked), C(lock_lost), C(backwards), C(unrecorded), C(owed), C(refused), C(no_answer) or
        C(not_run); empty if it passed.
      type: str
    sentence:
      description: The same for people.
      type: str
    run_id:
      description: SHA-256 of the identity; empty if the database does not exist yet.
      type: str
    identity:
      description: V(strong), or V(weak) if an image is named by its tag only.
      type: str
    sequence:
      description: Place among the runs on this database; 0 without a record.
      type: int
    attempt:
      description: Which attempt at this run it was; 0 without a record.
      type: int
    job:
      description: Name of the Job.
      type: str
    pod:
      description: Name of its pod.
      type: str
    node:
      description: Node on which it ran.
      type: str
    exit_code:
      description: Exit code of the container; null if none ended.
      type: int
    database:
      description: Id of the database.
      type: str
    incarnation:
      description: UIDs of its claims, or the word given.
      type: str
    waited_for_lock_s:
      description: Seconds spent waiting for other deployers.
      type: float
    duration_s:
      description: Seconds the Job took.
      type: float
    log_tail:
      description: End of the log as far as this deployer saw it, secret values starred.
      type: str
    marker:
      description: ConfigMap that new pods refer to.
      type: str
    post_owed:
      description: Whether a run of phase V(post) is due on this database.
      type: bool
history:
  description: Every recorded run, the oldest first.
  type: list
  elements: dict
  returned: with O(state=history)
  contains:
    migration:
      description: Its name, as Kubernetes takes it.
      type: str
    database:
      description: Id of the database.
      type: str
    phase:
      description: V(pre) or V(post).
      type: str
    sequence:
      description: Place among the runs on this database.
      type: int
    attempt:
      description: Which attempt at this run it was.
      type: int
    outcome:
      description: V(passed), V(baseline), or C(failed) with the class.
      type: str
    sentence:
      description: The same for people.
      type: str
    started:
      description: When its Job started, by the cluster's clock.
      type: str
    ended:
      description: When it ended.
      type: str
    seconds:
      description: How long the Job took.
      type: float
    by:
      description: Who created the Job, as user, machine and process.
      type: str
    run_id:
      description: SHA-256 of the identity.
      type: str
    record:
      description: ConfigMap that tells all of it; a Secret of that name and C(-log) has the log.
      type: str
markers:
  description: Marker of each migration by its name; an empty string if it cannot be known yet.
  type: dict
  returned: with O(state=present) and O(state=query)
  sample: {"migrate_users": "mg-migrate-users-3f1c0a9b8d7e"}
ansible_facts:
  description: C(slipway_markers), the same dictionary.
  type: dict
  returned: with O(state=present) and O(state=query)
  contains:
    slipway_markers:
      description: See RV(markers).
      type: dict
      returned: with O(state=present) and O(state=query)
msg:
  description: What came of it; on failure why, with the last lines of the log.
  type: str
  returned: always
  sample: "3 migrations: 1 passed, 2 skipped"
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import MIGRATION_GATE
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(**MIGRATION_GATE, supports_check_mode=True)
    try:
        result = front.run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    (module.fail_json if result["failed"] else module.exit_json)(**result)


if __name__ == "__main__":
    main()
