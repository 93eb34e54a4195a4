# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop's rules that need no process: environment, faults, bodies, tokens, SQL files."""

from __future__ import annotations

import pytest
from shop import auth, body, config, faults, migrate, web

COMPLETE = {
    "DATABASE_URL": "postgresql://shop:hidden-pw@db:5432/users",
    "JWT_SECRET": "hidden-jwt-secret",
    "ADMIN_USERNAME": "admin",
    "ADMIN_PASSWORD": "hidden-admin",
}

REFUSED = {
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
    "no scheme": ({"DATABASE_URL": "hidden-pw@db"}, "DATABASE_URL is not a PostgreSQL URL"),
    "other scheme": ({"DATABASE_URL": "mysql://u:hidden-pw@h/d"}, "not a PostgreSQL URL"),
    "bad port": ({"DATABASE_URL": "postgresql://u:hidden-pw@h:x/d"}, "not a PostgreSQL URL"),
    "no host": ({"DATABASE_URL": "postgresql:///d?password=hidden-pw"}, "with a host"),
    "no JWT secret": ({"JWT_SECRET": ""}, "JWT_SECRET is missing"),
    "short JWT secret": ({"JWT_SECRET": "hidden-jwt"}, "JWT_SECRET has 10 characters"),
    "no admin": ({"ADMIN_USERNAME": ""}, "ADMIN_USERNAME is missing"),
    "short admin password": ({"ADMIN_PASSWORD": "hidden"}, "ADMIN_PASSWORD has 6 characters"),
    "port in words": ({"PORT": "eighty"}, "PORT is 'eighty'"),
    "port too high": ({"PORT": "65536"}, "PORT is '65536'"),
    "no boolean": ({"MIGRATE_ON_START": "yes"}, "MIGRATE_ON_START is 'yes'"),
    "misspelt fault": ({"FAULT_HNAG": "true"}, "did you mean FAULT_HANG?"),
    "unknown fault": ({"FAULT_XYZ": "1"}, "known: FAULT_CRASH_AT_START, "),
    "fault in words": ({"FAULT_SLOW_START_S": "long"}, "FAULT_SLOW_START_S is 'long'"),
    "negative fault": ({"FAULT_SLOW_START_S": "-1"}, "not negative"),
    "infinite fault": ({"FAULT_SLOW_START_S": "inf"}, "give a number"),
    "half a statement": ({"FAULT_MIGRATION_FAIL_AT": "1.5"}, "give a whole number"),
    "fault neither on nor off": ({"FAULT_HANG": "1"}, "give true or false"),
}


