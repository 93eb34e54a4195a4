# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking again: when, for how long, and what the person at the terminal reads meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.probe import check
from ansible_collections.slipway.stack.plugins.module_utils.probe.transport import (
    NoAnswer,
    Request,
)
from ansible_collections.slipway.stack.plugins.module_utils.probe.verdict import (
    Answer,
    Expected,
)

REQUEST = Request("http://shop.test/", ("127.0.0.1", 8080))
REFUSED = NoAnswer("nothing listens at 127.0.0.1:8080")
GOOD = Answer(200, "fine", (0.01,), True)
PARAMS = {
    "url": "http://shop.test/",
    "address": None,
    "method": "GET",
    "headers": {},
    "body": "",
    "status": [200],
    "contains": "",
    "timeout": 60.0,
    "stream": None,
}


@dataclass
class World:
    """A clock that only moves when something takes time, and a server with a script."""

    script: list[Answer | NoAnswer]
    takes: float = 0.0
    time: float = 1000.0
    lines: list[str] = field(default_factory=list)
    allowed: list[float] = field(default_factory=list)

    def send(self, request, *, seconds, enough):
        self.allowed.append(seconds)
        self.time += self.takes
        event = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(event, NoAnswer):
            raise event
        return event

    def sleep(self, seconds):
        self.time += seconds

    def ask(self, timeout_s=10.0, expected=None):
        return check.ask_until(
            REQUEST,
            expected or Expected(status=(200,)),
            timeout_s=timeout_s,
            report=self.lines.append,
            send=self.send,
            now=lambda: self.time,
            sleep=self.sleep,
        )


def test_a_refusal_right_after_a_rollout_is_asked_again():
    world = World([REFUSED, REFUSED, GOOD])
    outcome = world.ask()
    assert (outcome.problem, outcome.attempts, outcome.seconds) == ("", 3, 1.0)
    assert world.lines == ["nothing listens at 127.0.0.1:8080; asking again for 10 s"]


def test_it_gives_up_at_the_deadline_with_the_last_problem():
    outcome = World([REFUSED]).ask(timeout_s=3.0)
    assert outcome.problem == str(REFUSED)
    assert outcome.seconds <= 3.0
    assert outcome.attempts == 6


def test_a_new_problem_and_a_heartbeat_are_told():
    world = World([REFUSED, REFUSED, Answer(404, "", (), True)])
    world.ask(timeout_s=20.0)
    assert [line.split(";")[0] for line in world.lines] == [
        "nothing listens at 127.0.0.1:8080",
        "status 404 instead of 200 (is there a route for this host and path?)",
        "status 404 instead of 200 (is there a route for this host and path?)",
    ]


def test_a_hanging_request_does_not_eat_the_deadline():
    world = World([REFUSED, GOOD], takes=9.7)
    assert world.ask(timeout_s=12.0).problem == ""
    assert world.allowed == [check.ATTEMPT_S, pytest.approx(1.8)]


def test_a_stream_may_take_the_time_it_was_given():
    world = World([Answer(200, "", (0.1, 30.0), False)])
    world.ask(timeout_s=60.0, expected=Expected(status=(200,), min_chunks=2, within_s=40.0))
    assert world.allowed == [40.0]


def test_check_mode_sends_nothing():
    result = check.run(PARAMS, check=True, report=print)
    assert result == {"changed": False, "msg": "GET http://shop.test/ would be asked."}
