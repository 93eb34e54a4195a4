# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python3 -m shop <service> serve|migrate`, and what each exit code means.

0 done or drained, 1 failed, 2 refused (arguments or environment), 143 a migration was ended by
SIGTERM and rolled back.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from shop import config, migrate, server


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the service and the command; leaves with code 2 when they make no sense."""
    parser = argparse.ArgumentParser(prog="shop", description="Users, products, orders, gateway.")
    parser.add_argument("service", choices=sorted(config.NEEDS))
    parser.add_argument("command", choices=["serve", "migrate"])
    parsed = parser.parse_args(arguments)
    if parsed.command == "migrate" and "DATABASE_URL" not in config.NEEDS[parsed.service]:
        parser.error(f"{parsed.service} has no database, so there is nothing to migrate")
    return parsed


def leave_on_sigterm() -> None:
    """End by an exception, also as process 1, which has no default action for signals.

    KeyboardInterrupt, because psycopg.Connection.wait cancels the running statement for it alone.
    """

    def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)


def run(settings: config.Config, command: str) -> int:
    """Do the command; the exit code."""
    try:
        if command == "serve":
            return server.run(settings)
        migrate.run(settings, report=lambda line: print(line, flush=True))
    except migrate.MigrationError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if command == "serve":
            return 0
        print(f"{settings.service}: ended by a signal, rolled back", file=sys.stderr)
        return 143
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the shop; the exit code."""
    parsed = parse(arguments)
    try:
        settings = config.read(parsed.service, parsed.command, os.environ)
    except config.ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    if settings.faults.ignore_sigterm:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        leave_on_sigterm()
    return run(settings, parsed.command)


if __name__ == "__main__":
    sys.exit(main())
