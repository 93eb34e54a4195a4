# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody wrote wrongly: named before a Job exists, or within 45 s where only it can tell.

A Secret or key that is missing is K10, a deployer without rights tests/integration/migrations.
"""

from __future__ import annotations

import time

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import sql

from tests.kill.town import SAFE_CONTAINER, counting, database_secret

WITHIN_S = 45
SCRIPT = counting(0)
URLS = {
    "database": ({}, '"%s" does not exist'),
    "password": ({"password": "wrong"}, "password authentication failed"),
    "host": ({"host": "nowhere.invalid"}, 'could not translate host name "nowhere.invalid"'),
}


def url_of(name: str) -> list[dict]:
    source = {"secretKeyRef": {"name": name, "key": "url"}}
    return [{"name": "DATABASE_URL", "valueFrom": source}]


def deploy(database, secret: str) -> dict:
    """Deploy as a stack file does: a container before the migration waits for the database."""
    text = "".join((sql.SCRIPTS / name).read_text() for name in ("url.sh", "wait.sh"))
    waiting = {
        "name": "wait",
        "image": "postgres:15",
        "command": ["sh", "-euc", text, "wait"],
        "env": url_of(secret),
        "securityContext": SAFE_CONTAINER,
    }
    options = {"env": url_of(secret), "sidecars": [waiting], "helpers": ["wait"]}
    return database.deploy(SCRIPT, **options).result()


@pytest.mark.parametrize("what", URLS)
def test_a_wrong_url_is_told_in_the_words_of_postgresql(database, what, record_property):
    changes, words = URLS[what]
    wrong = f"{database.name}_{what}"
    database.town.create("secrets", database_secret(wrong, **changes))

    began = time.monotonic()
    result = deploy(database, wrong.replace("_", "-"))
    record_property("seconds", round(time.monotonic() - began, 1))

    assert time.monotonic() - began < WITHIN_S
    assert result["migrations"][0]["class"] == "app_exit"
    assert "container wait ended with exit code 2" in result["msg"]
    assert words.replace("%s", wrong) in result["msg"]
    assert database.started() == 0


def test_control_the_right_url_passes(database):
    assert deploy(database, database.secret)["migrations"][0]["outcome"] == "passed"


def test_an_image_without_the_command(database):
    began = time.monotonic()
    entry = database.deploy(SCRIPT, command=["alembic", "upgrade"]).only()

    assert time.monotonic() - began < WITHIN_S
    assert (entry["outcome"], entry["class"]) == ("failed", "config")
    assert "container migrate could not be started" in entry["sentence"]
    assert '"alembic": executable file not found' in entry["sentence"]


def test_an_account_that_does_not_exist_is_named_and_nothing_is_made(database):
    result = database.deploy(SCRIPT, account="nobody").result()

    assert result["migrations"][0]["class"] == "refused"
    assert "ServiceAccount nobody does not exist in namespace" in result["msg"]
    assert (database.jobs(), database.records()) == ([], {})
