# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity: what makes a run another one, and what does not."""

from __future__ import annotations

import copy
import random

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import identity
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.wishes import wish
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.migrations.cluster import Cluster

DIGEST = "sha256:" + "a" * 64
FEW = settings(max_examples=12)
WORDS = st.text("ab €", max_size=3)
CHANCE = st.randoms(use_true_random=False)
REPOSITORIES = st.sampled_from(["shop", "ghcr.io/acme/shop", "localhost:5000/mirror/shop"])
TAGS = st.sampled_from(["", ":1", ":1.0.0-rc.2"])
DIGESTS = st.sampled_from("ab").map(lambda digit: f"sha256:{digit * 64}")
CONFIG = {"common": {"LOG": "json", "LEVEL": "info"}, "sql": {"1.sql": "create table a ()"}}


def rich_job() -> dict:
    """A Job with one of everything that can count."""
    return {
        "metadata": {"labels": {"a": "1"}},
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {
                            "name": "migrate",
                            "image": f"ghcr.io/acme/shop@{DIGEST}",
                            "command": ["shop"],
                            "args": ["migrate"],
                            "env": [
                                {"name": "MODE", "value": "fast"},
                                {"name": "LOG", "value": "text"},
                                {
                                    "name": "URL",
                                    "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}},
                                },
                                {
                                    "name": "LEVEL",
                                    "valueFrom": {
                                        "configMapKeyRef": {"name": "common", "key": "LEVEL"}
                                    },
                                },
                            ],
                            "envFrom": [{"configMapRef": {"name": "common"}, "prefix": "X_"}],
                            "volumeMounts": [{"name": "sql", "mountPath": "/sql"}],
                            "resources": {"limits": {"memory": "64Mi"}},
                        }
                    ],
                    "volumes": [{"name": "sql", "configMap": {"name": "sql"}}],
                }
            }
        },
    }


def container(job: dict) -> dict:
    return job["spec"]["template"]["spec"]["containers"][0]


def run_id(job: dict, config_maps=CONFIG, **changes) -> str:
    options = {"phase": "pre", "database": "shop/db", "incarnation": "u1"} | changes
    return identity.identify(job, config_maps=config_maps, **options).run_id


def env(job: dict, name: str) -> dict:
    return next(entry for entry in container(job)["env"] if entry["name"] == name)


OTHER_RUN = {
    "image": lambda job: container(job).update(image=f"ghcr.io/acme/shop@{DIGEST[:-1]}b"),
    "command": lambda job: container(job).update(command=["other"]),
    "args": lambda job: container(job)["args"].append("--all"),
    "one argument instead of two": lambda job: container(job).update(args=["migrate --all"]),
    "literal value": lambda job: env(job, "MODE").update(value="slow"),
    "name of a secret": lambda job: env(job, "URL")["valueFrom"]["secretKeyRef"].update(name="b"),
    "key of a secret": lambda job: env(job, "URL")["valueFrom"]["secretKeyRef"].update(key="b"),
    "one variable more": lambda job: container(job)["env"].append({"name": "NEW", "value": ""}),
    "mount path": lambda job: container(job)["volumeMounts"][0].update(mountPath="/other"),
    "an init container": lambda job: job["spec"]["template"]["spec"].update(
        initContainers=[{"name": "wait", "image": f"busybox@{DIGEST}"}]
    ),
}
SAME_RUN = {
    "resources": lambda job: container(job).update(resources={}),
    "labels": lambda job: job.update(metadata={}),
    "deadline": lambda job: job["spec"].update(activeDeadlineSeconds=5),
    "scheduling": lambda job: job["spec"]["template"]["spec"].update(nodeSelector={"a": "b"}),
    "name of the container": lambda job: container(job).update(name="other"),
    "registry of the same digest": lambda job: container(job).update(image=f"mirror/s@{DIGEST}"),
    "tag beside the digest": lambda job: container(job).update(image=f"mirror/s:2@{DIGEST}"),
    "order of variables": lambda job: container(job)["env"].reverse(),
    "where a plain value comes from": lambda job: (
        env(job, "LEVEL").clear() or container(job)["env"][-1].update(name="LEVEL", value="info")
    ),
}


@pytest.mark.parametrize("change", OTHER_RUN.values(), ids=OTHER_RUN)
def test_it_is_another_run(change):
    changed = rich_job()
    change(changed)
    assert run_id(changed) != run_id(rich_job())


@pytest.mark.parametrize("change", SAME_RUN.values(), ids=SAME_RUN)
def test_it_is_the_same_run(change):
    changed = rich_job()
    change(changed)
    assert run_id(changed) == run_id(rich_job())


@pytest.mark.parametrize(
    "changes", [{"phase": "post"}, {"database": "shop/other"}, {"incarnation": "u2"}], ids=str
)
def test_phase_database_and_incarnation_count(changes):
    assert run_id(rich_job(), **changes) != run_id(rich_job())


