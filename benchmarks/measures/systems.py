# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five systems of this repository, up and unchanged: the slowest alone, and all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import yaml

from benchmarks import place
from benchmarks.calm import calm_down
from benchmarks.commands import Command, at_cluster, playbook, run
from benchmarks.errors import BenchError
from benchmarks.figures import Figures, by_turns
from benchmarks.peers import kubectl
from cluster.paths import ROOT

INVENTORY = ROOT / "inventories" / "kind"


def systems() -> Figures:
    """Deploy them if they are not there, and measure; those that were not there go again."""
    spaces = {host: _namespace(host) for host in _hosts()}
    names = run(at_cluster(kubectl(), "get", "namespaces", "-o", "name")).output.split()
    new = [space for space in spaces.values() if f"namespace/{space}" not in names]
    run(_site())
    if new:
        calm_down()  # their pods have only just started
    yield from _compared(list(spaces))
    if new:
        place.remove(new)


def _compared(hosts: Sequence[str]) -> Figures:
    """Yield the figures of the slowest alone and of all at once."""
    ways = {host: partial(_unchanged, _site("--limit", host)) for host in hosts}
    found = dict(by_turns({**ways, "all": partial(_unchanged, _site())}))
    slowest = max(hosts, key=lambda host: found[host].median)
    yield "systems_slowest_s", replace(found[slowest], note=f"{slowest}, the slowest of the five")
    yield "systems_at_once_s", replace(found["all"], note="all five, as many forks")


def _site(*options: str) -> Command:
    return playbook(ROOT / "playbooks" / "site.yml", INVENTORY, *options)


def _hosts() -> list[str]:
    inventory: dict[str, Any] = yaml.safe_load((INVENTORY / "hosts.yml").read_text("utf-8"))
    return list(inventory["all"]["hosts"])


def _namespace(host: str) -> str:
    text = (INVENTORY / "host_vars" / f"{host}.yml").read_text("utf-8")
    return str(yaml.safe_load(text)["stack_env"]["namespace"])


def _unchanged(command: Command) -> float:
    """Return the seconds of a run, which must find nothing to do. Raises BenchError."""
    ran = run(command)
    if "to do from" in ran.output:
        raise BenchError(f"Something was to be done:\n{ran.output}")
    return ran.seconds
