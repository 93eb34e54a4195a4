# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seam: what is missing is said where it can be known, and nowhere else."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations.seam import GAP, Seam

from tests.unit.migrations.streams import log_of, numbered, since

TEXTS = numbered(600)
LOG = log_of(TEXTS)


def test_a_stream_that_goes_on_where_the_last_one_broke_has_no_gap():
    seam = Seam()
    assert seam.take(LOG[:500]) == TEXTS[:500]
    assert seam.take(since(LOG, seam.resume())) == TEXTS[500:]


def test_a_log_that_was_rotated_in_between_may_have_a_gap():
    seam = Seam()
    seam.take(LOG[:100])
    seam.resume()
    assert seam.take(LOG[400:402]) == [GAP, *TEXTS[400:402]]
    assert seam.take(LOG[402:]) == TEXTS[402:]


def test_the_first_stream_has_no_gap_wherever_it_begins():
    seam = Seam()
    assert seam.resume() == {}
    assert seam.take(LOG[400:]) == TEXTS[400:]


def test_half_a_line_before_a_gap_is_told():
    seam = Seam()
    seam.take(LOG[:100])
    seam.broke_off(LOG[100][:-2])
    seam.resume()
    half = f"{TEXTS[100][:-2]} [the end of this line is missing]"
    assert seam.take(LOG[400:401]) == [half, GAP, TEXTS[400]]


def test_half_of_a_line_that_is_known_is_nothing_new():
    seam = Seam()
    seam.take(LOG[:100])
    seam.resume()
    seam.take(LOG[:50])
    seam.broke_off(LOG[50][:-2])
    assert seam.left() == []


def test_a_whole_line_without_a_timestamp_is_told_once():
    seam = Seam()
    assert seam.take(["half of 17"]) == ["[came without a timestamp: half of 17]"]
    seam.resume()
    assert seam.take(["half of 17", ""]) == []


@pytest.mark.parametrize(
    "words", ["failed to create fsnotify watcher: too many open files", "", "rpc error"]
)
def test_the_kubelets_own_words_at_the_end_are_no_log(words):
    seam = Seam()
    seam.broke_off(words)
    assert seam.left() == seam.end(words) == []


def test_a_last_line_may_have_no_line_break():
    assert Seam().end(LOG[0]) == TEXTS[:1]
