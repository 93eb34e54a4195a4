# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL that prepares a PostgreSQL: role, database, extensions, schemas. Safe to run again.

Names come from the stack file, whose schema lets nothing through that SQL would misread; they are
quoted all the same. Passwords come from the environment of psql and never into a log.
"""

from __future__ import annotations

from typing import Any

QUIET = """\
-- Made from the stack file. It runs on an empty volume and whenever it has changed.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
"""
ROLE = """
\\set password `printf %s "$PASSWORD_OF_{variable}"`
SELECT 'CREATE ROLE "{role}"' WHERE NOT EXISTS
  (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec
ALTER ROLE "{role}" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE {replication}
  PASSWORD :'password';
"""
DATABASE = """
SELECT 'CREATE DATABASE "{database}" OWNER "{user}"' WHERE NOT EXISTS
  (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
ALTER DATABASE "{database}" OWNER TO "{user}";
\\connect "{database}"
"""
EXTENSION = 'CREATE EXTENSION IF NOT EXISTS "{name}";\n'
SCHEMA = """\
CREATE SCHEMA IF NOT EXISTS "{name}" AUTHORIZATION "{user}";
ALTER SCHEMA "{name}" OWNER TO "{user}";
"""
MEMBER = 'GRANT "{group}" TO "{role}";\n'
_ACCESS = {
    "none": (),
    "read": ("pg_read_all_data",),
    "write": ("pg_read_all_data", "pg_write_all_data"),
}


def script(store: dict[str, Any]) -> str:
    """Return the script of a datastore."""
    user, roles = store["user"], store["roles"]
    others = {role: said for role, said in roles.items() if role != user}
    parts = [
        QUIET,
        _role(user, roles.get(user, {})),
        *(_role(role, said) for role, said in others.items()),
        DATABASE.format(database=store["database"], user=user),
        *statements(store),
    ]
    return "".join(parts)


def statements(store: dict[str, Any]) -> list[str]:
    """Return what is made inside the database."""
    user = store["user"]
    return [
        *(EXTENSION.format(name=name) for name in store["extensions"]),
        *(SCHEMA.format(name=name, user=user) for name in store["schemas"]),
        *(
            MEMBER.format(group=group, role=role)
            for role, said in store["roles"].items()
            for group in _ACCESS[said["access"]]
        ),
    ]


def groups(access: str) -> tuple[str, ...]:
    """Return the built-in roles that give an access to all data."""
    return _ACCESS[access]


def _role(role: str, said: dict[str, Any]) -> str:
    replication = "REPLICATION" if said.get("replication") else "NOREPLICATION"
    return ROLE.format(role=role, variable=role.upper(), replication=replication)
