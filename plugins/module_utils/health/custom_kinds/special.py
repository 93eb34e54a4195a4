# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom kinds that a row of a table cannot tell: counts, lists of parts, several words at once."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.custom import (
    says,
    value_at,
    word,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Status,
    Verdict,
    failed,
    progressing,
    ready,
    suspended,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    count,
    evidence,
    generation,
    integer,
    is_false,
    is_true,
    mapping,
    parts,
    said,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref


def api_manager(obj: Object, view: View) -> Verdict:
    """Judge 3scale's APIManager: none of its deployments starts or stands."""
    parts_by = mapping(status(obj).get("deployments"))
    waiting = [one for key in ("starting", "stopped") for one in _texts(parts_by.get(key))]
    if waiting:
        return progressing("NotReady", f"not ready: {', '.join(waiting)}")
    if (good := _texts(parts_by.get("ready"))) and not conditions(obj):
        return ready(f"{len(good)} deployments ready")
    return says("Available")(obj, view)


def olm_subscription(obj: Object, view: View) -> Verdict:
    """Judge an OLM Subscription by its conditions, which are all about trouble, and its state."""
    found = conditions(obj)
    for kind in ("InstallPlanFailed", "ResolutionFailed", "CatalogSourcesUnhealthy"):
        if is_true(one := condition(found, kind)):
            return failed(str(one.get("reason") or kind), said(one), (evidence(obj, one),))
    if is_true(one := condition(found, "InstallPlanPending")):
        is_manual = one.get("reason") == "RequiresApproval"
        return suspended(said(one)) if is_manual else progressing("InstallPlanPending", said(one))
    if is_true(one := condition(found, "InstallPlanMissing")):
        return progressing(str(one.get("reason") or "InstallPlanMissing"), said(one))
    if not status(obj).get("state") and found:
        return ready("no condition against it")
    return _SUBSCRIPTION(obj, view)


_SUBSCRIPTION = word("status.state", ready="atlatestknown", failed="upgradefailed")


def gloo(obj: Object, view: View) -> Verdict:
    """Judge Gloo's kinds by what each of its namespaces says of them."""
    have = status(obj)
    found = parts(list(mapping(have.get("statuses")).values())) or [have]
    states = {str(part.get("state", "")).lower() for part in found}
    for part in found:
        if str(part.get("state", "")).lower() in ("rejected", "2", "warning", "3"):
            text = str(part.get("reason") or "it was not accepted")
            return failed("Rejected", text, (Evidence(str(ref(obj)), text),))
    if states and states <= {"accepted", "1"}:
        return ready("accepted", "Accepted")
    return progressing("NotValidated", "it has not been validated yet")


def openshift_route(obj: Object, view: View) -> Verdict:
    """Judge OpenShift's Route: every router that reports has admitted it."""
    found = [
        condition(parts(one.get("conditions")), "Admitted")
        for one in parts(status(obj).get("ingress"))
    ]
    for one in found:
        if is_false(one):
            return failed(str(one.get("reason") or "NotAdmitted"), said(one), (evidence(obj, one),))
    if not found or not all(map(is_true, found)):
        return progressing("NotAdmitted", "no router has admitted it yet")
    return ready("admitted", "Admitted")


def managed_certificate(obj: Object, view: View) -> Verdict:
    """Judge GKE's ManagedCertificate: a domain that does not point here stays without one."""
    for one in parts(status(obj).get("domainStatus")):
        if str(one.get("status", "")).startswith("Failed"):
            text = f"domain {one.get('domain')}: {one['status']}"
            return failed(str(one["status"]), text, (Evidence(str(ref(obj)), text),))
    return _MANAGED_CERTIFICATE(obj, view)


_MANAGED_CERTIFICATE = word(
    "status.certificateStatus", ready="active", failed="provisioningfailedpermanently"
)


