# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the three cases of a machine applies, and what to say where none does.

Pure: facts in, a plan or a refusal out. `host.py` finds out the facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cluster.versions import PUBLISHED_NODE_IMAGE


class Engine(StrEnum):
    """Whose Docker engine runs the node."""

    USER = "user"
    OWN = "own"


class NodeImage(StrEnum):
    """Where the node image comes from; the platform's other images come from the same place."""

    PULLED = "pulled"
    BUILT = "built"


class Answer(StrEnum):
    """What the machine's Docker engine answers to this user."""

    NONE = "none"
    FORBIDDEN = "forbidden"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides: the engine's answer, whether it has the node image, system and user."""

    engine: Answer
    node_image: bool
    debian: bool
    root: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How the cluster is made on this machine."""

    engine: Engine
    node_image: NodeImage

    @property
    def why(self) -> str:
        """Return the case in words."""
        return WHY[self.engine, self.node_image]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No case applies; `message` says which ones there are and what to install."""

    message: str


WHY = {
    (Engine.USER, NodeImage.PULLED): "a Docker engine runs and has the node image: plain kind",
    (Engine.USER, NodeImage.BUILT): (
        "a Docker engine runs but cannot have the published node image: building it here"
    ),
    (Engine.OWN, NodeImage.BUILT): (
        "no Docker engine runs: installing Debian's and building the node image here"
    ),
}

CASES = """\
A cluster can be had in three ways:
  1. name one that exists: KUBECONFIG and --context, or stack_kubeconfig and stack_context of an
     inventory; then nothing has to be created here
  2. a Docker engine that you may use and that can pull {image}: plain kind
  3. Debian as root: everything is installed and built here from packages"""

NO_ENGINE = (
    "No Docker engine runs on this machine and it is not Debian. Install Docker Engine or Docker "
    "Desktop (https://docs.docker.com/get-docker/), start it and try again (case 2)."
)
NOT_ROOT = (
    "No Docker engine runs on this machine and you are not root. Try again as root, then it is "
    "installed with apt (case 3), or have one installed and started: "
    "apt install docker.io, and join the group docker (case 2)."
)
FORBIDDEN = (
    "A Docker engine runs on this machine but refuses you its socket. Join its group "
    "(sudo usermod -aG docker $USER, then log in again) or try again as root (case 2)."
)
NO_IMAGE = (
    "A Docker engine runs but it cannot pull the node image, and building it needs root on "
    "Debian. See why with: docker pull {image} (case 2), or try again as root on Debian (case 3)."
)


def decide(facts: Facts) -> Plan | Refusal:
    """Choose how to make the cluster."""
    may_build = facts.debian and facts.root
    if facts.engine is Answer.RUNNING:
        if facts.node_image:
            return Plan(Engine.USER, NodeImage.PULLED)
        return Plan(Engine.USER, NodeImage.BUILT) if may_build else refusal(NO_IMAGE)
    if facts.engine is Answer.FORBIDDEN:
        return refusal(FORBIDDEN)
    if may_build:
        return Plan(Engine.OWN, NodeImage.BUILT)
    return refusal(NOT_ROOT if facts.debian else NO_ENGINE)


def refusal(reason: str) -> Refusal:
    """Say why and list all three cases."""
    return Refusal(f"{reason}\n{CASES}".format(image=PUBLISHED_NODE_IMAGE.partition("@")[0]))
