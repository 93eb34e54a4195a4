# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod template changes with the secrets that it uses, and with no others."""

from __future__ import annotations

import pytest

from tests.integration.apply.samples import actions, deployment, secret

NOTE = "slipway.dev/secrets"


def sealing():
    made = deployment()
    text = "${hmac:restart-key/key:login/password}"
    made["spec"]["template"]["metadata"]["annotations"] = {NOTE: text}
    return made


def key():
    return secret("restart-key", key="${generate:32}")


@pytest.fixture
def digest(client, namespace):
    """Callable: what the live template is sealed with."""

    def live():
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/api"
        template = client.request("GET", path)["spec"]["template"]
        return template["metadata"]["annotations"][NOTE]

    return live


def test_follows_the_secrets_that_are_used(apply, namespace, digest):
    options = {"namespace": namespace}
    objects = [sealing(), key()]
    apply([secret(password="one", other="x")], **options)
    assert actions(apply(objects, check=True, **options)) == ["created", "created"]
    assert actions(apply(objects, **options)) == ["created", "created"]
    first = digest()
    assert len(first) == 32
    assert actions(apply(objects, **options)) == ["unchanged", "unchanged"]

    apply([secret(password="one", other="y")], **options)
    assert actions(apply(objects, **options)) == ["unchanged", "unchanged"]

    apply([secret(password="two", other="y")], **options)
    assert actions(apply(objects, check=True, **options)) == ["configured", "unchanged"]
    done = apply(objects, **options)
    assert actions(done) == ["configured", "unchanged"]
    assert digest() != first
    assert "two" not in str(done)


def test_check_mode_takes_what_comes_beforehand_for_applied(apply, namespace, digest):
    options = {"namespace": namespace}
    apply([secret(password="one")], **options)
    apply([sealing(), key()], **options)
    before = digest()

    def rehearsed(password):
        return apply([sealing()], check=True, beforehand=[secret(password=password)], **options)

    assert actions(rehearsed("one")) == ["unchanged"]
    assert actions(rehearsed("two")) == ["configured"]
    assert "two" not in str(rehearsed("two"))
    # Otherwise it is ignored: neither written nor believed.
    assert actions(apply([sealing()], beforehand=[secret(password="two")], **options)) == [
        "unchanged"
    ]
    assert digest() == before


def test_a_secret_that_comes_later_is_no_error(apply, namespace, digest):
    options = {"namespace": namespace}
    apply([sealing(), key()], **options)
    before = digest()
    apply([secret(password="one")], **options)
    assert actions(apply([sealing(), key()], **options)) == ["configured", "unchanged"]
    assert digest() != before
