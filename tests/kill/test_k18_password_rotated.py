# SPDX-License-Identifier: GPL-3.0-or-later
"""K18: a rotated password is no new migration."""

from __future__ import annotations

import base64

from ansible_collections.slipway.stack.plugins.module_utils.migrations import identity

from tests.kill.town import counting

SCRIPT = counting(0)


def url(database) -> str:
    """Return the URL as it stands in the Secret."""
    path = database.town.path("secrets", database.secret)
    return database.town.client.request("GET", path)["data"]["url"]


def rotate(database) -> None:
    """Put another URL into the Secret, by which the database can be reached too."""
    other = base64.b64decode(url(database)) + b"?connect_timeout=20"
    path = database.town.path("secrets", database.secret)
    rotated = {"data": {"url": base64.b64encode(other).decode()}}
    database.town.client.request(
        "PATCH", path, body=rotated, content_type="application/merge-patch+json"
    )


def test_it_is_skipped(database):
    first = database.run(SCRIPT)
    rotate(database)
    second = database.run(SCRIPT)

    assert [first["outcome"], second["outcome"]] == ["passed", "skipped"]
    assert first["run_id"] == second["run_id"]
    assert database.runs() == 1


def test_control_if_values_counted_it_would_run_again(database, monkeypatch):
    monkeypatch.setattr(identity, "_value", lambda entry, config_maps: url(database))
    first = database.run(SCRIPT)
    rotate(database)
    second = database.run(SCRIPT)

    assert [first["outcome"], second["outcome"]] == ["passed", "passed"]
    assert database.runs() == 2
