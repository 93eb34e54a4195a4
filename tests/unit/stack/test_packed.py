# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fact holds all that the models do, and little that Ansible has to walk through."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.packed import pack, unpack

MODELS: dict[str, Any] = {
    "name": "shop",
    "namespace": "shop",
    "preset": "local",
    "levels": [0, 1],
    "routes": {"web": "http://shop.localhost/"},
    "checks": [],
    "migrations": [{"name": name, "phase": phase} for name, phase in (("a", "pre"), ("b", "post"))],
    "workloads": [{"name": "api", "env": {"text": "${not} {{ a template }}\n\u2713"}}],
}


def test_nothing_is_lost() -> None:
    assert unpack(pack(MODELS)) == MODELS


def test_what_plays_ask_for_is_at_hand() -> None:
    fact = pack(MODELS)
    assert (fact["name"], fact["levels"]) == ("shop", [0, 1])


def test_the_order_of_keys_does_not_count() -> None:
    assert pack(dict(reversed(MODELS.items()))) == pack(MODELS)
