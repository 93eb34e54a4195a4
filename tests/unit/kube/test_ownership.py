# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an apply may be left out: never by mistake.

The live object is what a Kubernetes 1.34 API server answered to the apply of `DESIRED`, noise
left out: it dropped zero values, completed the protocol and normalised the quantities.
"""

from __future__ import annotations

import copy

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.ownership import settled
from hypothesis import given
from hypothesis import strategies as st

from tests.unit import quick_yaml

DESIRED = quick_yaml.load("""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: d
  namespace: shop
  labels: {a: b}
  annotations: {}
  finalizers: [x.dev/one, x.dev/two]
spec:
  replicas: 0
  selector: {matchLabels: {a: b}}
  template:
    metadata:
      labels: {a: b}
    spec:
      hostNetwork: false
      enableServiceLinks: false
      tolerations: []
      containers:
        - name: c
          image: x
          command: [x, y]
          args: []
          ports:
            - {containerPort: 80, name: http}
          env:
            - {name: B, value: ""}
            - {name: A, value: "1"}
          resources:
            requests: {cpu: 1000m, memory: 1024Mi}
            limits: {memory: 1Gi}
          securityContext: {capabilities: {drop: [ALL]}}
          volumeMounts:
            - {name: t, mountPath: /tmp}
      volumes:
        - {name: t, emptyDir: {}}
""")
LIVE = quick_yaml.load("""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: d
  namespace: shop
  uid: "1"
  resourceVersion: "7"
  labels: {a: b, someone: else}
  finalizers: [x.dev/one, y.dev/other, x.dev/two]
  managedFields:
    - {manager: kubectl, operation: Update, apiVersion: apps/v1, fieldsV1: {"f:spec": {}}}
    - manager: slipway
      operation: Apply
      apiVersion: apps/v1
      time: "2026-11-22T00:28:17Z"
      fieldsType: FieldsV1
      fieldsV1:
        f:metadata:
          f:annotations: {}
          f:finalizers: {'v:"x.dev/one"': {}, 'v:"x.dev/two"': {}}
          f:labels: {f:a: {}}
        f:spec:
          f:replicas: {}
          f:selector: {}
          f:template:
            f:metadata:
              f:labels: {f:a: {}}
            f:spec:
              f:containers:
                'k:{"name":"c"}':
                  .: {}
                  f:args: {}
                  f:command: {}
                  f:env:
                    'k:{"name":"A"}': {.: {}, f:name: {}, f:value: {}}
                    'k:{"name":"B"}': {.: {}, f:name: {}, f:value: {}}
                  f:image: {}
                  f:name: {}
                  f:ports:
                    'k:{"containerPort":80,"protocol":"TCP"}':
                      {.: {}, f:containerPort: {}, f:name: {}}
                  f:resources:
                    f:limits: {f:memory: {}}
                    f:requests: {f:cpu: {}, f:memory: {}}
                  f:securityContext: {f:capabilities: {f:drop: {}}}
                  f:volumeMounts:
                    'k:{"mountPath":"/tmp"}': {.: {}, f:mountPath: {}, f:name: {}}
              f:enableServiceLinks: {}
              f:hostNetwork: {}
              f:tolerations: {}
              f:volumes:
                'k:{"name":"t"}': {.: {}, f:emptyDir: {}, f:name: {}}
spec:
  replicas: 0
  selector: {matchLabels: {a: b}}
  progressDeadlineSeconds: 600
  template:
    metadata:
      labels: {a: b}
    spec:
      enableServiceLinks: false
      dnsPolicy: ClusterFirst
      containers:
        - name: sidecar
          image: injected
        - name: c
          image: x
          imagePullPolicy: Always
          command: [x, y]
          ports:
            - {containerPort: 80, name: http, protocol: TCP}
          env:
            - {name: B}
            - {name: A, value: "1"}
          resources:
            requests: {cpu: "1", memory: 1Gi}
            limits: {memory: 1Gi}
          securityContext: {capabilities: {drop: [ALL]}}
          volumeMounts:
            - {name: t, mountPath: /tmp}
      volumes:
        - {name: t, emptyDir: {}}
