# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conformance interface, and our own cases through it: tests/conformance/cases."""

from __future__ import annotations

import json
import subprocess
import sys

from ansible_collections.slipway.stack.plugins.module_utils.health.assess import assess
from ansible_collections.slipway.stack.plugins.module_utils.health.table import CUSTOM, RULES

from tests.unit import quick_yaml
from tests.unit.together import hold

NOW = 2_000_000_000.0
EVERY_RULE = [
    *((group, kind) for group, kinds in CUSTOM.items() for kind in kinds),
    *RULES,
    ("example.com", "Thing"),
]
# These have nothing to report, whatever their status.
WITHOUT_STATUS = {
    ("batch", "CronJob"),
    ("", "Service"),
    ("argoproj.io", "CronWorkflow"),
    ("resource.k8s.io", "ResourceClaim"),
}


def manifest(row):
    api_version, kind = row["kind"].split()
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "x", "generation": row.get("generation", 1)},
        "spec": row.get("spec", {}),
        "status": row["status"],
    }


def ask(checkout, questions):
    lines = "".join(f"{json.dumps(question)}\n" for question in questions)
    done = subprocess.run(
        [sys.executable, "tests/conformance/assess.py"],
        input=lines,
        capture_output=True,
        text=True,
        cwd=checkout,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_own_cases(checkout):
    text = (checkout / "tests/conformance/cases/custom.yaml").read_text()
    rows = quick_yaml.load(text)
    questions = [{"id": number, "manifest": manifest(row)} for number, row in enumerate(rows)]
    answers = ask(checkout, questions)
    assert [answer["id"] for answer in answers] == list(range(len(rows)))
    wrong = [
        f"{row['kind']} {row['status']}: {answer['status']}, not {row['want']}"
        for row, answer in zip(rows, answers, strict=True)
        if answer["status"] != row["want"]
    ]
    assert not wrong


def test_every_question_has_an_answer(checkout):
    (odd, good) = ask(
        checkout,
        [
            {
                "id": "odd",
                "manifest": {"kind": "Pod", "apiVersion": "v1", "status": {"conditions": 3}},
            },
            {"id": "good", "manifest": {"kind": "Secret", "apiVersion": "v1"}, "related": []},
        ],
    )
    assert odd["status"] != "ready"
    assert good == {"id": "good", "status": "ready", "reason": "Exists", "message": "exists"}


def named(rules):
    return [(f"{group} {kind}".strip(), (group, kind)) for group, kind in rules]


def of_kind(rule, generation=1):
    group, kind = rule
    return {
        "apiVersion": f"{group}/v1" if group else "v1",
        "kind": kind,
        "metadata": {"name": "x", "generation": generation},
        "spec": {},
    }


def test_nothing_is_ready_before_its_controller_has_reported():
    """The law behind "fail closed", for every rule of the tables."""

    def unreported(rule):
        empty = assess(of_kind(rule), now=NOW)
        assert (empty.status == "ready") == (rule in WITHOUT_STATUS)

    hold(unreported, named(EVERY_RULE))


def test_nothing_is_ready_while_its_controller_looks_at_an_older_generation():
    conditions = [
        {"type": word, "status": "True"}
        for word in ("Ready", "Available", "Accepted", "Programmed", "Synced", "Succeeded")
    ]
    status = {"observedGeneration": 1, "phase": "Running", "conditions": conditions}

    def outdated(rule):
        obj = of_kind(rule, generation=2) | {"status": status}
        assert assess(obj, now=NOW).status == "progressing"

    hold(outdated, named(EVERY_RULE))


ODD = (3, "x", True, [1, "x"], {"x": 1}, {"conditions": 3}, [{"conditions": "x"}])
KEYS = (
    *("conditions", "phase", "state", "status", "health", "ready", "healthy", "deployments"),
    *("statuses", "ingress", "domainStatus", "scale", "conditionStatus", "compliant"),
    *("placement", "aggregatedStatus", "solrNodes", "canaryStatus", "jobStatus"),
    *("availableNodes", "v1beta2", "environments", "parents", "listeners", "ancestors"),
    *("replicas", "updatedReplicas", "desiredNumberScheduled", "currentPodHash"),
    *("applicationState", "connectionState", "cluster"),
)
SPEC_KEYS = (
    *("updateStrategy", "replicas", "strategy", "clusters", "nodeSets", "parentRefs", "paused"),
    *("mode"),
)
CUSTOM_RULES = [rule for rule in EVERY_RULE if rule[0] not in ("", "apps", "batch", "extensions")]


def test_no_odd_shape_ends_a_wait():
    """Nobody checks what a controller writes where the definition keeps unknown fields."""

    def survives(rule):
        for odd in ODD:
            shape = {"spec": dict.fromkeys(SPEC_KEYS, odd), "status": dict.fromkeys(KEYS, odd)}
            assert assess(of_kind(rule) | shape, now=NOW).status

    hold(survives, named(CUSTOM_RULES))
