# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K20: a sidecar that never ends, and 50 MB of log."""

from __future__ import annotations

import hashlib

from ansible_collections.slipway.stack.plugins.module_utils.migrations import pods

from tests.kill.town import SAFE_CONTAINER, counting

LINES = 500_000
PADDING = "x" * 93
LONG = f"seq -f '%06.0f {PADDING}' 1 {LINES}"


def proxy() -> dict:
    """Return a sidecar that never ends by itself, and ends with an error when it is stopped."""
    return {
        "name": "proxy",
        "image": "debian:bookworm-slim",
        "imagePullPolicy": "IfNotPresent",
        "restartPolicy": "Always",
        "command": ["bash", "-c", "trap 'exit 143' TERM; while :; do sleep 1 & wait $!; done"],
        "securityContext": SAFE_CONTAINER,
    }


def test_a_sidecar_does_not_keep_the_migration(database):
    deployer = database.deploy(counting(1), sidecars=[proxy()])
    assert deployer.only()["outcome"] == "passed"
    assert deployer.quoted()[0] == "first line a"


def test_control_if_the_end_of_a_sidecar_counted_no_run_would_pass(database, monkeypatch):
    monkeypatch.setattr(pods, "is_sidecar", lambda pod, name: False)
    entry = database.run(counting(1), sidecars=[proxy()])
    assert (entry["outcome"], database.runs()) == ("failed", 1)


def test_fifty_megabytes_come_through_once_each(database):
    deployer = database.deploy(LONG, timeout=800)
    entry = deployer.only(within_s=900)

    lines = deployer.quoted()
    assert entry["outcome"] == "passed"
    assert [line[:6] for line in lines] == [f"{number:06d}" for number in range(1, LINES + 1)]
    whole = "".join(f"{line}\n" for line in lines).encode()
    record = database.records()[entry["marker"]]
    assert record["log_sha256"] == hashlib.sha256(whole).hexdigest()
    assert 60_000 < len(entry["log_tail"]) <= 65_536


def test_control_without_the_cursor_lines_come_twice(database):
    deployer = database.deploy("seq -f 'line %.0f' 1 500", "no-cursor")
    assert deployer.only()["outcome"] == "passed"
    assert deployer.quoted().count("line 1") > 1
