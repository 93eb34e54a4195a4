# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K10: a Secret or its key is missing: preflight names it before a Job exists."""

from __future__ import annotations

import pytest

from tests.kill.town import counting

SCRIPT = counting(1)


def env(secret: str, key: str) -> list[dict]:
    source = {"secretKeyRef": {"name": secret, "key": key}}
    return [{"name": "DATABASE_URL", "valueFrom": source}]


def missing(database, what: str) -> tuple[list[dict], str]:
    if what == "secret":
        return env("nobody", "url"), "Secret nobody does not exist in namespace"
    words = f"Secret {database.secret} has no key ulr (needed by DATABASE_URL of container migrate)"
    return env(database.secret, "ulr"), words


@pytest.mark.parametrize("what", ["secret", "key"])
def test_it_is_named_and_nothing_is_made(database, what):
    variables, words = missing(database, what)
    result = database.deploy(SCRIPT, env=variables).result(within_s=45)

    assert result["migrations"][0]["class"] == "refused"
    assert words in result["msg"]
    assert ('Did you mean "url"?' in result["msg"]) is (what == "key")
    assert (database.jobs(), database.records()) == ([], {})


@pytest.mark.slow
def test_control_without_preflight_the_pod_hangs_until_it_is_given_up(database):
    variables, _words = missing(database, "key")
    entry = database.deploy(SCRIPT, "no-preflight", env=variables).only()

    assert (entry["class"], len(database.jobs())) == ("config", 1)
