# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The annotation that restarts pods: it follows the values that are used, and nothing else."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.seal import (
    NOTE,
    Seal,
    seal,
    sealed,
)

SEAL = Seal(("restart", "key"), (("auth", "jwt"), ("db", "url")))


def coded(**values: str) -> dict[str, str]:
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


def secrets(**auth: str) -> dict[str, dict[str, str]]:
    return {"restart": coded(key="k"), "auth": coded(**auth), "db": coded(url="u")}


def deployment(text: str) -> dict[str, Any]:
    template = {"metadata": {"annotations": {NOTE: text, "other": "x"}}, "spec": {}}
    return {"kind": "Deployment", "spec": {"template": template}}


def test_reads_what_is_used() -> None:
    assert seal(deployment("${hmac:restart/key:auth/jwt,db/url}")) == SEAL
    assert SEAL.secrets == {"restart", "auth", "db"}


@pytest.mark.parametrize("obj", [{"spec": None}, {}, deployment("done"), deployment("")])
def test_other_objects_ask_for_nothing(obj: dict[str, Any]) -> None:
    assert seal(obj) is None


def test_only_the_annotation_is_replaced() -> None:
    before = deployment("${hmac:restart/key:auth/jwt,db/url}")
    after = sealed(before, "abc")
    assert after == deployment("abc")
    assert before != after


def test_follows_the_values_that_are_used() -> None:
    first = SEAL.over(secrets(jwt="1"))
    assert first == SEAL.over(secrets(jwt="1", unused="2"))
    assert first != SEAL.over(secrets(jwt="2"))
    assert first != SEAL.over(secrets())


def test_another_cluster_has_another_seal() -> None:
    here = secrets(jwt="1")
    assert SEAL.over(here) != SEAL.over({**here, "restart": coded(key="other")})


def test_the_order_in_which_keys_are_named_does_not_count() -> None:
    turned = Seal(SEAL.key, SEAL.used[::-1])
    assert turned.over(secrets(jwt="1")) == SEAL.over(secrets(jwt="1"))


def test_no_value_shows() -> None:
    digest = SEAL.over(secrets(jwt="a"))
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")
