# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a session: address, credentials and a connection pool.

kubernetes.config does the authentication (exec plugins, OIDC, tokens, certificates, in-cluster),
urllib3 the connections. The client's typed models are never imported: they cost half a second.
"""

from __future__ import annotations

import logging
import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError

try:
    import urllib3
    import yaml
    from kubernetes.config import ConfigException, load_incluster_config
    from kubernetes.config.kube_config import KubeConfigLoader, KubeConfigMerger
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

DEFAULT_KUBECONFIG = "~/.kube/config"
POOL_SIZE = 16


@dataclass(slots=True)
class Credentials:
    """The attributes that kubernetes.config sets on its Configuration; it accepts any object."""

    host: str = ""
    ssl_ca_cert: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    verify_ssl: bool = True
    tls_server_name: str | None = None
    proxy: str | None = None
    api_key: dict[str, str] = field(default_factory=dict)
    refresh_api_key_hook: Callable[[Any], None] | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One way to the API server. origin: for error messages, such as ``context kind of FILE``."""

    pool: Any
    host: str
    headers: dict[str, str]
    namespace: str
    origin: str

    def request(
        self, method: str, target: str, headers: Mapping[str, str], options: Mapping[str, Any]
    ) -> Any:
        """Send one request as this user; return urllib3's response, whatever its status."""
        headers = {**headers, **self.headers}
        return self.pool.request(method, self.host + target, headers=headers, **options)


def open_session(params: Mapping[str, Any]) -> Session:
    """Load credentials and make a pool; sends nothing.

    params: connection options (see arguments.CONNECTION), each may be absent or None.
    Raises ConnectError.
    """
    if MISSING:
        raise ConnectError(
            f"{sys.executable} cannot import what the connection needs ({MISSING}). "
            "Install the Python package kubernetes there."
        )
    # Private keys of a kubeconfig become files for OpenSSL. The official client removes its
    # own at exit, which a forked Ansible worker never reaches.
    with tempfile.TemporaryDirectory(prefix="slipway-") as place:
        credentials, namespace, origin = _load(params, place)
        _override(credentials, params)
        try:
            pool = _pool(credentials)
        except (OSError, ValueError) as error:
            raise ConnectError(
                f"The certificates of {origin} cannot be used: {error}. Renew them."
            ) from error
    token = credentials.api_key.get("BearerToken")
    headers = {"Authorization": token} if token else {}
    return Session(pool, credentials.host, headers, namespace, origin)


def _load(params: Mapping[str, Any], place: str) -> tuple[Credentials, str, str]:
    given = params.get("kubeconfig") or params.get("context")
    if params.get("host") and (params.get("api_key") or not given):
        return Credentials(), "default", f"option host={params['host']}"
    path = params.get("kubeconfig") or os.path.expanduser(DEFAULT_KUBECONFIG)
    if any(os.path.exists(part) for part in path.split(os.pathsep)):
        return _from_file(path, params.get("context"), place)
    if not given and os.environ.get("KUBERNETES_SERVICE_HOST"):
        return _from_service_account()
    raise ConnectError(
        f"No kubeconfig: {path} does not exist. Looked at the option kubeconfig, "
        "$K8S_AUTH_KUBECONFIG, $KUBECONFIG, ~/.kube/config and a pod's service account. "
        "Name the file of your cluster in one of the first three."
    )


def _from_file(path: str, context: str | None, place: str) -> tuple[Credentials, str, str]:
    try:
        merged = KubeConfigMerger(path)
        name = _known_context(merged.config.value, context, path)
        origin = f"context {name} of {path}"
        loader = KubeConfigLoader(
            merged.config,
            active_context=name,
            config_base_path=None,
            config_persister=merged.save_changes,
            temp_file_path=place,
        )
        credentials = _run_loader(loader.load_and_set, origin)
    except (ConfigException, yaml.YAMLError, OSError, ValueError) as error:
        raise ConnectError(_unusable(path, " ".join(str(error).split()))) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ConnectError(_unusable(path, "it is not shaped like one")) from error
    namespace = loader.current_context["context"].get("namespace") or "default"
    return credentials, namespace, origin


def _unusable(path: str, reason: str) -> str:
    return f"The kubeconfig {path} cannot be used: {reason}. Mend it or name another one."


def _from_service_account() -> tuple[Credentials, str, str]:
    credentials = Credentials()
    try:
        load_incluster_config(client_configuration=credentials)
    except ConfigException as error:
        raise ConnectError(f"The pod's service account cannot be used: {error}") from error
    return credentials, "default", "the pod's service account"


def _known_context(config: Mapping[str, Any], wanted: str | None, path: str) -> str:
    names = [context["name"] for context in config.get("contexts") or []]
    name = wanted or config.get("current-context") or ""
    if name in names:
        return name
    known = f"It has: {', '.join(names)}." if names else "It has none."
    if not name:
        raise ConnectError(f"{path} has no current context. {known} Name one as `context`.")
    raise ConnectError(f"No context {name} in {path}. {known}{nearest(name, names)}")


class _Complaints(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _run_loader(load: Callable[[Credentials], None], origin: str) -> Credentials:
    """Load credentials. The official client only logs that an exec plugin failed."""
    credentials, complaints = Credentials(), _Complaints()
    root = logging.getLogger()
    root.addHandler(complaints)
    try:
        load(credentials)
    finally:
        root.removeHandler(complaints)
    if complaints.lines and not (credentials.api_key or credentials.cert_file):
        reason = " ".join(" ".join(complaints.lines).split())
        raise ConnectError(
            f"No credentials for {origin}: its login command failed ({reason}). "
            "Run the command by hand, log in again, or name another context."
        )
    return credentials


def _override(credentials: Credentials, params: Mapping[str, Any]) -> None:
    if params.get("host"):
        credentials.host = params["host"].rstrip("/")
    if params.get("api_key"):
        credentials.api_key["BearerToken"] = f"Bearer {params['api_key']}"
        credentials.cert_file = credentials.key_file = None  # it would be believed first
    if params.get("ca_cert"):
        credentials.ssl_ca_cert = params["ca_cert"]
    if params.get("validate_certs") is not None:
        credentials.verify_ssl = params["validate_certs"]


def _pool(credentials: Credentials) -> Any:
    options: dict[str, Any] = {"maxsize": POOL_SIZE, "num_pools": 2}
    if credentials.host.startswith("https"):
        options["ssl_context"] = _tls(credentials)
        if credentials.tls_server_name:
            options["server_hostname"] = credentials.tls_server_name
            options["assert_hostname"] = credentials.tls_server_name
    if credentials.proxy:
        return urllib3.ProxyManager(credentials.proxy, **options)
    return urllib3.PoolManager(**options)


def _tls(credentials: Credentials) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=credentials.ssl_ca_cert)
    if not credentials.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # it was asked for
    if credentials.cert_file:
        context.load_cert_chain(credentials.cert_file, credentials.key_file)
    return context
