# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one service: migrations if asked for, then uvicorn until SIGTERM, then a bounded drain.

Written for uvicorn 0.17, Debian 12's, which has no limit of its own for the drain.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from types import FrameType

import uvicorn

from shop import faults, gateway, log, migrate, orders, products, users
from shop.config import Config

DRAIN_S = 8
# Longer than a client keeps an idle connection (httpx: 5 s), so that the client closes it first.
KEEP_ALIVE_S = 75
APPS = {
    "users": users.create_app,
    "products": products.create_app,
    "orders": orders.create_app,
    "gateway": gateway.create_app,
}

_log = logging.getLogger("shop.server")


class Server(uvicorn.Server):
    """Stops accepting at SIGTERM, finishes what is in flight, gives up after DRAIN_S."""

    ignore_sigterm = False

    def handle_exit(self, sig: signal.Signals, frame: FrameType | None) -> None:
        """Begin to drain, unless the fault says otherwise."""
        if self.ignore_sigterm and sig == signal.SIGTERM:
            _log.warning("fault: SIGTERM is ignored")
            return
        _log.info("%s: draining", sig.name)
        super().handle_exit(sig, frame)
        asyncio.get_running_loop().call_later(DRAIN_S, self._give_up)

    def _give_up(self) -> None:
        _log.warning("requests in flight after %s s are cut off", DRAIN_S)
        self.force_exit = True


def run(config: Config) -> int:
    """Serve until a signal; the exit code. Raises MigrationError if it was to migrate first."""
    log.setup(config.service)
    faults.start(config.faults)
    if config.migrate_on_start:
        migrate.run(config, report=logging.getLogger("shop.migrate").info)
    server = Server(
        uvicorn.Config(
            APPS[config.service](config),
            host="0.0.0.0",
            port=config.port,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
    )
    server.ignore_sigterm = config.faults.ignore_sigterm
    server.run()
    return 0 if server.started else 1
