# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret value is left in what may be shown."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import (
    LAST_APPLIED,
    mask,
    redact,
    secret_values,
)
from hypothesis import given
from hypothesis import strategies as st

PASSWORD = "s3cr&t/pass"


def b64(text):
    return base64.b64encode(text.encode()).decode()


TEXTS = {
    "plain": (f"password={PASSWORD}", "password=********"),
    "in a URL": ("postgres://u:s3cr%26t%2Fpass@h/db", "postgres://u:********@h/db"),
    "base64": (f"data: {b64(PASSWORD)}", "data: ********"),
    "nothing to hide": ("ready", "ready"),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS)
def test_redact(text, shown):
    assert redact(text, [PASSWORD]) == shown


def test_short_values_are_words_of_the_language():
    assert redact("a true story", ["a", "tr", ""]) == "a true story"


def test_the_longer_of_two_values_goes_first():
    assert redact("hunter2000", ["hunter2", "hunter2000"]) == "********"


def test_mask_shows_keys_and_equal_hashes_for_equal_values():
    one = {"kind": "Secret", "data": {"a": b64("x"), "b": b64("y")}, "stringData": {"c": "x"}}
    data = mask(one)["data"]
    assert list(data) == ["a", "b", "c"]
    assert data["a"] == data["c"] != data["b"]
    assert "stringData" not in mask(one)


def test_mask_leaves_other_kinds_and_the_object_itself_alone():
    config = {"kind": "ConfigMap", "data": {"a": "x"}}
    assert mask(config) == config
    secret = {"kind": "Secret", "data": {"a": b64("x")}}
    mask(secret)
    assert secret["data"] == {"a": b64("x")}


def test_mask_drops_the_copy_that_kubectl_keeps_in_an_annotation():
    notes = {LAST_APPLIED: '{"data": {"a": "x"}}', "kept": "1"}
    shown = mask({"kind": "Secret", "metadata": {"name": "s", "annotations": notes}})
    assert shown["metadata"] == {"name": "s", "annotations": {"kept": "1"}}


values = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=8)


@given(st.dictionaries(st.sampled_from("abcdef"), values, min_size=1))
def test_a_masked_secret_holds_no_value(data):
    secret = {
        "kind": "Secret",
        "data": {key: b64(value) for key, value in data.items()},
        "stringData": data,
    }
    shown = json.dumps(mask(secret), ensure_ascii=False)
    for value in data.values():
        assert value not in shown
        assert b64(value) not in shown


@given(values, st.text(), st.text())
def test_a_redacted_text_does_not_hold_the_value(value, before, after):
    assert value not in redact(before + value + after, [value]).replace("*", "")


def test_secret_values_are_the_texts_of_a_secret():
    secret = {"kind": "Secret", "data": {"a": b64("x1")}, "stringData": {"b": "y1"}}
    assert secret_values(secret) == ["x1", "y1"]
    assert secret_values({"kind": "ConfigMap", "data": {"a": "x"}}) == []
