# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K8: the database cuts the connection, as when it restarts: failed, and not tried again."""

from __future__ import annotations

from tests.kill.deployer import Deployer

SCRIPT = 'echo begin; psql -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "select pg_sleep(120)"'
CUT = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like 'select pg_sleep%'
"""


def cut_off(database, eventually, *broken: str) -> Deployer:
    """Start a deployer, and end the connection of its migration."""
    deployer = database.deploy(SCRIPT, *broken)
    deployer.says("begin")
    eventually(lambda: database.sql(CUT) == "t", within_s=60, every_s=1)
    return deployer


def test_it_is_told_as_the_migrations_own_failure(database, eventually):
    entry = cut_off(database, eventually).only()

    assert (entry["outcome"], entry["class"], entry["attempt"]) == ("failed", "app_exit", 1)
    assert "terminating connection" in entry["log_tail"]
    assert (len(database.jobs()), len(database.pods())) == (1, 1)


def test_control_without_the_memory_of_its_failure_it_is_tried_again_unasked(database, eventually):
    deployer = cut_off(database, eventually, "no-memory")
    eventually(lambda: len(database.jobs()) == 2, within_s=60, every_s=1)
    deployer.kill()
