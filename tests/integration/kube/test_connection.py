# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of every kind against the real API server, and one clear sentence for each fault."""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)


def config_maps(api, namespace):
    return api.request("GET", f"/api/v1/namespaces/{namespace}/configmaps")["kind"]


def printed(credential):
    """An exec plugin that prints a token; its n-th run prints the n-th."""
    return f"""
import json, os, sys
count = sys.argv[1]
number = os.path.getsize(count) if os.path.exists(count) else 0
open(count, "a").write(".")
tokens = {credential!r}
status = {{"token": tokens[min(number, len(tokens) - 1)]}}
print(json.dumps({{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                   "status": status}}))
"""


def exec_user(tmp_path, script):
    path = tmp_path / "login.py"
    path.write_text(script)
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(path), str(tmp_path / "count")],
            "interactiveMode": "Never",
        }
    }


def test_token(restricted, namespace):
    api = connect({"kubeconfig": str(restricted("configmaps"))})
    assert config_maps(api, namespace) == "ConfigMapList"


def test_token_file(kubeconfigs, token, namespace, tmp_path):
    """A rotated token is read again after the old one was refused."""
    place = tmp_path / "token"
    place.write_text("an-expired-one")
    api = connect({"kubeconfig": str(kubeconfigs.write(user={"tokenFile": str(place)}))})
    place.write_text(token("configmaps"))
    assert config_maps(api, namespace) == "ConfigMapList"


def test_exec_plugin(kubeconfigs, token, namespace, tmp_path):
    user = exec_user(tmp_path, printed([token("configmaps")]))
    api = connect({"kubeconfig": str(kubeconfigs.write(user=user))})
    assert config_maps(api, namespace) == "ConfigMapList"


def test_exec_plugin_is_asked_again_when_its_token_is_refused(
    kubeconfigs, token, namespace, tmp_path
):
    user = exec_user(tmp_path, printed(["expired", token("configmaps")]))
    api = connect({"kubeconfig": str(kubeconfigs.write(user=user))})
    assert config_maps(api, namespace) == "ConfigMapList"
    assert (tmp_path / "count").read_text() == ".."


def test_exec_plugin_that_gives_a_certificate(kubeconfigs, kubeconfig, namespace, tmp_path):
    (user,) = kubeconfigs.users
    status = {
        "clientCertificateData": base64.b64decode(user["client-certificate-data"]).decode(),
        "clientKeyData": base64.b64decode(user["client-key-data"]).decode(),
    }
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": status,
    }
    script = f"print({json.dumps(json.dumps(answer))})"
    path = kubeconfigs.write(user=exec_user(tmp_path, script))
    assert config_maps(connect({"kubeconfig": str(path)}), namespace) == "ConfigMapList"


def test_host_and_api_key_without_a_kubeconfig(kubeconfigs, token, namespace, tmp_path):
    authority = tmp_path / "ca.crt"
    authority.write_bytes(base64.b64decode(kubeconfigs.cluster["certificate-authority-data"]))
    params = {"host": kubeconfigs.cluster["server"], "api_key": token("configmaps")}
    api = connect({**params, "ca_cert": str(authority)})
    assert config_maps(api, namespace) == "ConfigMapList"
    api = connect({**params, "validate_certs": False})
    assert config_maps(api, namespace) == "ConfigMapList"
    with pytest.raises(ConnectError, match="TLS failed"):
        config_maps(connect(params), namespace)


def test_namespace_of_the_context(kubeconfigs):
    path = kubeconfigs.write(context={"namespace": "payments"})
    assert connect({"kubeconfig": str(path)}).namespace == "payments"


def test_no_private_key_is_left_behind(kubeconfig, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    api = connect({"kubeconfig": str(kubeconfig)})
    assert api.request("GET", "/version")["major"]
    assert list(tmp_path.iterdir()) == []


FAULTS = {
    "wrong context": (
        {"context": "kind-slipwai"},
        "No context kind-slipwai in {path}. It has: kind-slipway",
    ),
    "unreachable": (
        {"host": "https://127.0.0.1:1"},
        "No answer from https://127.0.0.1:1 (context kind-slipway of {path}) to GET /api: "
        "[Errno 111] Connection refused. Is the cluster running, and is it this address?",
    ),
    "unknown name": ({"host": "https://no-such.invalid"}, "the name cannot be resolved"),
    "no authority": ({"ca_cert": "/nowhere/ca.crt"}, "cannot be used: [Errno 2] No such file"),
}


@pytest.mark.parametrize(("params", "sentence"), FAULTS.values(), ids=FAULTS)
def test_fault_is_one_sentence(kubeconfig, params, sentence):
    with pytest.raises(ConnectError) as caught:
        connect({"kubeconfig": str(kubeconfig), **params}).discovery()
    assert sentence.format(path=kubeconfig) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_kubeconfig_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(ConnectError) as caught:
        connect({"kubeconfig": str(tmp_path / "none")})
    assert str(caught.value).startswith(f"No kubeconfig: {tmp_path}/none does not exist.")
    assert "$KUBECONFIG" in str(caught.value)


BROKEN = {
    "no YAML": "{",
    "empty": "",
    "a list": "[]",
    "no clusters": "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]",
    "no current context": "contexts: [{name: a, context: {cluster: c, user: u}}]",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_kubeconfig_is_one_sentence(tmp_path, text):
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(ConnectError) as caught:
        connect({"kubeconfig": str(path)})
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_broken_certificate_is_one_sentence(kubeconfigs):
    user = {"client-certificate-data": "eA==", "client-key-data": "eA=="}
    with pytest.raises(ConnectError, match=r"certificates of context kind-slipway.*Renew them"):
        connect({"kubeconfig": str(kubeconfigs.write(user=user))})


def test_refused_credentials_say_so(kubeconfigs, namespace):
    api = connect({"kubeconfig": str(kubeconfigs.write(user={"token": "wrong-or-expired"}))})
    with pytest.raises(ApiError, match=r"refused the credentials.*log in again") as caught:
        config_maps(api, namespace)
    assert caught.value.status == 401
    assert "wrong-or-expired" not in str(caught.value)


def test_failed_login_command_is_told(kubeconfigs, tmp_path, capfd):
    script = "import sys; sys.exit('session expired, run login')"
    path = kubeconfigs.write(user=exec_user(tmp_path, script))
    with pytest.raises(ConnectError) as caught:
        connect({"kubeconfig": str(path)})
    assert "login command failed" in str(caught.value)
    assert "session expired, run login" in str(caught.value)
    assert "ERROR:root" not in capfd.readouterr().err


def test_missing_login_command_is_told(kubeconfigs):
    user = {
        "exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-login"},
    }
    with pytest.raises(ConnectError, match=r"login command failed.*no-such-login"):
        connect({"kubeconfig": str(kubeconfigs.write(user=user))})


def test_two_files_are_merged(kubeconfig, kubeconfigs, tmp_path):
    other = tmp_path / "other"
    other.write_text("contexts: [{name: other, context: {cluster: c, user: u}}]")
    joined = os.pathsep.join([str(kubeconfig), str(other)])
    assert connect({"kubeconfig": joined}).request("GET", "/version")["major"]
    with pytest.raises(ConnectError, match="cannot be used"):
        connect({"kubeconfig": joined, "context": "other"})


def test_home_directory_is_looked_in(kubeconfig, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    place = Path(tmp_path, ".kube")
    place.mkdir()
    (place / "config").write_text(kubeconfig.read_text())
    assert connect({}).request("GET", "/version")["major"]
