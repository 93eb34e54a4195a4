# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python3 cluster <command>`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from cluster import addons, images, lifecycle, registry
from cluster.cache import alone
from cluster.errors import ClusterError
from cluster.paths import LOGS

COMMANDS: dict[str, tuple[str, Callable[[], None]]] = {
    "up": ("create the cluster and its Gateway, or repair them", lifecycle.up),
    "down": ("remove the cluster and what it left on the machine", lifecycle.down),
    "status": ("say what runs", lifecycle.status),
    "images": ("build the images of the five systems, have them in the cluster", images.ensure),
    "registry": ("add an image registry for tests, registry.test:5000", registry.ensure),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    chosen = parser().parse_args(arguments)
    try:
        with alone(LOGS / ".lock", "this cluster"):
            perform(chosen)
    except ClusterError as error:
        print(f"cluster: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("cluster: interrupted; run it again to go on", file=sys.stderr, flush=True)
        return 130
    return 0


def perform(chosen: argparse.Namespace) -> None:
    """Do what was asked for."""
    if chosen.command == "load":
        images.load(chosen.references)
    elif chosen.command == "addons":
        addons.ensure(chosen.names)
    else:
        COMMANDS[chosen.command][1]()


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(prog="cluster", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for name, (text, _) in COMMANDS.items():
        commands.add_parser(name, help=text)
    load = commands.add_parser("load", help="put images of the Docker engine into the cluster")
    load.add_argument("references", nargs="+", metavar="REF")
    operators = commands.add_parser("addons", help="add operators that stacks may need")
    operators.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(addons.KNOWN)}")
    return top
