# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubeconfig files: merged as kubectl merges them, and the certificates and tokens that they hold.

Read here, because importing kubernetes.config takes longer than all requests of a run without
changes. Whoever has to log in (a command, a provider) is left to it, see login.py.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError

try:
    import yaml
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None
    _LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Entry = Mapping[str, Any]
_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


class Context(NamedTuple):
    """One context. cluster, user: its entries, their paths absolute."""

    name: str
    namespace: str
    cluster: Entry
    user: Entry

    @property
    def needs_login(self) -> bool:
        """Whether the credentials have to be fetched first."""
        return "exec" in self.user or "auth-provider" in self.user


def context(path: str, wanted: str | None) -> Context:
    """Return a context of one or several files (``a:b``), the current one if none is wanted.

    Raises ConnectError: no such context, or files that cannot be used.
    """
    try:
        files = [_read(part) for part in path.split(os.pathsep) if os.path.exists(part)]
        name = _known(files, wanted, path)
        chosen = _entry(files, "contexts", name)
        cluster = _entry(files, "clusters", chosen["cluster"])
        user = _entry(files, "users", chosen["user"]) if chosen.get("user") else {}
        return Context(name, chosen.get("namespace") or "default", cluster, user)
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise ConnectError(unusable(path, " ".join(str(error).split()))) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ConnectError(unusable(path, "it is not shaped like one")) from error


def unusable(path: str, reason: str) -> str:
    """Return the sentence that says so."""
    return f"The kubeconfig {path} cannot be used: {reason}. Mend it or name another one."


def file_of(entry: Entry, key: str, place: str) -> str | None:
    """Return the file of a certificate or key; what the entry holds itself is written to place."""
    data = entry.get(f"{key}-data")
    if not data:
        return entry.get(key)
    path = os.path.join(place, key)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(base64.b64decode(data))
    return path


def authorization(user: Entry) -> str:
    """Return the value of the header, empty where a certificate is all. Raises OSError."""
    token = user.get("token") or ""
    if user.get("tokenFile"):
        with open(user["tokenFile"], encoding="utf-8") as file:
            token = file.read().strip()
    if token:
        return f"Bearer {token}"
    if user.get("username") and user.get("password"):
        pair = f"{user['username']}:{user['password']}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"
    return ""


def _read(path: str) -> dict[str, Any]:
    """Return one file, its relative paths made absolute."""
    with open(path, encoding="utf-8") as file:
        config: dict[str, Any] = yaml.load(file, _LOADER) or {}
    folder = os.path.dirname(os.path.abspath(path))
    for kind, inner in (("clusters", "cluster"), ("users", "user")):
        for item in config.get(kind) or []:
            entry = item.get(inner) or {}
            found = {key: os.path.join(folder, entry[key]) for key in _PATHS if entry.get(key)}
            item[inner] = {**entry, **found}
    return config


def _known(files: list[dict[str, Any]], wanted: str | None, path: str) -> str:
    names = [item["name"] for config in files for item in config.get("contexts") or []]
    current = next((found for one in files if (found := one.get("current-context"))), "")
    name = wanted or current
    if name in names:
        return str(name)
    known = f"It has: {', '.join(names)}." if names else "It has none."
    if not name:
        raise ConnectError(f"{path} has no current context. {known} Name one as `context`.")
    raise ConnectError(f"No context {name} in {path}. {known}{nearest(name, names)}")


def _entry(files: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """Return an entry by its name; the first file that has it wins."""
    for config in files:
        for item in config.get(kind) or []:
            if item["name"] == name:
                entry: dict[str, Any] = item[kind.removesuffix("s")]
                return entry
    raise ValueError(f"it has no {kind.removesuffix('s')} {name}")
