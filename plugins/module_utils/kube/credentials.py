# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a session: address, credentials and a connection pool.

kubeconfig.py reads certificates and tokens, login.py fetches what has to be fetched, urllib3 makes
the connections.
"""

from __future__ import annotations

import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube import kubeconfig, login
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError

try:
    import urllib3
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

DEFAULT_KUBECONFIG = "~/.kube/config"
POOL_SIZE = 16


@dataclass(slots=True)
class Credentials:
    """The attributes that kubernetes.config sets on its Configuration, see login.py."""

    host: str = ""
    ssl_ca_cert: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    verify_ssl: bool = True
    tls_server_name: str | None = None
    proxy: str | None = None
    api_key: dict[str, str] = field(default_factory=dict)
    refresh_api_key_hook: Callable[[Any], None] | None = None


class Session(NamedTuple):
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
    if missing := MISSING or kubeconfig.MISSING:
        raise ConnectError(
            f"{sys.executable} cannot import what the connection needs ({missing}). "
            "Install the Python packages PyYAML and urllib3 there."
        )
    # Certificates and keys of a kubeconfig become files for OpenSSL.
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


def _from_file(path: str, wanted: str | None, place: str) -> tuple[Credentials, str, str]:
    chosen = kubeconfig.context(path, wanted)
    origin = f"context {chosen.name} of {path}"
    credentials = Credentials()
    if chosen.needs_login:
        login.by_command_or_provider(path, chosen.name, place, credentials)
        return credentials, chosen.namespace, origin
    try:
        _fill(credentials, chosen, place)
    except (OSError, ValueError) as error:
        raise ConnectError(kubeconfig.unusable(path, str(error))) from error
    return credentials, chosen.namespace, origin


def _fill(credentials: Credentials, chosen: kubeconfig.Context, place: str) -> None:
    """Take over what the kubeconfig holds."""
    cluster, user = chosen.cluster, chosen.user
    credentials.host = _server(cluster)
    credentials.ssl_ca_cert = kubeconfig.file_of(cluster, "certificate-authority", place)
    credentials.cert_file = kubeconfig.file_of(user, "client-certificate", place)
    credentials.key_file = kubeconfig.file_of(user, "client-key", place)
    credentials.verify_ssl = not cluster.get("insecure-skip-tls-verify")
    credentials.tls_server_name = cluster.get("tls-server-name")
    credentials.proxy = cluster.get("proxy-url")
    if header := kubeconfig.authorization(user):
        credentials.api_key["BearerToken"] = header


def _server(cluster: kubeconfig.Entry) -> str:
    if not cluster.get("server"):
        raise ValueError("its cluster has no server")
    return str(cluster["server"]).rstrip("/")


def _from_service_account() -> tuple[Credentials, str, str]:
    credentials = Credentials()
    login.of_the_pod(credentials)
    return credentials, "default", "the pod's service account"


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


class _Shared(ssl.SSLContext):
    """A context whose protocols are settled, for threads that open connections at once.

    urllib3 sets them anew for each connection. OpenSSL frees the old ones, which another thread's
    handshake may be copying just then: one greeting in some ten thousand came out garbled, and the
    server refused it with "decode error".
    """

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Leave them as they are."""


def _tls(credentials: Credentials) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=credentials.ssl_ca_cert)
    context.set_alpn_protocols(["http/1.1"])
    context.__class__ = _Shared
    if not credentials.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # it was asked for
    if credentials.cert_file:
        context.load_cert_chain(credentials.cert_file, credentials.key_file)
    return context
