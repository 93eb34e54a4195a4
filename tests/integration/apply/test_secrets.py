# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords on the real cluster: made once, kept for ever, refused rather than replaced."""

from __future__ import annotations

import base64
from concurrent.futures import ProcessPoolExecutor

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import plan as plan_module
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import write as write_module
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import prepare
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import plan
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.run import run
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import Work
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.write import write
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect

from tests.integration.apply.samples import actions, claim, config, secret


def values(client, namespace, name="login"):
    live = client.request("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
    return {key: base64.b64decode(value).decode() for key, value in live["data"].items()}


def url_secret(**more):
    return secret(password="${generate:20}", url="pg://u:${urlencode:password}@db", **more)


def test_generated_once(apply, client, namespace):
    apply([url_secret()], namespace=namespace)
    first = values(client, namespace)
    assert len(first["password"]) == 20
    assert first["url"] == f"pg://u:{first['password']}@db"
    assert actions(apply([url_secret()], namespace=namespace)) == ["unchanged"]
    again = apply([url_secret(user="u")], namespace=namespace)
    assert actions(again) == ["configured"]
    assert values(client, namespace) == {**first, "user": "u"}


def composed():
    return secret("urls", url="pg://u:${urlencode:login/password}@db")


def test_secret_composed_of_another_one(apply, client, namespace):
    objects, options = [composed(), url_secret()], {"namespace": namespace}
    assert actions(apply(objects, check=True, **options)) == ["created", "created"]
    assert actions(apply(objects, **options)) == ["created", "created"]
    password = values(client, namespace)["password"]
    assert values(client, namespace, "urls") == {"url": f"pg://u:{password}@db"}
    assert not apply(objects, **options)["changed"]
    assert not apply([composed()], **options)["changed"]


def test_secret_composed_of_one_that_does_not_exist(apply, namespace):
    result = apply([composed()], namespace=namespace)
    assert result["msg"].splitlines()[1] == (
        f"Secret {namespace}/urls: it needs values that nobody gave: key password of Secret login"
    )


def test_key_that_is_added_later_is_generated_beside_the_old_one(apply, client, namespace):
    apply([secret(a="${generate:8}")], namespace=namespace)
    first = values(client, namespace)
    apply([secret(a="${generate:8}", b="${generate:8}")], namespace=namespace)
    second = values(client, namespace)
    assert second["a"] == first["a"]
    assert len(second["b"]) == 8


def test_live_keys_that_are_not_rendered_stay(apply, client, namespace):
    apply([secret(a="1")], namespace=namespace)
    path = f"/api/v1/namespaces/{namespace}/secrets/login"
    body = {"stringData": {"theirs": "x"}}
    client.request("PATCH", path, body=body, content_type="application/merge-patch+json")
    assert not apply([secret(a="1")], namespace=namespace)["changed"]
    assert values(client, namespace) == {"a": "1", "theirs": "x"}


def test_given_value_follows_the_inventory(apply, client, namespace):
    wanted = secret(key="${given:auth.key}")
    for value in ("first-value", "second-value"):
        given = {"auth": {"key": value}}
        assert apply([wanted], namespace=namespace, secret_values=given)["changed"]
        assert not apply([wanted], namespace=namespace, secret_values=given)["changed"]
        assert values(client, namespace) == {"key": value}


def test_missing_values_are_named_and_nothing_is_changed(apply, client, namespace):
    given = {"auth": {"kee": "v"}}
    result = apply(
        [config(), secret(key="${given:auth.key}", pin="${given:pay.pin}")],
        namespace=namespace,
        secret_values=given,
    )
    assert result["failed"]
    assert "secret_values.auth.key" in result["msg"]
    assert "secret_values.pay.pin" in result["msg"]
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    names = [one["metadata"]["name"] for one in client.request("GET", path)["items"]]
    assert "settings" not in names


@pytest.mark.parametrize("check", [True, False])
def test_no_new_password_for_a_database_that_has_data(apply, client, namespace, check):
    apply([claim()], namespace=namespace)
    wanted = url_secret()
    wanted["metadata"]["annotations"] = {"slipway.dev/claim": "data-db-0"}
    result = apply([wanted], namespace=namespace, check=check)
    assert result["failed"]
    assert "would lock its data out" in result["msg"]
    assert f"PersistentVolumeClaim {namespace}/data-db-0" in result["msg"]
    listed = client.request("GET", f"/api/v1/namespaces/{namespace}/secrets")["items"]
    assert listed == []


def test_without_the_claim_or_with_the_secret_it_is_no_question(apply, client, namespace):
    wanted = url_secret()
    wanted["metadata"]["annotations"] = {"slipway.dev/claim": "data-db-0"}
    assert actions(apply([wanted], namespace=namespace)) == ["created"]
    apply([claim()], namespace=namespace)
    assert actions(apply([wanted], namespace=namespace)) == ["unchanged"]


def silent_run(params):
    return run(params, check=False, report=lambda _line: None)


def test_runs_at_once_agree_on_one_password(apply, client, kubeconfig, namespace):
    """Each run would make another one; only the first may stay."""
    params = {"kubeconfig": str(kubeconfig), "namespace": namespace, "objects": [url_secret()]}
    with ProcessPoolExecutor(4) as pool:
        results = list(pool.map(silent_run, [params] * 8))
    assert [result["msg"] for result in results if result.get("failed")] == []
    settled = values(client, namespace)
    assert settled["url"] == f"pg://u:{settled['password']}@db"
    assert not apply([url_secret()], namespace=namespace)["changed"]
    assert values(client, namespace) == settled


@pytest.fixture
def two_plans(kubeconfig, namespace):
    """Two runs that both looked before either wrote: (work, items) of each."""

    def planned():
        api = connect({"kubeconfig": str(kubeconfig)})
        work = Work(api, namespace, "", "", False, lambda _line: None, False, {})
        rendered = prepare([composed(), url_secret()], namespace, api.discovery(), check=False)
        return work, list(enumerate(plan(work, rendered)))

    return planned(), planned()


def test_the_second_of_two_runs_keeps_the_password_of_the_first(two_plans, client, namespace):
    first, second = two_plans
    write(*first)
    made = [values(client, namespace, name) for name in ("login", "urls")]
    write(*second)
    assert [values(client, namespace, name) for name in ("login", "urls")] == made


def test_without_the_guard_the_second_run_replaces_it(two_plans, client, namespace, monkeypatch):
    """The negative control: a plain apply of the same manager meets no conflict."""
    monkeypatch.setattr(write_module, "_create_secret", write_module._send)
    first, second = two_plans
    write(*first)
    made = values(client, namespace)
    write(*second)
    assert values(client, namespace)["password"] != made["password"]


@pytest.fixture
def overtaken(apply, namespace, monkeypatch):
    """A run that looks, and is overtaken by one that makes the Secret and then its claim."""
    wanted = url_secret()
    wanted["metadata"]["annotations"] = {"slipway.dev/claim": "data-db-0"}
    look = plan_module.fetch

    def look_and_wait(work, objects):
        found = look(work, objects)
        monkeypatch.setattr(plan_module, "fetch", look)
        assert actions(apply([wanted, claim()], namespace=namespace)) == ["created", "created"]
        return found

    monkeypatch.setattr(plan_module, "fetch", look_and_wait)
    return lambda: apply([wanted], namespace=namespace)


def test_a_run_that_is_overtaken_keeps_the_password_of_the_other(overtaken, client, namespace):
    result = overtaken()
    assert "failed" not in result, result["msg"]
    assert actions(result) == ["unchanged"]
    assert len(values(client, namespace)["password"]) == 20


def test_without_reading_again_it_is_refused(overtaken, monkeypatch):
    """The negative control: it takes the other's claim for one whose Secret was lost."""
    monkeypatch.setattr(plan_module, "_read_again", lambda _work, _obj, live: live)
    assert "would lock its data out" in overtaken()["msg"]


def test_result_and_diff_hold_no_value(apply, client, namespace):
    wanted = url_secret(literal="literal-hunter2", given="${given:auth.key}")
    given = {"auth": {"key": "given-hunter2"}}
    options = {"namespace": namespace, "secret_values": given}
    shown = [apply([wanted], check=True, **options), apply([wanted], **options)]
    shown.append(apply([{**wanted, "stringData": {"literal": "new-hunter2"}}], **options))
    secrets = values(client, namespace)
    assert secrets["literal"] == "new-hunter2"
    for value in [*secrets.values(), "literal-hunter2", "given-hunter2"]:
        for form in (value, base64.b64encode(value.encode()).decode()):
            assert form not in str(shown)
    assert "password: hidden, hash" in shown[0]["diff"][0]["after"]
