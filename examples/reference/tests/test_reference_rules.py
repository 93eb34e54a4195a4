# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What needs no process: command lines, signatures, calls of the Kubernetes API."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from reference import __main__ as program
from reference import kube, s3
from reference.apphub import cluster

ROOT = Path(__file__).parents[1]
STACKS = ROOT.parents[1] / "stacks"
EVERY_PART = [*program.PARTS.values(), *program.BY_VARIABLE.values(), program.OTHERWISE]
CLUSTER = {
    "APPHUB_K8S_NAMESPACE": "hub",
    "APPHUB_K8S_BUILDER_IMAGE": "builder:1",
    "APPHUB_K8S_BUILDER_SERVICE_ACCOUNT": "builder",
    "APPHUB_K8S_LAUNCH_SERVICE_ACCOUNT": "launched",
    "APPHUB_K8S_INGRESS_CLASS": "nginx",
    "APPHUB_K8S_PREVIEW_HOST_TEMPLATE": "{launch}.preview.example.com",
}


def test_every_part_exists() -> None:
    for target in EVERY_PART:
        module, _, function = target.partition(":")
        assert callable(getattr(importlib.import_module(f"reference.{module}"), function))


def whole(stack: Any, section: str, name: str) -> dict[str, Any]:
    """A workload or migration with what it extends."""
    own: dict[str, Any] = stack[section][name]
    while "extends" in own:
        parent = stack["profiles"][own["extends"]]
        own = parent | {key: value for key, value in own.items() if key != "extends"}
    return own


def test_every_workload_of_the_stacks_has_a_part() -> None:
    """By its command and arguments, or by a variable; the shell's are no business of ours."""
    played = []
    for name, images in json.loads((ROOT / "releases.json").read_text()).items():
        stack = yaml.safe_load((STACKS / f"{name}.yml").read_text())
        for section in ("workloads", "migrations"):
            for part in stack[section]:
                own = whole(stack, section, part)
                words = [*own.get("command", []), *own.get("args", [])]
                if own.get("image") in images and words[:1] != ["sh"]:
                    groups = [stack["config"][group] for group in own.get("config", [])]
                    environ = {key for group in groups for key in group} | set(own.get("env", {}))
                    played.append(program.part_of(words, environ))
    assert set(played) == {*EVERY_PART} - {"apphub.metastore:migrate", "mathison.migrations:seed"}


def test_an_unknown_command_line_is_refused() -> None:
    with pytest.raises(SystemExit) as refused:
        program.part_of(["node", "services/catalog/dist/servers.js"], {})
    assert refused.value.code == 127


def test_a_signature_is_the_documented_one() -> None:
    """The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html."""
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-amz-date": "20130524T000000Z",
    }
    signed = s3.sign(
        "GET", "https://examplebucket.s3.amazonaws.com/test.txt", headers, region="us-east-1",
        access_key="AKIAIOSFODNN7EXAMPLE", secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )  # fmt: skip
    assert signed.endswith(
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


class Api:
    """A Kubernetes API that remembers what was asked."""

    def __init__(self, condition: str = "Complete", refuses: str = "nothing") -> None:
        self.condition, self.refuses = condition, refuses
        self.asked: list[str] = []
        self.bodies: list[kube.Object] = []

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self.answer), base_url="http://api")

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if request.content:
            self.bodies.append(json.loads(request.content))
        if self.refuses in path:
            return httpx.Response(403, json={"message": "forbidden"})
        if path.endswith("/log"):
            return httpx.Response(200, text="built\n")
        if path.endswith("/pods"):
            return httpx.Response(200, json={"items": [{"metadata": {"name": "one-x"}}]})
        conditions = [{"type": self.condition, "status": "True"}]
        status = {"conditions": conditions, "availableReplicas": 1}
        return httpx.Response(200, json={"status": status})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CLUSTER.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("told")
def test_a_build_is_created_logged_and_deleted() -> None:
    api = Api()
    assert cluster.build(api.client(), "one") == {"job": "one", "log": "built"}
    jobs = "/apis/batch/v1/namespaces/hub/jobs"
    assert (api.asked[0], api.asked[-1]) == (f"POST {jobs}", f"DELETE {jobs}/one")
    assert "GET /api/v1/namespaces/hub/pods/one-x/log" in api.asked
    pod = api.bodies[0]["spec"]["template"]["spec"]
    assert (pod["serviceAccountName"], pod["automountServiceAccountToken"]) == ("builder", False)


@pytest.mark.usefixtures("told")
def test_a_failed_build_says_its_log_and_is_deleted() -> None:
    api = Api("Failed")
    with pytest.raises(kube.KubeError, match="build one failed: built"):
        cluster.build(api.client(), "one")
    assert api.asked[-1].startswith("DELETE ")


@pytest.mark.usefixtures("told")
def test_a_refusal_has_the_apis_words() -> None:
    with pytest.raises(kube.KubeError, match=r"403.*forbidden"):
        cluster.build(Api(refuses="/jobs").client(), "one")


@pytest.mark.usefixtures("told")
def test_a_preview_is_three_objects_under_the_third_account() -> None:
    api = Api()
    assert cluster.launch(api.client(), "one") == {"url": "one.preview.example.com"}
    cluster.stop(api.client(), "one")
    kinds = ["deployments", "services", "ingresses"]
    assert [asked.rsplit("/", 1)[-1] for asked in api.asked[:3]] == kinds
    assert [asked.rsplit("/", 2)[-2] for asked in api.asked[-3:]] == kinds
    assert api.bodies[0]["spec"]["template"]["spec"]["serviceAccountName"] == "launched"
    (container,) = api.bodies[0]["spec"]["template"]["spec"]["containers"]
    (port,) = api.bodies[1]["spec"]["ports"]
    assert container["env"] == [{"name": "PORT", "value": str(port["targetPort"])}]
    assert api.bodies[2]["spec"]["ingressClassName"] == "nginx"
