# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K16: the database's claim is made anew: the data is gone, so it is migrated again."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import identity

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
    return database.run(SCRIPT, database=known)


def renew_claim(database, name: str, eventually) -> None:
    """Delete the claim, and with it the data, and make it anew."""
    database.town.delete("persistentvolumeclaims", name)
    found, kind = database.town.found, "persistentvolumeclaims"
    eventually(lambda: name not in [each["metadata"]["name"] for each in found(kind)])
    claim(database)


def test_a_new_claim_is_a_new_database(database, eventually):
    name = claim(database)
    first, again = deploy(database, name), deploy(database, name)
    renew_claim(database, name, eventually)
    anew = deploy(database, name)

    assert [each["outcome"] for each in (first, again, anew)] == ["passed", "skipped", "passed"]
    assert (first["marker"] != anew["marker"], database.runs()) == (True, 2)


def test_control_without_the_incarnation_an_empty_database_stays_empty(
    database, eventually, monkeypatch
):
    monkeypatch.setattr(identity, "incarnation", lambda *given: "always the same")
    name = claim(database)
    deploy(database, name)
    renew_claim(database, name, eventually)
    assert (deploy(database, name)["outcome"], database.runs()) == ("skipped", 1)
