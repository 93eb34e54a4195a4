# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: finds the part that the real image would run for the same words.

Exit codes: what the part says, 1 when it cannot start, 127 when nobody has such a command.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Collection, Sequence

PARTS = {
    "node services/catalog/dist/server.js": "apphub.catalog:serve",
    "node services/catalog/dist/ingestionWorker.js": "apphub.workers:ingest",
    "node services/catalog/dist/buildWorker.js": "apphub.workers:build",
    "node services/catalog/dist/launchWorker.js": "apphub.workers:launch",
    "node services/catalog/dist/workflowWorker.js": "apphub.workers:workflow",
    "node services/catalog/dist/assetMaterializerWorker.js": "apphub.workers:materialize",
    "node services/catalog/dist/exampleBundleWorker.js": "apphub.workers:bundle",
    "node services/catalog/dist/eventIngressWorker.js": "apphub.workers:events",
    "node services/catalog/dist/eventTriggerWorker.js": "apphub.workers:triggers",
    "node services/metastore/dist/server.js": "apphub.metastore:serve",
    "node services/metastore/dist/scripts/runMigrations.js": "apphub.metastore:migrate",
    "node services/filestore/dist/server.js": "apphub.filestore:serve",
    "node services/filestore/dist/reconciliation/worker.js": "apphub.filestore:reconcile",
    "node services/timestore/dist/server.js": "apphub.timestore:serve",
    "node services/timestore/dist/workers/ingestionWorker.js": "apphub.timestore:ingest",
    "node services/timestore/dist/workers/partitionBuildWorker.js": "apphub.timestore:partition",
    "node services/timestore/dist/workers/lifecycleWorker.js": "apphub.timestore:lifecycle",
    "uvicorn main:app --app-dir /app/src": "starter.api:serve",
    "alembic -c /app/alembic.ini upgrade heads": "starter.migrations:upgrade",
    "node apps/web-app/server.js": "starter.website:serve",
    "npx prisma migrate deploy": "mathison.migrations:deploy",
    "npx prisma db seed": "mathison.migrations:seed",
    "migrate": "philotes.lakekeeper:migrate",
    "serve": "philotes.lakekeeper:serve",
}
# Images that are started without arguments are told apart by what only they are given.
BY_VARIABLE = {
    "PHILOTES_API_LISTEN_ADDR": "philotes.api:serve",
    "PHILOTES_CDC_SOURCE_HOST": "philotes.worker:serve",
    "WORKER_HEALTH_PORT": "mathison.worker:serve",
    "MATHISON_MODE": "mathison.website:serve",
}
OTHERWISE = "apphub.frontend:serve"  # it is given nothing


def part_of(words: Sequence[str], environ: Collection[str]) -> str:
    """The part's module and function; raises SystemExit where no image has such a command."""
    if not words:
        return next((BY_VARIABLE[name] for name in BY_VARIABLE if name in environ), OTHERWISE)
    line = " ".join(words).partition(" --host ")[0]  # where to listen, the part reads itself
    if line not in PARTS:
        print(f"reference: no part is started by {line!r}", file=sys.stderr)
        raise SystemExit(127)
    return PARTS[line]


def main() -> None:
    """Run the part that the arguments name."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    module, _, function = part_of(sys.argv[1:], os.environ).partition(":")
    logging.info("%s as process %s", function, os.getpid())
    getattr(importlib.import_module(f"reference.{module}"), function)()


if __name__ == "__main__":
    main()
