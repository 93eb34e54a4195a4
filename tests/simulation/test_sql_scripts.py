# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of style sql and of the helpers, against a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import sql

NUMBERS = itertools.count(1)


def program(name: str) -> str:
    """Return a program of PostgreSQL; Debian keeps them off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    assert found, f"{name} is missing: apt-get install --no-install-recommends postgresql"
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A PostgreSQL with the user slipway; its URL without a database."""
    folder = tmp_path_factory.mktemp("pg")
    user = "nobody" if Path("/root").owner() == "root" and _root() else None
    for each in (folder, *list(folder.parents)[:2]):
        each.chmod(0o755)
    if user:
        shutil.chown(folder, user)
    password = folder / "password"
    password.write_text("right")
    password.chmod(0o644)
    made = [program("initdb"), "-D", folder / "data", "-U", "slipway", "-A", "scram-sha-256"]
    made += ["--pwfile", password, "--no-sync", "--locale=C.UTF-8"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = [program("postgres"), "-D", folder / "data", "-p", str(port), "-F"]
    run += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(run, stdout=log, stderr=log, user=user, cwd=folder)
    yield f"postgresql://slipway:right@127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def _root() -> bool:
    return subprocess.run(["id", "-u"], capture_output=True, check=True).stdout.strip() == b"0"


def script(name: str, url: str, *args: str) -> tuple[int, str]:
    """Run a script as a container does; return its exit code and all that it said."""
    text = (sql.SCRIPTS / "url.sh").read_text() + (sql.SCRIPTS / name).read_text()
    done = subprocess.run(
        ["sh", "-euc", text, name, *args],
        env={"DATABASE_URL": url, "PATH": f"{Path(program('postgres')).parent}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def url(server):
    """A new database."""
    deadline = time.monotonic() + 30
    name = f"db{next(NUMBERS)}"
    while _psql(f"{server}/postgres", f"create database {name}")[0]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return f"{server}/{name}"


def _psql(url: str, statement: str) -> tuple[int, str]:
    done = subprocess.run(
        [program("psql"), "-XAtq", url, "-c", statement],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


def write(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)
    return str(folder)


def test_files_run_once_in_order(url, tmp_path):
    folder = write(tmp_path, b0001="create table t (n int);", b0002="insert into t values (1);")
    assert script("ledger.sh", url, folder) == (0, "running b0001.sql\nrunning b0002.sql\n")
    write(tmp_path, b0003="insert into t values (2);")
    assert script("ledger.sh", url, folder) == (
        0,
        "kept b0001.sql\nkept b0002.sql\nrunning b0003.sql\n",
    )
    assert _psql(url, "select string_agg(n::text, ',') from t") == (0, "1,2")


def test_a_file_that_fails_leaves_nothing_and_runs_again(url, tmp_path):
    folder = write(tmp_path, b1="create table t (n int); selec 1;")
    code, said = script("ledger.sh", url, folder)
    assert (code != 0, "syntax error" in said) == (True, True)
    assert _psql(url, "select to_regclass('t') is null, count(*) from slipway_ledger") == (0, "t|0")
    write(tmp_path, b1="create table t (n int);")
    assert script("ledger.sh", url, folder) == (0, "running b1.sql\n")


@pytest.mark.parametrize(
    ("then", "says"),
    [
        ({"b1": "select 2;"}, "b1.sql was edited after it ran."),
        ({"b1": "select 1;", "b0": "select 0;"}, "b0.sql comes before b1.sql, which has run."),
        ({"b2": "select 2;"}, "b1.sql has run and is no longer there."),
    ],
)
def test_a_changed_past_is_refused_before_anything_runs(url, tmp_path, then, says):
    script("ledger.sh", url, write(tmp_path, b1="select 1;"))
    (tmp_path / "b1.sql").unlink()
    code, said = script("ledger.sh", url, write(tmp_path, **then, b9="create table never ();"))
    assert (code, says in said) == (3, True), said
    assert _psql(url, "select to_regclass('never') is null") == (0, "t")


def test_a_file_may_go_without_a_transaction(url, tmp_path):
    concurrently = "create index concurrently i on t (n);"
    folder = write(tmp_path, b1="create table t (n int);", b2=concurrently)
    assert script("ledger.sh", url, folder)[0] != 0
    write(tmp_path, b2=f"-- no transaction\n{concurrently}")
    assert script("ledger.sh", url, folder) == (0, "kept b1.sql\nrunning b2.sql\n")


def test_waiting_ends_when_the_database_lets_us_in(url):
    assert script("wait.sh", url) == (0, "")
    assert script("wait.sh", f"{url.replace('ql:', 'ql+asyncpg:')}?ssl=prefer") == (0, "")
    assert script("wait.sh", f"{url}?schema=public&connection_limit=5") == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("right@", "wrong@", 'password authentication failed for user "slipway"'),
        ("/db", "/no_db", "does not exist"),
        ("slipway:", "nobody:", 'password authentication failed for user "nobody"'),
    ],
)
def test_what_no_waiting_mends_is_told_at_once(url, old, new, says):
    began = time.monotonic()
    code, said = script("wait.sh", url.replace(old, new))
    assert (code, says in said, "right" in said) == (2, True, False), said
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("statement", "code", "says"),
    [
        ("", 0, ""),
        ("select 1 = 1", 0, ""),
        ("select count(*) > 0 from pg_class where false", 1, "verify says 'f', not 't'"),
        ("select n from nowhere", 1, 'relation "nowhere" does not exist'),
    ],
)
def test_verify_asks(url, statement, code, says):
    found, said = script("verify.sh", url, statement)
    assert (min(found, 1), says in said) == (code, True), said
