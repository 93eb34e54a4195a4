# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What references to datastores mean: texts, keys of Secrets, or strings composed of both.

A key that the Secret does not have is composed of those that it has, so that an existing Secret
with nothing but a password still gives a URL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Store = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A value that only the cluster knows: a key of a Secret.

    encode:  it stands in a URL that is composed here.
    guarded: only migrations and jobs may have it.
    """

    secret: str
    key: str
    encode: bool = False
    guarded: bool = False


Part = str | SecretKey
Attribute = Part | tuple[Part, ...]
Attributes = dict[str, Attribute]


def attributes(store: Store) -> Attributes:
    """Return the attributes of a datastore."""
    known = {"host": str(store["host"]), "port": str(store["port"])}
    return {**known, **_OWN[store["type"]](store)}


def from_afar(store: Store, namespace: str) -> Store:
    """Return a datastore as one names it from another namespace; what is outside stays as it is.

    The URL in a Secret of ours has the short name, so that a URL is composed.
    """
    if store["driver"] == "external":
        return store
    keys = {attribute: key for attribute, key in store["keys"].items() if attribute != "url"}
    return {**store, "host": f"{store['host']}.{namespace}.svc", "keys": keys}


def parts(name: str, store: Store) -> Iterator[tuple[str, str, Attributes]]:
    """Yield the things that a datastore holds: reference, kind, attributes."""
    for key, bucket in store.get("buckets", {}).items():
        place = f"{endpoint(store)}/{bucket['name']}"
        yield f"{name}.{key}", "bucket", {"name": bucket["name"], "url": place}
    for role in store.get("roles", {}):
        if role != store["user"] and store["driver"] != "external":
            yield f"{name}.{role}", "role", _role(store, role)


def role_secret(store: Store, role: str) -> str:
    """Return the name of the Secret of a role."""
    return f"{store['secret']}-{role.replace('_', '-')}"


def admin_secret(store: Store) -> str:
    """Return the name of the Secret of the server's administrator."""
    return f"{store['secret']}-admin"


def endpoint(store: Store) -> str:
    """Return where an S3 server is; the port only where it is not the scheme's."""
    scheme, usual = ("https", 443) if store["tls"] else ("http", 80)
    port = "" if store["port"] == usual else f":{store['port']}"
    return f"{scheme}://{store['host']}{port}"


def _postgres(store: Store) -> Attributes:
    user = _key(store, "user") or str(store["user"])
    database = _key(store, "db") or str(store["database"])
    password = _key(store, "password")
    found: Attributes = {"db": database, "user": user}
    if password:
        found["password"] = password
        found["url"] = ("postgresql://", _coded(user), ":", _coded(password), *_at(store, database))
    if url := _key(store, "url"):
        found["url"] = url
    return found | _admin(store, found)


def _admin(store: Store, found: Attributes) -> Attributes:
    if store["driver"] != "external":
        return {"admin_url": SecretKey(admin_secret(store), "url", guarded=True)}
    if url := _key(store, "admin_url"):
        return {"admin_url": SecretKey(url.secret, url.key, guarded=True)}
    return {"admin_url": found["url"]} if "url" in found else {}


def _at(store: Store, database: Part) -> tuple[Part, ...]:
    tls = "?sslmode=require" if store["tls"] else ""
    return f"@{store['host']}:{store['port']}/", _coded(database), tls


def _role(store: Store, role: str) -> Attributes:
    secret = role_secret(store, role)
    password = SecretKey(secret, "password")
    url: Attribute = SecretKey(secret, "url")
    if "url" not in store["keys"]:
        url = ("postgresql://", role, ":", _coded(password), *_at(store, store["database"]))
    return {"user": role, "password": password, "url": url}


def _redis(store: Store) -> Attributes:
    place = f"{store['host']}:{store['port']}/0"
    scheme = "rediss" if store["tls"] else "redis"
    password = _key(store, "password") if store["auth"] else None
    found: Attributes = {} if store["auth"] else {"url": f"{scheme}://{place}"}
    if password:
        found["password"] = password
        found["url"] = (f"{scheme}://:", _coded(password), f"@{place}")
    if store["auth"] and (url := _key(store, "url")):
        found["url"] = url
    return found


def _s3(store: Store) -> Attributes:
    found: Attributes = {"endpoint": endpoint(store), "region": str(store["region"])}
    keys = {key: _key(store, key) for key in ("access_key", "secret_key")}
    return found | {key: value for key, value in keys.items() if value}


_OWN = {"postgres": _postgres, "redis": _redis, "s3": _s3}


def _key(store: Store, attribute: str) -> SecretKey | None:
    key = store["keys"].get(attribute)
    return SecretKey(str(store["secret"]), key) if key else None


def _coded(part: Part) -> Part:
    return SecretKey(part.secret, part.key, encode=True) if isinstance(part, SecretKey) else part
