# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K20: a sidecar that never ends, and 50 MB of log."""

from __future__ import annotations

import hashlib

import pytest

from tests.kill.town import SAFE_CONTAINER, counting

LINES = 500_000
PADDING = "x" * 93
LONG = f"seq -f '%06.0f {PADDING}' 1 {LINES}"


def test_a_sidecar_does_not_keep_the_migration(database):
    sidecar = {
        "name": "proxy",
        "image": "debian:bookworm-slim",
        "imagePullPolicy": "IfNotPresent",
        "restartPolicy": "Always",
        "command": ["bash", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"],
        "securityContext": SAFE_CONTAINER,
    }
    deployer = database.deploy(counting(1), sidecars=[sidecar])
    assert deployer.only()["outcome"] == "passed"
    assert deployer.quoted()[0] == "first line a"


@pytest.mark.slow
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
