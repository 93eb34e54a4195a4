# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `up` must remember for later runs: the plan and how the network was before the engine."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass

from cluster.decide import Engine, NodeImage, Plan
from cluster.paths import LOGS, STATE

FILE = STATE / "state.json"


@dataclass(frozen=True, slots=True)
class State:
    """What one checkout's cluster was made with.

    http_port:      of this machine, where the Gateway answers.
    ip_forward:     the kernel's setting before our engine changed it; "" with the user's engine.
    forward_policy: the same for the policy of iptables' chain FORWARD.
    """

    engine: Engine
    node_image: NodeImage
    http_port: int
    ip_forward: str = ""
    forward_policy: str = ""

    @property
    def plan(self) -> Plan:
        """Return the plan that was followed."""
        return Plan(self.engine, self.node_image)


def load() -> State | None:
    """Return what was saved, or None where `up` never ran or `down` ended it."""
    if not FILE.exists():
        return None
    saved = json.loads(FILE.read_text())
    saved["engine"], saved["node_image"] = Engine(saved["engine"]), NodeImage(saved["node_image"])
    return State(**saved)


def save(state: State) -> None:
    """Write `state` as a whole or not at all."""
    STATE.mkdir(exist_ok=True)
    draft = FILE.with_suffix(".new")
    draft.write_text(json.dumps(asdict(state), indent=2) + "\n")
    draft.rename(FILE)


def forget() -> None:
    """Remove everything of this checkout's cluster but the logs."""
    for path in STATE.iterdir() if STATE.exists() else ():
        if path == LOGS:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
