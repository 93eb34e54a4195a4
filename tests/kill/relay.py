# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP relay before the API server, so that one deployer can lose it without harm to others."""

from __future__ import annotations

import contextlib
import socket
import threading


class Relay:
    """Copies bytes between a port of its own and `target`; `cut` drops all and refuses new ones."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._open = threading.Event()
        self._open.set()
        self._sockets: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """Address for the deployer."""
        return f"https://127.0.0.1:{self._door.getsockname()[1]}"

    def cut(self) -> None:
        """Be away from now on."""
        self._open.clear()
        for each in list(self._sockets):
            _close(each)

    def mend(self) -> None:
        """Be back."""
        self._open.set()

    def close(self) -> None:
        """End the relay."""
        self.cut()
        _close(self._door)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._door.accept()
                if not self._open.is_set():
                    _close(near)
                    continue
                far = socket.create_connection(self._target)
                self._sockets |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        for each in (source, sink):
            self._sockets.discard(each)
            _close(each)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
