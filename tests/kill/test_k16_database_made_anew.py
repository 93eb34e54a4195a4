# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K16: the database's claim is made anew: the data is gone, so it is migrated again."""

from __future__ import annotations

from tests.kill.town import counting

SCRIPT = counting(0)


def claim(database) -> str:
    name = f"data-{database.secret}"
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Mi"}},
        "storageClassName": "",
    }
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}}
    database.town.create("persistentvolumeclaims", body | {"spec": spec})
    return name


def deploy(database, name: str) -> dict:
    known = {"id": database.id, "claims": [name], "incarnation": ""}
    return database.deploy(SCRIPT, database=known).only()


def test_a_new_claim_is_a_new_database(database, eventually):
    name = claim(database)
    first, again = deploy(database, name), deploy(database, name)

    database.town.delete("persistentvolumeclaims", name)
    eventually(
        lambda: (
            not [
                found
                for found in database.town.found("persistentvolumeclaims")
                if found["metadata"]["name"] == name
            ]
        )
    )
    claim(database)
    anew = deploy(database, name)

    assert [each["outcome"] for each in (first, again, anew)] == ["passed", "skipped", "passed"]
    assert (first["marker"] != anew["marker"], database.runs()) == (True, 2)
