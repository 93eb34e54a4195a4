# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which case applies to which machine, and what is said where none does."""

from __future__ import annotations

import itertools

import pytest

from cluster.decide import Answer, Engine, Facts, NodeImage, Plan, Refusal, decide

NONE, FORBIDDEN, RUNNING = Answer.NONE, Answer.FORBIDDEN, Answer.RUNNING

PLANS = {
    "a laptop with Docker": (Facts(RUNNING, True, False, False), Engine.USER, NodeImage.PULLED),
    "Debian with Docker": (Facts(RUNNING, True, True, True), Engine.USER, NodeImage.PULLED),
    "Docker without a registry": (Facts(RUNNING, False, True, True), Engine.USER, NodeImage.BUILT),
    "a fresh Debian": (Facts(NONE, False, True, True), Engine.OWN, NodeImage.BUILT),
}

REFUSALS = {
    "Debian, not root": (Facts(NONE, False, True, False), "you are not root", "docker.io"),
    "not Debian": (Facts(NONE, False, False, True), "it is not Debian", "get-docker"),
    "not in the group": (Facts(FORBIDDEN, False, True, False), "refuses you", "usermod -aG docker"),
    "no registry, not Debian": (
        Facts(RUNNING, False, False, True),
        "cannot pull the node image",
        "docker pull kindest/node",
    ),
    "no registry, not root": (
        Facts(RUNNING, False, True, False),
        "cannot pull the node image",
        "as root on Debian",
    ),
}


@pytest.mark.parametrize("case", PLANS)
def test_plan(case):
    facts, engine, node_image = PLANS[case]
    plan = decide(facts)
    assert plan == Plan(engine, node_image)
    assert plan.why


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal_names_reason_cure_and_all_cases(case):
    facts, reason, cure = REFUSALS[case]
    refusal = decide(facts)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.message
    assert cure in refusal.message
    assert "{image}" not in refusal.message
    for number in (1, 2, 3):
        assert f"\n  {number}. " in refusal.message


def test_every_combination_is_decided():
    booleans = (False, True)
    for facts in itertools.starmap(Facts, itertools.product(Answer, booleans, booleans, booleans)):
        decision = decide(facts)
        assert isinstance(decision, Plan | Refusal)
        needs_rights = isinstance(decision, Plan) and decision.node_image is NodeImage.BUILT
        assert not needs_rights or (facts.debian and facts.root)
