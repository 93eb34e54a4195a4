# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diffs and results: complete, in order, without noise and without secret values."""

from __future__ import annotations

import base64
import copy
import json

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import result
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.diff import diff, differs
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import Action, Item
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import Stale
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import Refusal
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import ref
from hypothesis import given
from hypothesis import strategies as st


def config(name="c", **data):
    meta = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def live(obj, fields=None, **meta):
    entry = {
        "manager": "slipway",
        "operation": "Apply",
        "apiVersion": "v1",
        "time": "t1",
        "fieldsV1": fields or {},
    }
    noise = {"uid": "u1", "generation": 4, "resourceVersion": "9", "creationTimestamp": "t0"}
    meta = {**obj["metadata"], **noise, "managedFields": [entry], **meta}
    return {**copy.deepcopy(obj), "metadata": meta, "status": {"phase": "Active"}}


NO_DIFFERENCE = {
    "the same": live(config(a="1")),
    "version": live(config(a="1"), resourceVersion="10", generation=5),
    "status": {**live(config(a="1")), "status": {"phase": "Terminating"}},
}


@pytest.mark.parametrize("after", NO_DIFFERENCE.values(), ids=NO_DIFFERENCE)
def test_noise_is_no_difference(after):
    assert not differs(live(config(a="1")), after)


def test_values_labels_and_ownership_are_differences():
    before = live(config(a="1"))
    assert differs(before, live(config(a="2")))
    assert differs(before, live(config(a="1"), labels={"x": "y"}))
    assert differs(before, live(config(a="1"), fields={"f:data": {}}))


def test_diff_shows_what_a_person_can_change():
    shown = diff(live(config(a="1")), live(config(a="2")))
    assert shown == {
        "before_header": "ConfigMap shop/c",
        "after_header": "ConfigMap shop/c",
        "before": "apiVersion: v1\ndata:\n  a: '1'\nkind: ConfigMap\n"
        "metadata:\n  name: c\n  namespace: shop\n",
        "after": "apiVersion: v1\ndata:\n  a: '2'\nkind: ConfigMap\n"
        "metadata:\n  name: c\n  namespace: shop\n",
    }


def test_diff_of_creation_and_deletion():
    assert diff(None, config())["before"] == ""
    assert diff(config(), None)["after"] == ""


@given(st.dictionaries(st.sampled_from("abc"), st.text("ghijkl/&", min_size=8), min_size=1))
def test_no_diff_or_result_holds_a_secret_value(texts):
    data = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
    before = {**config("s"), "kind": "Secret", "data": data}
    after = {**before, "data": {**data, "z": "bmV3cGFzcw=="}}
    item = Item(before, after, live(before), Action.CONFIGURED, live(after))
    shown = json.dumps(result.applied([item], []))
    for value in [*texts.values(), *data.values(), "newpass", "bmV3cGFzcw=="]:
        assert value not in shown


CREATED = Item(config("new"), config("new"), None, Action.CREATED, live(config("new")))
LIVE = live(config("same"))
SAME = Item(config("same"), config("same"), LIVE, Action.UNCHANGED, LIVE)
DEFERRED = Item(config("later"), config("later"), None, Action.CREATED)


def test_result_has_one_entry_per_object_in_order():
    told = result.applied([SAME, CREATED, DEFERRED], [])
    assert [(one["name"], one["action"]) for one in told["resources"]] == [
        ("same", "unchanged"),
        ("new", "created"),
        ("later", "created"),
    ]
    assert told["changed"] is True
    assert told["msg"] == "3 objects: 2 created, 1 unchanged"
    assert len(told["diff"]) == 2


def test_nothing_changed():
    told = result.applied([SAME], [])
    assert (told["changed"], told["diff"], told["msg"]) == (False, [], "1 object: 1 unchanged")


def test_unchanged_object_has_the_identity_of_the_live_one():
    (entry,) = result.applied([SAME], [])["resources"]
    assert (entry["uid"], entry["generation"]) == ("u1", 4)


REFUSAL = Refusal(config("bad"), ApiError(422, "Invalid", "no", {}))


def test_refusal_before_the_first_write():
    told = result.refused([CREATED, REFUSAL], [])
    assert told["failed"] is True
    assert told["changed"] is False
    assert [one["action"] for one in told["resources"]] == ["skipped", "refused"]
    assert told["msg"] == (
        "Nothing was changed: 1 of 2 objects refused.\n"
        "ConfigMap shop/bad: no (422 Invalid). Correct the object."
    )


def test_refusal_after_a_write_tells_what_was_written():
    told = result.refused([CREATED, REFUSAL, DEFERRED], [0])
    assert told["changed"] is True
    assert [one["action"] for one in told["resources"]] == ["created", "refused", "skipped"]
    assert told["msg"].startswith("1 object: 1 created: 1 of 3 objects refused.")


def test_pruned():
    gone = Stale(ref(config("old")), live(config("old")), "")
    kept = Stale(ref(config("used")), live(config("used")), "a live object refers to it")
    told = result.pruned([gone], [kept])
    assert told["changed"] is True
    assert [(one["name"], one["action"]) for one in told["resources"]] == [
        ("old", "deleted"),
        ("used", "kept"),
    ]
    assert [one["name"] for one in told["stale"]] == ["used"]
    assert told["msg"] == "1 deleted, 1 kept"
