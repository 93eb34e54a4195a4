# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What everything that runs an image has in common: arguments, environment, resources."""

from __future__ import annotations

from typing import TypedDict


class Plain(TypedDict):
    """A value of an environment that may stand in a ConfigMap."""

    value: str


class FromSecret(TypedDict):
    """A value of an environment that is a key of a Secret."""

    secret: str
    key: str


Env = Plain | FromSecret
Amounts = dict[str, str]


class Resources(TypedDict, total=False):
    """As Kubernetes has them."""

    requests: Amounts
    limits: Amounts


class Process(TypedDict):
    """What workloads and migrations have in common."""

    image: str
    command: list[str]
    args: list[str]
    working_dir: str
    env: dict[str, Env]
    resources: Resources
    write: list[str]