def otel_collector(obj: Object, view: View) -> Verdict:
    """Judge an OpenTelemetryCollector: ``status.scale.statusReplicas`` says ``2/2``."""
    mode = spec(obj).get("mode")
    if mode == "sidecar" and status(obj):
        return ready("put into pods as a sidecar", "Exists")
    found = re.fullmatch(r"(\d+)/(\d+)", str(value_at(obj, "status.scale.statusReplicas") or ""))
    if not found:
        return progressing("NotReported", "it does not say how many of its pods are ready")
    is_all = int(found[1]) >= int(found[2]) and (int(found[2]) > 0 or mode == "daemonset")
    return ready(f"{found[0]} ready") if is_all else progressing("NotReady", f"{found[0]} ready")


def kyverno_policy(obj: Object, view: View) -> Verdict:
    """Judge Kyverno's newer policies: ``status.conditionStatus`` holds conditions and a word."""
    told = mapping(status(obj).get("conditionStatus"))
    found = parts(told.get("conditions"))
    old = [one for one in found if (integer(one.get("observedGeneration")) or 0) < generation(obj)]
    if not told or any("observedGeneration" in one for one in old):
        return progressing("NotObserved", "its controller has not seen this generation yet")
    if told.get("ready") is True:
        return ready()
    bad = next((one for one in found if is_false(one)), {})
    text = said(bad) if bad else str(told.get("message") or "it is not ready")
    return failed(str(bad.get("reason") or "NotReady"), text, (Evidence(str(ref(obj)), text),))


def compliance(obj: Object, view: View) -> Verdict:
    """Judge Open Cluster Management's policies by whether their clusters comply."""
    have = status(obj)
    seen = integer(have.get("lastEvaluatedGeneration"))
    if spec(obj).get("disabled"):
        return ready("disabled", "Disabled")
    if seen is not None and seen != generation(obj):
        return progressing("NotObserved", "its controller has not seen this generation yet")
    if not have.get("compliant") and have.get("placement") and not have.get("status"):
        return ready("no cluster matches it", "NotPlaced")
    return _COMPLIANCE(obj, view)


_COMPLIANCE = word("status.compliant", ready="compliant", failed="noncompliant")


def karmada_binding(obj: Object, view: View) -> Verdict:
    """Judge Karmada's ResourceBinding: applied and healthy in every cluster it is meant for."""
    wanted = parts(spec(obj).get("clusters"))
    told = parts(status(obj).get("aggregatedStatus"))
    if not wanted or len(told) < len(wanted):
        return progressing("NotApplied", f"{len(told)} of {len(wanted)} clusters report")
    for one in told:
        is_bad = one.get("health") == "Unhealthy"
        if is_bad or (one.get("health") == "Unknown" and one.get("applied") is not True):
            text = f"cluster {one.get('clusterName')}: {one.get('appliedMessage') or 'not healthy'}"
            return failed("Unhealthy", text, (Evidence(str(ref(obj)), text),))
    return ready(f"applied in {len(told)} clusters")


def virtual_machine(obj: Object, view: View) -> Verdict:
    """Judge KubeVirt's VirtualMachine: by its printable word, else by its conditions."""
    found = conditions(obj)
    if is_true(one := condition(found, "Paused")):
        return suspended(said(one))
    if status(obj).get("printableStatus"):
        return _VIRTUAL_MACHINE(obj, view)
    if is_false(condition(found, "Ready")) and not status(obj).get("created"):
        return suspended("it is stopped")
    return says("Ready", false_fails=False)(obj, view)


_VIRTUAL_MACHINE = word(
    "status.printableStatus",
    ready="running",
    failed="crashloopbackoff,errorunschedulable,errimagepull,imagepullbackoff,errorpvcnotfound,"
    "datavolumeerror",
    suspended="stopped,paused",
)