status: {replicas: 0}
""")


def at(obj, path):
    """The container at a path such as spec.containers.0."""
    for part in path.split("."):
        obj = obj[int(part)] if isinstance(obj, list) else obj[part]
    return obj


POD = "spec.template.spec"
BOX = f"{POD}.containers.0"
LIVE_BOX = f"{POD}.containers.1"


def put(path, key, value):
    def change(obj):
        at(obj, path)[key] = value

    return change


def drop(path, key):
    def change(obj):
        del at(obj, path)[key]

    return change


def add(path, value):
    def change(obj):
        at(obj, path).append(value)

    return change


def reverse(path):
    def change(obj):
        at(obj, path).reverse()

    return change


def changed(obj, change):
    obj = copy.deepcopy(obj)
    change(obj)
    return obj


def test_the_same_again_is_settled():
    assert settled(DESIRED, LIVE)


STILL_SETTLED = {
    "another manager's field": put("spec", "paused", True),
    "status": put("status", "replicas", 3),
    "another manager's list item": add(f"{LIVE_BOX}.env", {"name": "C", "value": "2"}),
    "another manager's finalizer": add("metadata.finalizers", "z.dev/new"),
}


@pytest.mark.parametrize("change", STILL_SETTLED.values(), ids=STILL_SETTLED)
def test_what_others_do_beside_us_is_no_change(change):
    assert settled(DESIRED, changed(LIVE, change))


WANTED_CHANGES = {
    "value": put("spec", "replicas", 2),
    "zero instead of a value": put(f"{BOX}.env.1", "value", ""),
    "value instead of zero": put(f"{BOX}.env.0", "value", "x"),
    "true instead of 1": put("spec", "replicas", False),
    "new field": put("spec", "paused", True),
    "field left out": drop("spec", "replicas"),
    "label left out": drop("metadata", "labels"),
    "new label": put("metadata.labels", "c", "d"),
    "item left out": put(BOX, "env", [{"name": "A", "value": "1"}]),
    "new item": add(f"{BOX}.env", {"name": "C", "value": "1"}),
    "item's field left out": drop(f"{BOX}.env.0", "value"),
    "order of items": reverse(f"{BOX}.env"),
    "second container": add(f"{POD}.containers", {"name": "d", "image": "x"}),
    "renamed container": put(BOX, "name", "d"),
    "container without a name": drop(BOX, "name"),
    "other protocol": put(f"{BOX}.ports.0", "protocol", "UDP"),
    "same item twice": add(f"{BOX}.env", {"name": "A", "value": "1"}),
    "atomic list": put(BOX, "command", ["x", "z"]),
    "atomic map": put("spec.selector.matchLabels", "c", "d"),
    "list emptied": put(BOX, "command", []),
    "empty list filled": put(BOX, "args", ["x"]),
    "null": put("spec", "replicas", None),
    "quantity": put(f"{BOX}.resources.requests", "cpu", "1001m"),
    "no quantity": put(f"{BOX}.resources.requests", "cpu", "many"),
    "emptyDir with a limit": put(f"{POD}.volumes.0", "emptyDir", {"sizeLimit": "1Mi"}),
    "other volume type": put(f"{POD}.volumes", 0, {"name": "t", "configMap": {"name": "x"}}),
    "finalizer left out": put("metadata", "finalizers", ["x.dev/one"]),
    "new finalizer": add("metadata.finalizers", "x.dev/three"),
    "order of finalizers": reverse("metadata.finalizers"),
    "map instead of a list": put(f"{POD}.containers", 0, "c"),
    "other apiVersion": lambda obj: obj.update(apiVersion="apps/v2"),
}


@pytest.mark.parametrize("change", WANTED_CHANGES.values(), ids=WANTED_CHANGES)
def test_what_we_want_otherwise_has_to_be_applied(change):
    assert not settled(changed(DESIRED, change), LIVE)


DRIFT = {
    "value": put("spec", "replicas", 2),
    "value that we gave is gone": drop(f"{LIVE_BOX}.env.1", "value"),
    "item is gone": put(LIVE_BOX, "env", [{"name": "B"}]),
    "order": reverse(f"{LIVE_BOX}.env"),
    "atomic list": add(f"{LIVE_BOX}.command", "z"),
    "label is gone": put("metadata", "labels", {}),
    "labels are gone": drop("metadata", "labels"),
    "finalizer is gone": put("metadata", "finalizers", ["x.dev/one"]),
    "string instead of a number": put("spec", "replicas", "0"),
    "quantity": put(f"{LIVE_BOX}.resources.requests", "cpu", "2"),
    "another manager took all we owned": put("metadata", "managedFields", []),
    "another manager took a field": drop("metadata.managedFields.1.fieldsV1.f:spec", "f:replicas"),
    "we own more than we want": put("metadata.managedFields.1.fieldsV1.f:spec", "f:paused", {}),
    "applied in another version": put("metadata.managedFields.1", "apiVersion", "apps/v1beta1"),
    "applied to a subresource": put("metadata.managedFields.1", "subresource", "scale"),
    "written, not applied": put("metadata.managedFields.1", "operation", "Update"),
    "no fields": drop("metadata.managedFields.1", "fieldsV1"),
}


@pytest.mark.parametrize("change", DRIFT.values(), ids=DRIFT)
def test_drift_has_to_be_applied(change):
    assert not settled(DESIRED, changed(LIVE, change))


def test_a_number_in_an_annotation_is_no_quantity():
    def with_note(value, obj):
        meta = {**obj["metadata"], "annotations": {"n": value}}
        return {**obj, "metadata": meta}

    live = with_note("1", changed(LIVE, put(
        "metadata.managedFields.1.fieldsV1.f:metadata", "f:annotations", {"f:n": {}}
    )))  # fmt: skip
    assert settled(with_note("1", DESIRED), live)
    assert not settled(with_note("1000m", DESIRED), live)


CLAIM = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
ADDED = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}}
MODE = {"volumeMode": "Filesystem"}


def claims(given, live):
    """Whether a StatefulSet with these claims is settled; they are one value for the server."""
    fields = {"f:spec": {"f:volumeClaimTemplates": {}}}
    entry = {"manager": "slipway", "operation": "Apply", "apiVersion": "v1", "fieldsV1": fields}
    there = {"metadata": {"managedFields": [entry]}, "spec": {"volumeClaimTemplates": live}}
    return settled({"apiVersion": "v1", "spec": {"volumeClaimTemplates": given}}, there)


def test_what_the_server_adds_to_claims_is_no_change():
    completed = {**CLAIM, **ADDED, "spec": {**CLAIM["spec"], **MODE}}
    assert claims([CLAIM], [completed])
    assert claims([{**CLAIM, "kind": "PersistentVolumeClaim"}], [completed])


@pytest.mark.parametrize(
    "live",
    [
        [],
        [CLAIM, CLAIM],
        [{**CLAIM, "metadata": {"name": "other"}}],
        [{**CLAIM, "spec": {**CLAIM["spec"], "volumeMode": "Block"}}],
        [{**CLAIM, "spec": {**CLAIM["spec"], "storageClassName": "fast"}}],
        [{**CLAIM, "status": {"phase": "Bound"}}],
        ["data"],
    ],
)
def test_other_claims_have_to_be_applied(live):
    assert not claims([CLAIM], live)


def test_claims_that_say_another_mode_have_to_be_applied():
    block = {**CLAIM, "spec": {**CLAIM["spec"], "volumeMode": "Block"}}
    assert not claims([block], [{**CLAIM, "spec": {**CLAIM["spec"], **MODE}}])


def test_two_ports_of_one_number_are_not_told_apart_by_a_default():
    """53/TCP without its protocol fits both: not certain, so it is applied."""
    fields = {
        "f:spec": {
            "f:ports": {
                'k:{"port":53,"protocol":"TCP"}': {".": {}, "f:port": {}},
                'k:{"port":53,"protocol":"UDP"}': {".": {}, "f:port": {}, "f:protocol": {}},
            }
        }
    }
    entry = {"manager": "slipway", "operation": "Apply", "apiVersion": "v1", "fieldsV1": fields}
    desired = {"apiVersion": "v1", "spec": {"ports": [{"port": 53}]}}
    desired["spec"]["ports"].append({"port": 53, "protocol": "UDP"})
    ports = [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]
    live = {"metadata": {"managedFields": [entry]}, "spec": {"ports": ports}}
    assert not settled(desired, live)


def leaves(value, path=()):
    """Paths to all scalars of DESIRED that are sent."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    elif path[-1] not in ("apiVersion", "kind") and path[:2] not in (
        ("metadata", "name"),
        ("metadata", "namespace"),
    ):
        yield path


@given(st.sampled_from(sorted(leaves(DESIRED), key=str)), st.sampled_from(["zz", 977, True]))
def test_no_changed_scalar_is_overlooked(path, value):
    other = copy.deepcopy(DESIRED)
    place = other
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert not settled(other, LIVE)