@pytest.mark.parametrize("name", CONFIG)
def test_content_of_config_maps_counts(name):
    changed = CONFIG | {name: CONFIG[name] | {"more": "x"}}
    assert run_id(rich_job(), changed) != run_id(rich_job())


def test_no_value_is_stored():
    inputs = identity.identify(
        rich_job(), phase="pre", database="d", incarnation="i", config_maps=CONFIG
    ).inputs
    text = identity.canonical(inputs).decode()
    assert not [word for word in ("fast", "json", "create table") if word in text]


@pytest.mark.parametrize(
    ("image", "weak"), [("shop:1", True), ("shop", True), (f"shop@{DIGEST}", False)]
)
def test_a_tag_alone_is_weak(image, weak):
    assert known(image).weak is weak


@FEW
@given(CHANCE)
def test_order_of_keys_never_counts(chance: random.Random):
    assert run_id(shuffled(rich_job(), chance)) == run_id(rich_job())


@FEW
@given(
    st.recursive(
        WORDS | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    ),
    CHANCE,
)
def test_canonical_form_depends_on_the_value_only(value, chance):
    assert identity.canonical(shuffled(value, chance)) == identity.canonical(value)


@FEW
@given(st.lists(WORDS, max_size=3), st.lists(WORDS, max_size=3))
def test_different_args_are_different_runs(first, second):
    jobs = [rich_job(), rich_job()]
    container(jobs[0])["args"], container(jobs[1])["args"] = first, second
    assert (run_id(jobs[0]) == run_id(jobs[1])) is (first == second)


DEFAULTS = {"command": [], "args": [], "env": [], "envFrom": [], "volumeMounts": []}


@FEW
@given(st.sets(st.sampled_from(sorted(DEFAULTS))), st.booleans())
def test_a_default_may_be_written_or_left_out(written, empty):
    bare = {"spec": {"template": {"spec": {"containers": [{"name": "m", "image": "a:1"}]}}}}
    full = copy.deepcopy(bare)
    container(full).update({key: DEFAULTS[key] if empty else None for key in written})
    assert run_id(full) == run_id(bare)


@FEW
@given(st.tuples(REPOSITORIES, TAGS, DIGESTS), st.tuples(REPOSITORIES, TAGS, DIGESTS))
def test_only_the_digest_tells_images_apart_that_have_one(first, second):
    ids = [known(f"{repository}{tag}@{digest}") for repository, tag, digest in (first, second)]
    assert (ids[0].run_id == ids[1].run_id) is (first[2] == second[2])
    assert not ids[0].weak


@FEW
@given(st.tuples(REPOSITORIES, TAGS), st.tuples(REPOSITORIES, TAGS))
def test_images_without_a_digest_are_told_apart_by_name_and_are_weak(first, second):
    ids = [known(repository + tag) for repository, tag in (first, second)]
    assert (ids[0].run_id == ids[1].run_id) is (first == second)
    assert ids[0].weak


@FEW
@given(WORDS, WORDS)
def test_a_rotated_secret_is_the_same_run(first, second):
    assert wanted(first) == wanted(second)


def wanted(password: str) -> str:
    """Return the run that is wanted while the Secret has this value."""
    cluster = Cluster()
    for name, data in CONFIG.items():
        cluster.put("configmaps", {"metadata": {"name": name}, "data": data})
    cluster.put("secrets", {"metadata": {"name": "db"}, "data": {"url": password}})
    option = {
        "name": "migrate_users",
        "phase": "pre",
        "database": {"id": "shop/db", "incarnation": "u1"},
        "backward_compatible": "unknown",
        "job": rich_job(),
        "timeout": 60,
    }
    return wish(option, cluster.store()).run.run_id


def known(image: str) -> identity.Identity:
    job = rich_job()
    container(job)["image"] = image
    return identity.identify(job, phase="pre", database="d", incarnation="i", config_maps=CONFIG)


def shuffled(value, chance: random.Random):
    """Return an equal value whose dictionaries are in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, chance)) for key, item in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def claim(uid: str, **meta) -> dict:
    return {"metadata": {"uid": uid, **meta}}


def test_incarnation_is_the_claims_uids_in_any_order():
    first = identity.incarnation({"a": claim("2"), "b": claim("1")}, "", "db")
    assert first == identity.incarnation({"b": claim("1"), "a": claim("2")}, "", "db") == "1,2"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({}, "neither claims nor an incarnation"),
        ({"a": claim("1", deletionTimestamp="x")}, "is being deleted"),
    ],
)
def test_a_database_that_cannot_be_told_apart_is_refused(claims, words):
    with pytest.raises(MigrationError, match=words):
        identity.incarnation(claims, "", "shop/db")