def solr_cloud(obj: Object, view: View) -> Verdict:
    """Judge a SolrCloud: every node that it lists is ready."""
    nodes = parts(status(obj).get("solrNodes"))
    good = sum(one.get("ready") is True for one in nodes)
    text = f"{good}/{len(nodes)} nodes ready"
    return ready(text) if nodes and good == len(nodes) else progressing("NotReady", text)


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def elasticsearch(obj: Object, view: View) -> Verdict:
    """Judge ECK's Elasticsearch: all its nodes are there, settled, and no shard is missing."""
    sets = parts(spec(obj).get("nodeSets"))
    want, have = sum(count(one, "count", 1) for one in sets), status(obj).get("availableNodes")
    verdict = _ELASTICSEARCH(obj, view)
    if verdict.status is Status.READY and isinstance(have, int) and have < want:
        return progressing("NotReady", f"{have}/{want} nodes available")
    return verdict


_ELASTICSEARCH = word(
    "status.health",
    ready="green",
    failed="red",
    holds="status.phase=ready",
    breaks="status.phase=invalid",
)


def longhorn_volume(obj: Object, view: View) -> Verdict:
    """Judge a Longhorn volume: in use and whole, or put aside."""
    state, shape = str(status(obj).get("state", "")), str(status(obj).get("robustness", ""))
    if shape == "faulted":
        return failed("Faulted", "its data cannot be reached", (Evidence(str(ref(obj)), shape),))
    if state == "detached" or (state, shape) == ("attached", "healthy"):
        return ready(state, state.capitalize())
    return progressing("NotReady", f"{state or 'no state yet'}, {shape or 'robustness unknown'}")


def mariadb_job(obj: Object, view: View) -> Verdict:
    """Judge mariadb-operator's SqlJob, whose condition holds also when the job has failed."""
    for one in conditions(obj):
        if "Failed" in str(one.get("reason")):
            return failed(str(one["reason"]), said(one), (evidence(obj, one),))
    return says("Complete", false_fails=False)(obj, view)


def flink_deployment(obj: Object, view: View) -> Verdict:
    """Judge a FlinkDeployment: its lifecycle word, or before 1.2 the job manager's."""
    if status(obj).get("lifecycleState"):
        return _FLINK(obj, view)
    manager = str(status(obj).get("jobManagerDeploymentStatus", ""))
    state = str(value_at(obj, "status.reconciliationStatus.state") or "")
    if manager == "ERROR":
        text = str(status(obj).get("error") or "its job manager cannot be deployed")
        return failed("Error", text, (Evidence(str(ref(obj)), text),))
    is_up = manager == "READY" or (not manager and state == "DEPLOYED")
    if is_up and (
        state in ("DEPLOYED", "") or value_at(obj, "status.reconciliationStatus.success")
    ):
        return ready("deployed", "Deployed")
    return progressing("NotDeployed", f"job manager: {manager or 'not reported yet'}")


_FLINK = word("status.lifecycleState", ready="stable", failed="failed", suspended="suspended")


def flink_session_job(obj: Object, view: View) -> Verdict:
    """Judge a FlinkSessionJob by its job's state; an error without a state is final."""
    if not value_at(obj, "status.jobStatus.state") and status(obj).get("error"):
        text = str(status(obj)["error"])
        return failed("Error", text, (Evidence(str(ref(obj)), text),))
    return _FLINK_JOB(obj, view)


_FLINK_JOB = word(
    "status.jobStatus.state",
    ready="running,finished",
    failed="failed",
    suspended="suspended,canceled",
)


def gatekeeper(obj: Object, view: View) -> Verdict:
    """Judge a Gatekeeper template or constraint: each of its pods has taken it up."""
    pods = parts(status(obj).get("byPod"))
    for error in (one for pod in pods for one in parts(pod.get("errors"))):
        text = str(error.get("message") or error.get("code"))
        return failed("Error", text, (Evidence(str(ref(obj)), text),))
    if not pods or status(obj).get("created") is False:
        return progressing("NotTakenUp", "Gatekeeper has not taken it up yet")
    if any((integer(pod.get("observedGeneration")) or 0) < generation(obj) for pod in pods):
        return progressing("NotObserved", "not every pod of Gatekeeper has seen this generation")
    return ready("taken up", "TakenUp")
