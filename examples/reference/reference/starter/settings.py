# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API refuses to start with."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from reference import environment

RELAXED = ("development", "demo", "test")
SECRETS = ("SECRET_KEY", "AUTH_PASSWORD_PEPPER", "AUTH_REFRESH_TOKEN_PEPPER")


def check() -> None:
    """End the process with code 1 where the real API does not start."""
    environment.need("OPENAI_API_KEY")  # measured: an agent's tool is missing without it
    if os.environ.get("ENVIRONMENT", "development") not in RELAXED:
        _check_production()
    if environment.flag("AUTO_RUN_MIGRATIONS"):  # F6: it only warns, and goes on (read)
        print("WARNING alembic is not installed: migrations are not run", flush=True)
    billing = environment.flag("ENABLE_BILLING") and not environment.flag("ENABLE_BILLING_STREAM")
    if billing and os.environ.get("ENABLE_BILLING_STREAM_REPLAY", "true") == "true":
        raise SystemExit("UnboundLocalError: a replay without ENABLE_BILLING_STREAM")  # measured


def _check_production() -> None:
    for name in SECRETS:  # measured: defaults are refused
        environment.need(name)
    if os.environ.get("AUTH_KEY_STORAGE_BACKEND", "file") == "file":  # measured
        raise SystemExit("AUTH_KEY_STORAGE_BACKEND: file is refused in production")
    redis = urlsplit(environment.need("REDIS_URL"))
    if redis.scheme != "rediss" or not redis.password:  # read
        raise SystemExit("REDIS_URL must be rediss:// with credentials outside development")
