# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker: streams a replication slot and writes each transaction to S3.

F5 (measured): it ends with code 1 if the slot is missing or another worker reads it. psycopg 3
cannot speak the replication protocol, so the stream is psycopg2's.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from typing import Any

import httpx
import psycopg
import psycopg2
import psycopg2.extras

from reference import environment, postgres, s3, web
from reference.philotes import settings

PAUSE_S = 2

_log = logging.getLogger("reference.philotes.worker")


def serve() -> None:
    """Stream in the background, and answer for health. SIGTERM ends it at once (measured)."""
    url = environment.need_postgres(settings.database())
    pipeline = Pipeline(url, settings.text("CDC_REPLICATION_SLOT", "philotes_cdc"))
    threading.Thread(target=pipeline.run, daemon=True).start()
    health = {
        "/health/live": web.healthy,
        # The buffer's database and the pipeline. Measured: S3 and the catalog are not asked, and
        # with a wrong port of the source it stays ready and silent (F9).
        "/health/ready": lambda: postgres.not_ready(url),
    }
    web.serve(web.application([], health), "0.0.0.0", settings.port("HEALTH_LISTEN_ADDR", ":8081"))


class Pipeline:
    """From a slot to a bucket, with a checkpoint after each transaction."""

    def __init__(self, url: str, slot: str) -> None:
        self.url = url
        self.slot = slot

    def run(self) -> None:
        """Stream for ever; the process ends with code 1 if the slot cannot be had."""
        while True:
            try:
                self._stream()
            except psycopg2.OperationalError as error:
                if error.pgcode:  # the server answered, and refused
                    _log.error("%s", error)
                    os._exit(1)
                time.sleep(PAUSE_S)
            except psycopg2.Error as error:
                _log.error("%s", error)
                os._exit(1)

    def _stream(self) -> None:
        factory = psycopg2.extras.LogicalReplicationConnection
        source = psycopg2.connect(settings.source(), connection_factory=factory)
        with contextlib.closing(source), source.cursor() as cursor:
            cursor.start_replication(slot_name=self.slot, decode=True)
            _log.info("streaming %s", self.slot)
            cursor.consume_stream(self._take)

    def _take(self, message: Any) -> None:
        lsn = f"{message.data_start >> 32:X}/{message.data_start & 0xFFFFFFFF:X}"
        try:
            bucket().put(f"changes/{message.data_start:016X}.json", message.payload.encode())
            self._checkpoint(lsn)
        except (httpx.HTTPError, psycopg.Error) as error:
            _log.warning("%s is left out: %s", lsn, error)
        message.cursor.send_feedback(flush_lsn=message.data_start)

    def _checkpoint(self, lsn: str) -> None:
        """Note how far it is, for a source named after its slot."""
        with postgres.connect(self.url) as db:
            db.execute(
                "INSERT INTO philotes.sources (name, host, port, database_name, username)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (name) DO NOTHING",
                (
                    self.slot,
                    settings.text("CDC_SOURCE_HOST", "localhost"),
                    int(settings.text("CDC_SOURCE_PORT", "5433")),
                    settings.text("CDC_SOURCE_DATABASE", "source"),
                    settings.text("CDC_SOURCE_USER", "source"),
                ),
            )
            db.execute(
                "INSERT INTO philotes.checkpoints SELECT id, %s FROM philotes.sources"
                " WHERE name = %s ON CONFLICT (source_id) DO UPDATE"
                " SET lsn = excluded.lsn, committed_at = now()",
                (lsn, self.slot),
            )


def bucket() -> s3.Bucket:
    """Where changes are written to; the address has no scheme."""
    scheme = "https" if settings.text("STORAGE_USE_SSL", "false") == "true" else "http"
    return s3.Bucket(
        f"{scheme}://{settings.text('STORAGE_ENDPOINT', 'localhost:9000')}",
        settings.text("STORAGE_BUCKET", "philotes"),
        "us-east-1",
        settings.text("STORAGE_ACCESS_KEY", "minioadmin"),
        settings.text("STORAGE_SECRET_KEY", "minioadmin"),
    )
