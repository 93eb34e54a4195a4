# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References: plain, secret and composed values, escapes, and that expansion ends."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import (
    Catalog,
    SecretKey,
    Thing,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.references import expand
from hypothesis import given
from hypothesis import strategies as st

THINGS: Catalog = {
    "api": Thing("workload", ("workloads", "api"), {"url": "http://api:80", "host": "api"}),
    "db": Thing(
        "postgres",
        ("datastores", "db"),
        {"url": SecretKey("db", "url"), "password": SecretKey("db", "password"), "host": "db"},
    ),
    "stack": Thing("stack", (), {"name": "demo"}),
}

PLAIN = [
    ("", ""),
    ("plain", "plain"),
    ("costs 5$", "costs 5$"),
    ("$HOME", "$HOME"),
    ("${api.url}", "http://api:80"),
    ("${api.url}/v1?from=${stack.name}", "http://api:80/v1?from=demo"),
    ("$${api.url}", "${api.url}"),
    ("$${${api.host}}", "${api}"),
    ("{{ api.url }}", "{{ api.url }}"),
]


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_plain_values(text: str, value: str) -> None:
    expanded = expand(text, THINGS)
    assert (expanded.text, expanded.secret, expanded.problems) == (value, None, ())


def test_a_value_that_is_one_secret_is_its_key() -> None:
    expanded = expand("${db.url}", THINGS)
    assert expanded.secret == SecretKey("db", "url")
    assert expanded.text is None


RECIPES = [
    ("${db.url}?sslmode=disable", "${key:db/url}?sslmode=disable"),
    ("${db.password}${db.password}", "${key:db/password}${key:db/password}"),
    ("Bearer ${db.password}", "Bearer ${key:db/password}"),
    (
        "postgresql://u:${db.password}@${db.host}/x",
        "postgresql://u:${urlencode:db/password}@db/x",
    ),
    ("${api.url}/?t=${db.password}", "http://api:80/?t=${urlencode:db/password}"),
]


@pytest.mark.parametrize(("text", "recipe"), RECIPES)
def test_a_secret_within_text_is_composed(text: str, recipe: str) -> None:
    expanded = expand(text, THINGS)
    assert (expanded.recipe, expanded.secret, expanded.text) == (recipe, None, None)


def test_things_are_counted_for_the_graph() -> None:
    expanded = expand("${api.url} ${db.url}", THINGS)
    assert [thing.path for thing in expanded.things] == [("workloads", "api"), ("datastores", "db")]


@given(st.text(st.sampled_from("${}.abdipu lrst$")))
def test_expansion_ends_and_takes_every_text(text: str) -> None:
    expanded = expand(text, THINGS)
    if "${" not in text:
        assert expanded.text == text


@given(st.text())
def test_an_escaped_text_comes_back(text: str) -> None:
    assert expand(text.replace("${", "$${"), THINGS).problems == () or "$${" in text
