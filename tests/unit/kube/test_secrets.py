# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placeholders of Secrets: what is made, taken, composed and kept."""

from __future__ import annotations

import base64
import random

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.secrets import (
    ALPHABET,
    SecretError,
    fill,
    references,
)
from hypothesis import given
from hypothesis import strategies as st


def secret(**texts):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "users-db", "namespace": "shop"},
        "stringData": texts,
    }


def b64(text):
    return base64.b64encode(text.encode()).decode()


def live(**texts):
    return {"data": {key: b64(text) for key, text in texts.items()}}


def values(filled):
    data = filled.secret.get("data", {})
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def a(_alphabet):
    return "a"


CASES = {
    "literal": (secret(user="users"), None, {}, {"user": "users"}, ()),
    "generated": (secret(p="${generate:4}"), None, {}, {"p": "aaaa"}, ("p",)),
    "generated inside a text": (secret(p="x-${generate:2}"), None, {}, {"p": "x-aa"}, ("p",)),
    "kept": (secret(p="${generate:4}"), live(p="old"), {}, {"p": "old"}, ()),
    "a new key beside a kept one": (
        secret(p="${generate:4}", q="${generate:1}"),
        live(p="old"),
        {},
        {"p": "old", "q": "a"},
        ("q",),
    ),
    "given": (secret(k="${given:auth.key}"), None, {"auth": {"key": "v"}}, {"k": "v"}, ()),
    "given replaces the live value": (
        secret(k="${given:auth.key}"),
        live(k="old"),
        {"auth": {"key": "new"}},
        {"k": "new"},
        (),
    ),
    "a given value is not read as a placeholder": (
        secret(k="${given:auth.key}"),
        None,
        {"auth": {"key": "${generate:3}"}},
        {"k": "${generate:3}"},
        (),
    ),
    "composed, whatever the order": (
        secret(url="pg://${key:user}:${urlencode:p}@h", user="users", p="${given:db.p}"),
        None,
        {"db": {"p": "a/b&c"}},
        {"url": "pg://users:a%2Fb%26c@h", "user": "users", "p": "a/b&c"},
        (),
    ),
    "composed of a kept value": (
        secret(url="x:${key:p}", p="${generate:4}"),
        live(p="old"),
        {},
        {"url": "x:old", "p": "old"},
        (),
    ),
    "composed of a live key that is not rendered": (
        secret(url="x:${key:token}"),
        live(token="t"),
        {},
        {"url": "x:t"},
        (),
    ),
    "anything else is literal": (
        secret(a="${users_db.url}", b="$${key:x", c="${KEY}"),
        None,
        {},
        {"a": "${users_db.url}", "b": "$${key:x", "c": "${KEY}"},
        (),
    ),
}


@pytest.mark.parametrize(
    ("rendered", "present", "handed", "wanted", "new"), CASES.values(), ids=CASES
)
def test_fill(rendered, present, handed, wanted, new):
    filled = fill(rendered, present, handed, a)
    assert values(filled) == wanted
    assert filled.generated == frozenset(new)
    assert "stringData" not in filled.secret


def test_base64_data_stay_and_the_source_is_not_touched():
    rendered = {**secret(a="1"), "data": {"b": b64("2")}}
    filled = fill(rendered, None, {}, a)
    assert values(filled) == {"a": "1", "b": "2"}
    assert rendered["stringData"] == {"a": "1"}


def test_a_secret_without_keys_gets_no_data():
    assert "data" not in fill(secret(), None, {}, a).secret


COMPLAINTS = {
    "missing values are all named": (
        secret(k="${given:auth.kay}", z="${given:pay.z}", y="${key:nope}"),
        {"auth": {"key": "v"}},
        'it needs values that nobody gave: secret_values.auth.kay Did you mean "auth.key"?, '
        "secret_values.pay.z, key nope (a key refers to it)",
    ),
    "circle": (
        secret(a="${key:b}", b="${urlencode:a}"),
        {},
        "the keys refer to each other: a → b → a",
    ),
    "length": (secret(a="${generate:long}"), {}, "a asks for long characters, not a number"),
    "number": (secret(a=5432), {}, "stringData.a is not a string. Quote it."),
}


@pytest.mark.parametrize(("rendered", "handed", "sentence"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_complaints(rendered, handed, sentence):
    with pytest.raises(SecretError) as caught:
        fill(rendered, None, handed, a)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", [5, "not base64!"])
def test_data_that_are_not_base64_are_refused_without_quoting_them(value):
    with pytest.raises(SecretError) as caught:
        fill({**secret(), "data": {"a": value}}, None, {}, a)
    assert str(caught.value) == "data.a is not base64. Put plain text into stringData."


def test_composed_of_other_secrets():
    rendered = secret(url="pg://${key:db/user}:${urlencode:db/password}@h/${key:own}", own="x")
    filled = fill(rendered, None, {}, a, {"db": live(user="u", password="a/b")})
    assert values(filled) == {"url": "pg://u:a%2Fb@h/x", "own": "x"}
    assert references(rendered) == {"db"}
    assert references(secret(a="${given:x/y}", b="${key:own}", c="plain/x")) == set()


@pytest.mark.parametrize("others", [{}, {"db": {}}, {"db": live(user="u")}])
def test_missing_key_of_another_secret_is_named(others):
    with pytest.raises(SecretError, match="key password of Secret db"):
        fill(secret(p="${key:db/password}"), None, {}, a, others)


texts = st.text(alphabet=ALPHABET + "/&%:", min_size=1, max_size=20)
keys = st.sampled_from("abcd")


@given(st.dictionaries(keys, texts), st.lists(keys, unique=True, min_size=1), st.integers())
def test_a_generated_key_is_never_changed_again(present, rendered, seed):
    wanted = secret(**dict.fromkeys(rendered, "${generate:12}"))
    filled = fill(wanted, live(**present), {}, random.Random(seed).choice)
    for key, value in values(filled).items():
        assert value == present.get(key, value)
    assert filled.generated == set(rendered) - set(present)
    again = fill(wanted, filled.secret, {}, random.Random(seed + 1).choice)
    assert again.secret == filled.secret
    assert again.generated == frozenset()
