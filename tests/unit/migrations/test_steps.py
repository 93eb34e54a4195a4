# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps: what follows from what is seen, as a table."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs, records, steps
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import (
    Class,
    Verdict,
)

from tests.unit.migrations import made

OURS = made.run(made.job(args=["ours"]))
OLDER = made.run(made.job(args=["older"]))
OTHER_APP = made.run(made.job(args=["other"]), name="migrate-orders")
PASSED = Verdict(Class.NONE, "passed", 0)
FAILED = Verdict(Class.APP_EXIT, "failed", 1)


def live(run: jobs.Run, sequence: int, **status) -> dict:
    job = jobs.manifest(made.job(), run, sequence, "shop", 60)
    job["metadata"]["uid"] = f"uid-{sequence}"
    return job | {"status": status}


def over(run: jobs.Run, sequence: int, kind: str = "Complete") -> dict:
    return live(run, sequence, conditions=[{"type": kind, "status": "True"}])


def record(run: jobs.Run, sequence: int, verdict: Verdict = PASSED) -> records.Record:
    return records.parse(records.written(over(run, sequence), [], verdict, 1, records.Log()))


def recorded(job: dict) -> dict:
    job["metadata"]["annotations"]["slipway.dev/record"] = "mg-x"
    return job


CASES = {
    "nothing there": ([], [], steps.Create(1, 1)),
    "passed before": ([record(OURS, 3)], [], steps.Done(record(OURS, 3))),
    "failed before we began": ([record(OURS, 3, FAILED)], [], steps.Create(4, 2)),
    "another release passed before": ([record(OLDER, 3)], [], steps.Create(4, 1)),
    "our Job runs": ([], [live(OURS, 1)], steps.Follow(live(OURS, 1))),
    "another release's Job runs": ([], [live(OLDER, 1)], steps.Wait(live(OLDER, 1))),
    "our Job is over": ([], [over(OURS, 1)], steps.Settle(over(OURS, 1))),
    "another's Job is over": (
        [],
        [over(OLDER, 1, "Failed")],
        steps.Settle(over(OLDER, 1, "Failed")),
    ),
    "a recorded Job is no matter any more": (
        [record(OLDER, 1)],
        [recorded(over(OLDER, 1))],
        steps.Create(2, 1),
    ),
    "a slot counts though its Job has no record": (
        [],
        [recorded(over(OLDER, 7))],
        steps.Create(8, 1),
    ),
    "a Job that is ending is not over": (
        [],
        [live(OURS, 1, conditions=[{"type": "FailureTarget", "status": "True"}])],
        steps.Follow(live(OURS, 1, conditions=[{"type": "FailureTarget", "status": "True"}])),
    ),
    "the oldest unrecorded Job comes first": (
        [],
        [live(OURS, 2), over(OLDER, 1)],
        steps.Settle(over(OLDER, 1)),
    ),
}


@pytest.mark.parametrize(("known", "found", "expected"), CASES.values(), ids=CASES)
def test_step(known, found, expected):
    scene = steps.Scene(tuple(known), tuple(found))
    assert steps.step(scene, OURS, steps.started(scene)) == expected


def test_a_failure_since_we_began_is_the_answer():
    start = steps.started(steps.Scene((record(OURS, 1, FAILED),)))
    scene = steps.Scene((record(OURS, 1, FAILED), record(OURS, 2, FAILED)))
    assert steps.step(scene, OURS, start) == steps.Done(record(OURS, 2, FAILED))


def test_another_release_that_passed_while_we_waited_is_not_overrun():
    start = steps.started(steps.Scene(()))
    step = steps.step(steps.Scene((record(OLDER, 1),)), OURS, start)
    assert isinstance(step, steps.Refuse)
    assert "another release of migrate-users passed" in step.sentence


def test_another_app_that_passed_while_we_waited_is_no_matter():
    start = steps.started(steps.Scene(()))
    assert steps.step(steps.Scene((record(OTHER_APP, 1),)), OURS, start) == steps.Create(2, 1)


@pytest.mark.parametrize(
    ("later", "refused"),
    [
        ({"phase": "post"}, True),
        ({"backward_compatible": "false"}, True),
        ({"backward_compatible": "true"}, False),
        ({"backward_compatible": "unknown"}, False),
        ({"phase": "post", "incarnation": "another"}, False),
    ],
    ids=str,
)
def test_an_older_release_is_refused_below_the_contract_floor(later, refused):
    newer = made.run(made.job(args=["newer"]), **later)
    scene = steps.Scene((record(OURS, 1), record(newer, 2)))
    step = steps.step(scene, OURS, steps.started(scene))
    assert isinstance(step, steps.Refuse) is refused


def test_the_newest_release_stands_on_its_own_contract():
    newer = made.run(made.job(args=["newer"]), backward_compatible="false")
    scene = steps.Scene((record(OURS, 1), record(newer, 2)))
    assert isinstance(steps.step(scene, newer, steps.started(scene)), steps.Done)
