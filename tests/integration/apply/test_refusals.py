# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server refuses: conflicts, bad objects, missing permissions."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError

from tests.integration.apply.samples import actions, config, deployment, obj, secret, service


def scale(client, namespace, replicas):
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/api"
    client.request(
        "PATCH",
        path,
        query={"fieldManager": "autoscaler"},
        body={"spec": {"replicas": replicas}},
        content_type="application/merge-patch+json",
    )


@pytest.mark.parametrize("check", [True, False])
def test_conflict_names_field_and_manager_and_forces_nothing(apply, client, namespace, check):
    apply([deployment()], namespace=namespace)
    scale(client, namespace, 3)
    result = apply([deployment(), config()], namespace=namespace, check=check)
    assert result["failed"]
    assert not result["changed"]
    assert actions(result) == ["refused", "skipped"]
    (error,) = result["errors"]
    assert error["conflicts"] == [{"field": ".spec.replicas", "manager": "autoscaler"}]
    assert ".spec.replicas (by autoscaler)" in result["msg"]
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/api"
    assert client.request("GET", path)["spec"]["replicas"] == 3
    scale(client, namespace, 0)


def test_conflict_is_forced_when_asked(apply, client, namespace):
    apply([deployment()], namespace=namespace)
    scale(client, namespace, 3)
    result = apply([deployment()], namespace=namespace, force_conflicts=True)
    assert actions(result) == ["configured"]
    assert not apply([deployment()], namespace=namespace)["changed"]


def bad_objects():
    unknown = config("unknown")
    unknown["dta"] = {"a": "1"}
    wrong_type = service("wrong")
    wrong_type["spec"]["ports"][0]["port"] = "many"
    invalid = config("Not_A_Name")
    return [config("good"), unknown, wrong_type, invalid]


@pytest.mark.parametrize("check", [True, False])
def test_all_refusals_are_told_at_once_and_nothing_is_changed(apply, client, namespace, check):
    result = apply(bad_objects(), namespace=namespace, check=check)
    assert result["failed"]
    assert actions(result) == ["skipped", "refused", "refused", "refused"]
    first, *sentences = result["msg"].splitlines()
    assert first == "Nothing was changed: 3 of 4 objects refused."
    assert ".dta: field not declared in schema" in sentences[0]
    assert "port" in sentences[1]
    assert "lowercase RFC 1123" in sentences[2]
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    made = [one["metadata"]["name"] for one in client.request("GET", path)["items"]]
    assert "good" not in made


def test_bad_fields_are_found_before_the_namespace_is_made(apply, client, absent_namespace):
    result = apply([obj("Namespace", absent_namespace), *bad_objects()], namespace=absent_namespace)
    assert actions(result)[:2] == ["skipped", "skipped"]
    listed = client.request("GET", "/api/v1/namespaces")["items"]
    assert absent_namespace not in [one["metadata"]["name"] for one in listed]


def test_what_only_shows_in_the_namespace_leaves_nothing_else_behind(apply, absent_namespace):
    bad = config("bad", **{"no such key!": "1"})
    objects = [obj("Namespace", absent_namespace), config("good"), bad]
    result = apply(objects, namespace=absent_namespace)
    assert actions(result) == ["created", "skipped", "refused"]
    assert result["msg"].startswith("1 object: 1 created: 1 of 3 objects refused.\n")
    mended = apply(objects[:2], namespace=absent_namespace)
    assert actions(mended) == ["unchanged", "created"]


def test_missing_namespace_is_refused(apply, absent_namespace):
    result = apply([config()], namespace=absent_namespace)
    assert result["failed"]
    assert f'namespaces "{absent_namespace}" not found' in result["msg"]


def test_missing_namespace_may_come_from_an_earlier_step_in_check_mode(apply, absent_namespace):
    result = apply([config()], namespace=absent_namespace, check=True)
    assert actions(result) == ["created"]


def test_unknown_kind_is_refused_before_anything_is_written(apply, namespace):
    with pytest.raises(KubeError, match='Did you mean "Deployment"'):
        apply([config(), obj("Deploymnt", "d", "apps/v1")], namespace=namespace)


def test_no_permission_for_one_kind(apply, restricted, client, namespace):
    """A deployer that may do everything with ConfigMaps and nothing with Secrets."""
    result = apply(
        [config(), secret(a="1")], namespace=namespace, kubeconfig=str(restricted("configmaps"))
    )
    assert result["failed"]
    assert actions(result) == ["skipped", "refused"]
    assert "No permission" in result["msg"]
    assert 'resource "secrets"' in result["msg"]
    assert f'namespace "{namespace}"' in result["msg"]
    assert result["errors"][0]["status"] == 403


def test_permission_for_every_kind_suffices(apply, restricted, namespace):
    """The negative control, without any permission on the cluster as a whole."""
    kubeconfig = str(restricted("configmaps", "secrets"))
    options = {"namespace": namespace, "kubeconfig": kubeconfig, "stack": "shop", "role": "infra"}
    objects = [config(), config("more"), secret(a="1")]
    assert actions(apply(objects, **options)) == ["created"] * 3
    assert not apply(objects, **options)["changed"]


def test_a_deployer_without_cluster_rights_can_bring_a_role_and_its_binding(
    apply, restricted, namespace
):
    """A binding is refused to him as long as its Role does not exist, also in a dry run."""
    rbac = "rbac.authorization.k8s.io/v1"
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
    role_ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    subject = {"kind": "ServiceAccount", "name": "api", "namespace": namespace}
    objects = [
        obj("RoleBinding", "reader", rbac, roleRef=role_ref, subjects=[subject]),
        obj("Role", "reader", rbac, rules=rules),
    ]
    kubeconfig = str(restricted("configmaps", "roles", "rolebindings"))
    options = {"namespace": namespace, "kubeconfig": kubeconfig}
    assert actions(apply(objects, check=True, **options)) == ["created", "created"]
    assert actions(apply(objects, **options)) == ["created", "created"]
    assert not apply(objects, **options)["changed"]
