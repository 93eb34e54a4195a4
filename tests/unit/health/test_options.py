# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may differ from wait to wait: rules, shares, deadlines, what is left out."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.health.assess import read
from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied
from ansible_collections.slipway.stack.plugins.module_utils.health.options import (
    read_options,
    without_ignored,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.partial import enough, share
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.health.rules import (
    pick,
    sentence,
    user_rules,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.health.wait import End
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

from tests.unit.health.scripted import Run, change, deployment

THING = {
    "apiVersion": "example.com/v1",
    "kind": "Thing",
    "metadata": {"name": "x", "generation": 2},
    "spec": {"size": 3},
    "status": {
        "phase": "Ready",
        "live": True,
        "size": 3,
        "conditions": [{"type": "Synced", "status": "True"}, {"type": "Full", "status": "False"}],
    },
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("status.phase = Ready", True),
        ("status.phase=Ready", True),
        ('status.phase == "Ready"', True),
        ("status.phase != Ready", False),
        ("status.live = true", True),
        ("status.live", True),
        ("status.conditions[type=Synced].status = True", True),
        ("status.conditions[type=Full].status = True", False),
        ("status.conditions[type=Gone].status = True", False),
        ("status.size >= spec.size", True),
        ("status.size > spec.size", False),
        ("status.missing >= 1", False),
        ("status.missing", False),
    ],
)
def test_a_sentence(text, holds):
    assert sentence(text, "rules[0]").holds(THING) is holds


@pytest.mark.parametrize("text", ["", "Ready", "phase = Ready", "status.phase ~ Ready"])
def test_what_is_no_sentence_says_how_to_write_one(text):
    with pytest.raises(HealthError, match=r"rules\[0\].*such as: status.phase = Ready"):
        sentence(text, "rules[0]").holds(THING)


def test_pick_survives_odd_shapes():
    assert pick(THING, "status.phase.deeper") is None
    assert pick(THING, "status.live[type=x].y") is None


def judged(rule, obj=THING):
    rules = user_rules([{"kind": "Thing", **rule}])
    return read(obj, View(Related(), 0.0, rules=rules))


def test_a_rule_says_how_a_kind_is_when_it_is_ready():
    assert judged({"ready_when": ["status.phase = Ready"]}).status == "ready"


def test_a_rule_names_what_does_not_hold_yet():
    verdict = judged({"ready_when": ["status.phase = Ready", "status.size = 4"]})
    assert verdict.status == "progressing"
    assert verdict.message == "not yet: status.size = 4 (it is 3)"


def test_a_rule_tells_failure_and_standing_still_first():
    told = {"ready_when": ["status.phase = Ready"], "says": "status.phase"}
    bad = judged({**told, "failed_when": ["status.size = 3"]})
    asleep = judged({**told, "suspended_when": ["status.live"]})
    assert (bad.status, bad.message) == ("failed", "Ready")
    assert asleep.status == "suspended"


def test_a_rule_does_not_believe_an_older_generation():
    old = {**THING, "status": {**THING["status"], "observedGeneration": 1}}
    assert judged({"ready_when": ["status.phase = Ready"]}, old).status == "progressing"


def test_a_rule_may_be_for_one_group_only():
    rules = user_rules([{"kind": "Thing", "group": "other.io", "ready_when": ["status.x"]}])
    assert View(Related(), rules=rules).rule_of("example.com", "Thing") is None
    assert View(Related(), rules=rules).rule_of("other.io", "Thing")


def some(total, new, updated=None):
    obj = deployment()
    obj["spec"]["replicas"] = total
    updated = total if updated is None else updated
    obj["status"] |= {"replicas": total, "updatedReplicas": updated, "availableReplicas": new}
    return obj


@pytest.mark.parametrize(
    ("obj", "wanted", "status"),
    [
        (some(10, 8), "80%", "ready"),
        (some(10, 7), "80%", "progressing"),
        (some(10, 9, updated=5), "80%", "progressing"),
        (some(10, 10, updated=8), "80%", "ready"),
        (some(10, 9), "100%", "progressing"),
    ],
    ids=["enough", "too few", "old pods do not count", "enough new ones", "all"],
)
def test_a_share_of_the_pods(obj, wanted, status):
    verdict = enough(obj, read(obj, View(Related(), 0.0)), share(wanted))
    assert verdict.status == status
    assert bool(verdict.warnings) == (status == "ready")


@pytest.mark.parametrize("text", ["0%", "101%", "half", ""])
def test_what_is_no_share(text):
    with pytest.raises(HealthError, match="such as 80%"):
        share(text)


def targets(*names):
    return [Target(Ref("batch/v1", "Job", "shop", name), Applied()) for name in names]


def test_ignored_by_name_and_by_pattern():
    kept, left = without_ignored(targets("seed", "import-1", "import-2"), ["Job/import-*"])
    assert [one.ref.name for one in kept] == ["seed"]
    assert [one.name for one in left] == ["import-1", "import-2"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("Job/sed", 'Did you mean "Job/seed"'), ("seed", "not of the form Kind/name")],
)
def test_an_ignore_that_names_nothing_is_an_error(pattern, words):
    with pytest.raises(HealthError, match=words):
        without_ignored(targets("seed"), [pattern])


def test_a_kind_with_a_deadline_of_its_own_fails_at_it():
    options = read_options({"deadlines": {"Deployment": "20"}})
    run = Run({"Deployment": [deployment()]}, options=options)
    assert run.end is End.FAILED
    assert 20 <= run.seconds <= 23
    assert run.verdict.message == "not ready within its 20 s: 0/1 ready"


def test_a_longer_deadline_outlasts_the_timeout():
    options = read_options({"deadlines": {"Deployment": 100}})
    script = [(60, change("MODIFIED", deployment(ready=1)))]
    run = Run({"Deployment": [deployment()]}, script, timeout=30, options=options)
    assert run.end is End.READY


def test_enough_ends_the_wait():
    options = read_options({"partial": "50%"})
    run = Run({"Deployment": [some(2, 1)]}, options=options)
    assert run.end is End.READY
    assert run.verdict.message == "1/2 ready, which is enough"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"deadlines": {"Job": "soon"}}, "deadlines.Job: 'soon' is no number of seconds"),
        ({"on_failure": {"log_lines": -1}}, "on_failure.log_lines: -1 is less than 0"),
        ({"rules": [{"kind": "Thing"}]}, r"rules\[0\] has no ready_when"),
    ],
)
def test_an_option_that_cannot_be_meant(params, words):
    with pytest.raises(HealthError, match=words):
        read_options(params)