@pytest.mark.parametrize(("change", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_bad_environment_is_refused_by_name(change: dict[str, str], expected: str) -> None:
    with pytest.raises(config.ConfigError, match=r"^users: ") as refusal:
        config.read("users", "serve", COMPLETE | change)
    assert expected in str(refusal.value)
    assert "hidden" not in str(refusal.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(config.ConfigError) as refusal:
        config.read("users", "serve", {"FAULT_X": "1"})
    told = str(refusal.value)
    assert [line.split()[1] for line in told.splitlines()] == ["FAULT_X", *config.NEEDS["users"]]


def test_the_environment_becomes_values_and_shows_no_secret() -> None:
    settings = config.read("users", "serve", COMPLETE | {"MIGRATE_ON_START": "true"})
    assert (settings.port, settings.migrate_on_start) == (3001, True)
    assert settings.jwt_secret == "hidden-jwt-secret"
    assert "hidden" not in repr(settings)


def test_a_migration_needs_only_the_database() -> None:
    settings = config.read("users", "migrate", {"DATABASE_URL": COMPLETE["DATABASE_URL"]})
    assert settings.jwt_secret == ""


def test_a_service_url_loses_its_last_slash() -> None:
    environ = dict.fromkeys(config.NEEDS["gateway"], "http://there:1/")
    assert config.read("gateway", "serve", environ).order_service_url == "http://there:1"


def test_every_fault_can_be_switched_on() -> None:
    values = {"bool": "true", "int": "2", "float": "0.5"}
    environ = {name: values[str(field.type)] for name, field in faults.NAMES.items()}
    assert faults.problems(environ) == []
    read, off = faults.read(environ), faults.Faults()
    assert [name for name in read.__slots__ if getattr(read, name) == getattr(off, name)] == []


RULES: dict[str, body.Rule] = {"name": body.Text(1, 5), "count": body.Whole(1, 3)}
BODIES = {
    "good": ({"name": "Tea", "count": 3}, []),
    "no object": (["Tea"], ["the body must be an object with name, count"]),
    "missing": ({"name": "Tea"}, ["count is missing: a whole number from 1 to 3"]),
    "too long": ({"name": "Coffee", "count": 1}, ["name must be printable text of 1 to 5"]),
    "NUL": ({"name": "T\0", "count": 1}, ["name must be"]),
    "lone surrogate": ({"name": "\ud800", "count": 1}, ["name must be"]),
    "a boolean is no number": ({"name": "Tea", "count": True}, ["count must be"]),
    "a fraction is not whole": ({"name": "Tea", "count": 1.0}, ["count must be"]),
    "both": ({"name": 1, "count": 4}, ["name must be", "count must be"]),
    "misspelt": ({"name": "Tea", "count": 1, "coumt": 1}, ["'coumt' is unknown; known: count"]),
}


@pytest.mark.parametrize(("value", "expected"), BODIES.values(), ids=BODIES)
def test_bodies_are_checked_field_by_field(value: object, expected: list[str]) -> None:
    found = body.problems(value, RULES)
    assert len(found) == len(expected)
    for problem, start in zip(found, expected, strict=True):
        assert problem.startswith(start)


def test_a_token_speaks_for_its_user_and_only_with_the_right_secret() -> None:
    alice = auth.User(7, "alice", False)
    token = auth.issue_token(alice, "secret-of-sixteen")
    assert auth.read_token(token, "secret-of-sixteen") == alice
    with pytest.raises(auth.jwt.InvalidTokenError):
        auth.read_token(token, "another-of-sixteen")


def test_an_unsigned_token_is_refused() -> None:
    claims = {"sub": "1", "username": "eve", "is_admin": True, "exp": 2**33}
    unsigned = auth.jwt.encode(claims, "", algorithm="none")
    with pytest.raises(auth.jwt.InvalidTokenError):
        auth.read_token(unsigned, "secret-of-sixteen")


def test_an_old_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = auth.time.time() - auth.TOKEN_LIFETIME_S - 1
    monkeypatch.setattr(auth.time, "time", lambda: long_ago)
    token = auth.issue_token(auth.User(7, "alice", False), "secret-of-sixteen")
    monkeypatch.undo()
    with pytest.raises(auth.jwt.ExpiredSignatureError):
        auth.read_token(token, "secret-of-sixteen")


IDS = {"word": ("abc-1.2_Z", True), "empty": ("", False), "newline": ("a\nb", False)}
IDS |= {"too long": ("a" * 65, False), "spaces": ("a b", False)}


@pytest.mark.parametrize(("offered", "taken"), IDS.values(), ids=IDS)
def test_a_request_id_is_taken_only_if_it_is_a_plain_word(offered: str, taken: bool) -> None:
    used = web.usable_id(offered)
    assert (used == offered) is taken
    assert 0 < len(used) <= 64


FILES = {
    "two": ("A;\nB;\n", ("A", "B")),
    "over lines": ("A (\n  b\n);\n", ("A (\n  b\n)",)),
    "comment": ("-- why;\nA;\n  -- more;\nB;", ("A", "B")),
    "semicolon inside": ("INSERT 'a;b';\nB;", ("INSERT 'a;b'", "B")),
    "no semicolon at the end": ("A;\nB", ("A", "B")),
    "empty": ("-- nothing\n", ()),
}


@pytest.mark.parametrize(("text", "statements"), FILES.values(), ids=FILES)
def test_sql_files_are_split_into_statements(text: str, statements: tuple[str, ...]) -> None:
    assert migrate.split(text) == statements


@pytest.mark.parametrize("service", ["users", "products", "orders"])
def test_migrations_are_numbered_and_have_several_statements(service: str) -> None:
    names = [migration.name for migration in migrate.load(service)]
    assert [name[:5] for name in names] == [f"{n:04}_" for n in range(1, len(names) + 1)]
    assert all(len(migration.statements) > 1 for migration in migrate.load(service))
