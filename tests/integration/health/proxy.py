# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP proxy in front of the API server that can cut what is open and refuse what comes."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Proxy:
    """A context manager; `address` is to be used as the option `host`."""

    def __init__(self, client) -> None:
        target = urlsplit(client._session.host)
        self._target = (target.hostname, target.port)
        self._open: list[socket.socket] = []
        self._refusing = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"https://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error) -> None:
        self.refuse()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next connection
        self._server.close()

    def cut(self) -> None:
        """Break every connection off."""
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def refuse(self) -> None:
        """Cut, and hang up on whoever comes."""
        self._refusing = True
        self.cut()

    def accept(self) -> None:
        """Take connections again."""
        self._refusing = False

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._server.accept()
                if self._refusing:
                    near.close()
                    continue
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
