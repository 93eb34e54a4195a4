# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of one run share."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.credentials import POOL_SIZE
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, Ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.secrets import Choice

MANAGED_BY = {"app.kubernetes.io/managed-by": "slipway"}
PART_OF = "app.kubernetes.io/part-of"

T = TypeVar("T")
R = TypeVar("R")


class Work(NamedTuple):
    """One run of the module. namespace: default of the objects and home of the applied set.

    stack, role: "" where no applied set is kept. given: group → key → secret value.
    """

    client: Client
    namespace: str
    stack: str
    role: str
    check: bool
    report: Callable[[str], None]
    force: bool
    given: Mapping[str, Mapping[str, Any]]
    choose: Choice = secrets.choice
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @property
    def kinds(self) -> Discovery:
        """The served kinds."""
        return self.client.discovery()

    def path(self, ref: Ref) -> str:
        """URL path of an object."""
        return self.kinds.path(ref.api_version, ref.kind, ref.namespace, ref.name)

    def get(self, ref: Ref) -> Object | None:
        """Return the live object, None if it definitely does not exist."""
        if not self.kinds.knows(ref.api_version, ref.kind):
            return None
        return get_or_none(self.client, self.path(ref))

    def owns(self, labels: Mapping[str, str]) -> bool:
        """Whether these are labels of an object of this stack."""
        return labels.items() >= (MANAGED_BY | {PART_OF: self.stack}).items()

    def selector(self) -> str:
        """Label selector of this stack's objects."""
        return selector(self.stack)


def selector(stack: str) -> str:
    """Return the label selector of a stack's objects."""
    wanted = MANAGED_BY | {PART_OF: stack}
    return ",".join(f"{key}={value}" for key, value in wanted.items())


def get_or_none(client: Client, path: str) -> Object | None:
    """GET an object; None after a 404, every other refusal is raised."""
    try:
        return client.request("GET", path)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def in_parallel(function: Callable[[T], R], values: Iterable[T]) -> list[R]:
    """Map over values by threads, keeping their order; the first exception is raised."""
    todo = list(values)
    if not todo:
        return []
    with ThreadPoolExecutor(max_workers=min(POOL_SIZE, len(todo))) as pool:
        return list(pool.map(function, todo))
