# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of releases: what was deployed, when, by whom. Pure.

One immutable ConfigMap per release: a summary for people in ``data``, and in ``binaryData`` the
resolved stack, which has placeholders where secrets belong. A release that brings back an older
one is a release of its own.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    MANAGED_BY,
    PART_OF,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.packed import unpack
from ansible_collections.slipway.stack.plugins.module_utils.releases.errors import ReleaseError

LABEL = "slipway.dev/release-of"
SUMMARY = "summary"
RESOLVED = "resolved.json.gz"

Stack = dict[str, Any]


class Release(NamedTuple):
    """One release of a stack.

    number: from 1. at: UTC, ISO 8601. by: user@machine. content: SHA-256 of the resolved stack.
    images: workload → image. brings_back: the number of the release that it repeats, 0 for none.
    """

    number: int
    at: str
    by: str
    content: str
    images: Mapping[str, str] = MappingProxyType({})
    brings_back: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The shape of a module's result."""
        return {
            "number": self.number,
            "at": self.at,
            "by": self.by,
            "content": self.content,
            "images": dict(self.images),
            "brings_back": self.brings_back,
        }

    def __str__(self) -> str:
        """Return a line for a person."""
        again = f", brings back {self.brings_back}" if self.brings_back else ""
        images = ", ".join(f"{name} {image}" for name, image in sorted(self.images.items()))
        return f"{self.number}  {self.at}  {self.by}{again}  {images}".rstrip()


def content(stack: Stack) -> str:
    """Return the hash of a resolved stack; the order of keys does not count."""
    return hashlib.sha256(_bytes(stack)).hexdigest()


def images(stack: Stack) -> dict[str, str]:
    """Return the image of each workload, as its pods name it."""
    found = {}
    for model in unpack(stack).get("workloads", []):
        containers = model.get("pod", {}).get("containers", [])
        if containers:
            found[model["name"]] = str(containers[0]["image"])
    return found


def to_config_map(release: Release, stack: Stack, namespace: str) -> Object:
    """Return the record of a release."""
    packed = gzip.compress(_bytes(stack), mtime=0)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"{prefix(stack['name'])}{release.number}",
            "namespace": namespace,
            "labels": {LABEL: stack["name"], PART_OF: stack["name"], **MANAGED_BY},
        },
        "immutable": True,
        "data": {SUMMARY: json.dumps(release.as_dict(), sort_keys=True)},
        "binaryData": {RESOLVED: base64.b64encode(packed).decode()},
    }


def prefix(stack: str) -> str:
    """Return what the names of a stack's records begin with."""
    return f"slipway-release-{stack}-"


def parse(record: Mapping[str, Any]) -> Release:
    """Read a record's summary. Raises ReleaseError if somebody has changed it."""
    try:
        return Release(**json.loads(record["data"][SUMMARY]))
    except (KeyError, TypeError, ValueError) as error:
        raise ReleaseError(
            f"The ConfigMap {record['metadata']['name']} has the label {LABEL} and is no record of "
            f"a release ({error}). Delete it, or take the label away."
        ) from error


def resolved(record: Mapping[str, Any]) -> Stack:
    """Return the resolved stack of a record."""
    packed = base64.b64decode(record["binaryData"][RESOLVED])
    stack: Stack = json.loads(gzip.decompress(packed))
    return stack


def latest(releases: Iterable[Release]) -> Release | None:
    """Return the release that is deployed now."""
    return max(releases, key=lambda one: one.number, default=None)


def chosen(releases: Sequence[Release], number: int, stack: str) -> Release:
    """Return the release to bring back: the given number, or what was there before the latest.

    Going back twice goes back two releases: what a release brings back counts as that one.
    Raises ReleaseError, naming the releases that there are.
    """
    known = {one.number: one for one in releases}
    if number:
        if number not in known:
            raise ReleaseError(
                f"There is no release {number} of {stack}; recorded are {_numbers(releases)}."
            )
        return known[number]
    now = latest(releases)
    before = (now.brings_back or now.number) if now else 0
    older = [one for one in releases if one.number < before and now and one.content != now.content]
    found = latest(older)
    if found is None:
        raise ReleaseError(
            f"There is no release of {stack} before the one that is deployed; "
            f"recorded are {_numbers(releases)}."
        )
    return known.get(found.brings_back, found)


def superfluous(releases: Iterable[Release], keep: int) -> list[Release]:
    """Return the oldest releases beyond the number to keep."""
    newest_first = sorted(releases, key=lambda one: one.number, reverse=True)
    return newest_first[keep:]


def _numbers(releases: Iterable[Release]) -> str:
    return ", ".join(str(number) for number in sorted(one.number for one in releases)) or "none"


def _bytes(stack: Stack) -> bytes:
    return json.dumps(stack, sort_keys=True, separators=(",", ":")).encode()
