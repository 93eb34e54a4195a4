# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The TLS context that all connections of a session share."""

from __future__ import annotations

import contextlib
import ssl

from ansible_collections.slipway.stack.plugins.module_utils.kube.credentials import (
    Credentials,
    _pool,
)


def greeting(context: ssl.SSLContext) -> bytes:
    """Return the first bytes that a connection would send."""
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(received, sent, server_hostname="api.demo.test")
    with contextlib.suppress(ssl.SSLWantReadError):
        connection.do_handshake()
    return sent.read()


def test_a_new_connection_changes_nothing_that_others_may_be_reading() -> None:
    pool = _pool(Credentials(host="https://api.demo.test"))
    context = pool.connection_pool_kw["ssl_context"]
    context.set_alpn_protocols(["of-another-connection"])
    assert b"\x08http/1.1" in greeting(context)
    assert b"of-another-connection" not in greeting(context)


def test_certificates_are_still_checked() -> None:
    context = _pool(Credentials(host="https://api.demo.test")).connection_pool_kw["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
