# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task's option `resources`: what is understood and what is refused, in which words."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import targets
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import UnknownKind


def served(kind, resource, scope="Namespaced"):
    return {"resource": resource, "scope": scope, "responseKind": {"kind": kind}, "verbs": []}


APPS = [served("Deployment", "deployments")]
CORE = [served("Namespace", "namespaces", "Cluster")]
DISCOVERY = Discovery(
    [
        {"items": [{"metadata": {"name": ""}, "versions": [{"version": "v1", "resources": CORE}]}]},
        {
            "items": [
                {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": APPS}]}
            ]
        },
    ]
)
API = {"api_version": "apps/v1", "kind": "Deployment", "name": "api"}


def read(*resources, check=False):
    return targets(list(resources), "shop", DISCOVERY, now=5.0, check=check)


def test_what_apply_returns_is_taken_as_it_is():
    entry = {**API, "namespace": "other", "uid": "u", "generation": 3, "action": "created"}
    (target,) = read(entry)
    assert str(target.ref) == "Deployment other/api"
    assert (target.applied.uid, target.applied.generation, target.applied.at) == ("u", 3, 5.0)


def test_the_namespace_is_filled_in_where_the_kind_has_one():
    cluster_scoped = {"api_version": "v1", "kind": "Namespace", "name": "shop", "namespace": "x"}
    assert [str(one.ref) for one in read(API, cluster_scoped)] == [
        "Deployment shop/api",
        "Namespace shop",
    ]


def test_an_object_named_twice_is_waited_for_once():
    assert len(read(API, {**API, "namespace": "shop"})) == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"},
            r'resources\[0\] has no api_version.*Did you mean "api_version" for "apiVersion"\?',
        ),
        ({"api_version": "apps/v1", "kind": "Deployment"}, r"resources\[0\] has no name"),
        ({"api_version": "apps/v1", "name": "api"}, r"resources\[0\] has no kind"),
    ],
)
def test_an_incomplete_entry_is_refused(entry, words):
    with pytest.raises(HealthError, match=words):
        read(entry)


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(UnknownKind, match='Did you mean "Deployment"'):
        read({**API, "kind": "Deploymnt"})


def test_check_mode_knows_that_a_definition_may_come_with_the_run():
    (target,) = read({**API, "kind": "Thing"}, check=True)
    assert target.served is False
