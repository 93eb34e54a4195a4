# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not be shown: known values are mask.py's, shapes are these."""

from __future__ import annotations

import re
import string
import sys

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube import shapes
from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import STARS
from ansible_collections.slipway.stack.plugins.module_utils.kube.shapes import redact_shapes
from hypothesis import given, settings
from hypothesis import strategies as st

HIDDEN = {
    "password in a URL": (
        "postgres://users:s3cret@users-db:5432/x",
        "postgres://users:********@users-db:5432/x",
    ),
    "assignment": ("DB_PASSWORD=abc123 next", "DB_PASSWORD=******** next"),
    "JSON": ('{"api_key": "abc def", "n": 1}', '{"api_key": ********, "n": 1}'),
    "header": ("Authorization: Bearer abc.def-ghi123", "Authorization: Bearer ********"),
    "JSON Web Token": ("got eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln in", "got ******** in"),
    "GitHub token": ("ghp_0123456789abcdefghij", "********"),
    "AWS key": ("id AKIAABCDEFGHIJKLMNOP", "id ********"),
    "private key": (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----********-----END RSA PRIVATE KEY-----",
    ),
}
SHOWN = (
    'password authentication failed for user "users"',
    "GET http://users:3001/healthz 200",
    'Secret "users-db" does not exist',
    "invalid token",
)


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden(name):
    text, want = HIDDEN[name]
    assert redact_shapes(text) == want


@pytest.mark.parametrize("text", SHOWN)
def test_shown(text):
    assert redact_shapes(text) == text


NAMES = "password passwd passphrase pwd secret token api_key api-key apikey access_key access-key"
MORE_NAMES = "accesskey private_key private-key privatekey credential"
PREFIXES = "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xoxa- xoxb- xoxp- xoxs- sk_live_ sk-"


@pytest.mark.parametrize("name", f"{NAMES} {MORE_NAMES}".split())
def test_every_name_hides_its_value(name):
    assert redact_shapes(f"{name}=abc12") == f"{name}={STARS}"


@pytest.mark.parametrize("prefix", PREFIXES.split())
def test_every_prefix_hides_itself(prefix):
    assert redact_shapes(f"a {prefix}0123456789") == f"a {STARS}"


@pytest.mark.parametrize("text", ["bearer 01234567", "basic 01234567"])
def test_every_scheme_hides_its_token(text):
    assert redact_shapes(text) == f"{text.split()[0]} {STARS}"


def test_every_kind_of_aws_key_is_hidden():
    assert redact_shapes(f"AKIA{'A' * 16} ASIA{'A' * 16}") == f"{STARS} {STARS}"


def by_all_patterns(text: str) -> str:
    for pattern in dict.fromkeys(pattern for _clue, pattern in shapes._CLUES):
        text = pattern.sub(rf"\g<keep>{STARS}", text)
    return text


FRAGMENTS = (
    *(clue for clue, _pattern in shapes._CLUES),
    *("passw", "ord", "d", "key", "https", "@", ":", "=", '"', " ", "-", ".", "\u017f", "\u212a"),
    *("\u0130", "\u0131", "\u00df", "AKIA" + "A" * 16, "x" * 10, "eyJ" + "a" * 9, "\n"),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12), st.booleans())
def test_clues_leave_nothing_to_the_patterns(fragments, upper):
    text = "".join(fragments)
    text = text.upper() if upper else text
    assert redact_shapes(text) == by_all_patterns(text)


@pytest.mark.parametrize("name", HIDDEN)
def test_every_shape_has_its_clue_in_any_case(name):
    text = HIDDEN[name][0]
    for each in (text, text.upper(), text.lower(), f"ä {text}"):
        assert redact_shapes(each) == by_all_patterns(each)


def test_letters_are_small_as_the_patterns_compare_them():
    letters = "".join({letter for clue, _pattern in shapes._CLUES for letter in clue})
    all_there_are = "".join(map(chr, range(sys.maxunicode + 1)))
    alike = re.findall(f"[{re.escape(letters)}]", all_there_are, re.IGNORECASE)
    assert len(alike) > 2 * len(set(letters) & set(string.ascii_letters))
    for each in alike:
        assert re.fullmatch(re.escape(shapes._small(each)), each, re.IGNORECASE)
        assert shapes._small(each) in letters


def test_a_long_word_is_read_once():
    word = "a-b." * 50_000
    assert redact_shapes(f"{word}://token {word}") == f"{word}://token {word}"
