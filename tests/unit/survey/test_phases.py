# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the first phase with a reason on everything is to be done, and the first reason is told."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import Action, Item
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import Stale
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import Refusal
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import ref
from ansible_collections.slipway.stack.plugins.plugin_utils.survey import phases

API = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "namespace": "shop"},
}
SPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
HELD = [ref(API)]


def item(action, live=API, obj=API):
    return Item(obj, obj, live, action)


@pytest.mark.parametrize(
    ("reasons", "todo"),
    [
        ({}, []),
        ({"record": "r"}, ["record"]),
        ({"ingress": "i", "contract": "c"}, ["contract", "ingress", "record"]),
        ({"workloads": "w"}, ["workloads", "contract", "ingress", "record"]),
        ({"infra": "i"}, list(phases.PHASES)),
    ],
)
def test_what_stands_on_a_phase_is_done_with_it(reasons, todo):
    assert phases.pending(reasons) == todo


WANTED = {"infra": [SPACE], "workloads": [API], "ingress": []}


@pytest.mark.parametrize(
    ("held", "migrations", "bare"),
    [
        ({}, [], {"migrations", "contract", "ingress"}),
        ({"ingress": []}, ["pre"], {"contract", "ingress"}),
        ({"ingress": HELD}, ["pre", "post"], set()),  # its route is to be pruned
        (None, ["post"], set()),  # nobody knows what is to be pruned
        (None, [], {"migrations", "contract"}),
    ],
)
def test_a_phase_that_there_is_nothing_for_is_left_out(held, migrations, bare):
    assert phases.bare(WANTED, held, migrations) == bare
    left = [one for one in phases.PHASES if one not in bare]
    assert phases.pending({"infra": "i"}, bare) == left


def test_the_line_names_the_first_reason_or_what_was_seen():
    reasons = {"ingress": "route", "infra": "Service shop/db does not exist"}
    told = phases.summary(reasons, 3, 1)
    assert told == "to do from infra on: Service shop/db does not exist"
    seen = phases.summary({}, 1, 2)
    assert seen == "nothing to do: 1 object as wanted and ready, 2 migrations passed"
    assert phases.summary({}, 45, 0) == "nothing to do: 45 objects as wanted and ready"


@pytest.mark.parametrize(
    ("outcome", "held", "said"),
    [
        (item(Action.UNCHANGED), HELD, ""),
        (item(Action.CONFIGURED), HELD, "Deployment shop/api differs"),
        (item(Action.CREATED, live=None), HELD, "Deployment shop/api does not exist"),
        (Refusal(API, KubeError("no value")), HELD, "Deployment shop/api would be refused"),
        (item(Action.UNCHANGED), [], "Deployment shop/api is not remembered"),
        (item(Action.SKIPPED, obj=SPACE), [], ""),  # somebody else's: never remembered
    ],
)
def test_an_object_that_is_not_certainly_as_wanted_is_named(outcome, held, said):
    assert phases.unlike([outcome], held) == said


def test_an_object_in_another_version_of_its_group_is_the_remembered_one():
    older = HELD[0].__class__("apps/v1beta1", "Deployment", "shop", "api")
    assert phases.unlike([item(Action.UNCHANGED)], [older]) == ""


def test_what_would_be_pruned_is_to_be_done_and_what_stays_is_not():
    assert phases.unwanted([Stale(HELD[0], API, "it holds data")]) == ""
    assert (
        phases.unwanted([Stale(HELD[0], API, "")]) == "Deployment shop/api is not wanted any more"
    )


def test_each_phase_of_migrations_is_told_by_its_own_name():
    phase_of = {"a": "pre", "b": "post", "c": "pre"}
    outcomes = {"a": "skipped", "b": "would_run", "c": "failed"}
    told = phases.unpassed([{"name": n, "outcome": o} for n, o in outcomes.items()], phase_of)
    assert told == {
        "contract": "migration b has not passed",
        "migrations": "migration c has not passed",
    }
