# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a stack takes from its text to its Kubernetes objects, by the number of workloads.

With a database, a migration and a route for each ten workloads, as a real stack has them.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.plan import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

from benchmarks.errors import BenchError
from benchmarks.figures import Figures, repeated

SIZES = (10, 100, 300, 1000)
ENVIRONMENT = """\
preset: shared
kubernetes: "1.30"
sites: {shop: {host: shop.example.com, tls: {gateway: true}}}
ingress: {driver: gateway, class: contour, scheme: https, gateway: {namespace: gw, name: shared}}
"""
HEAD = """\
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
secrets: {auth: [key]}
profiles:
  service:
    image: app
    size: small
    ports: {http: 8000}
    health: {port: http, live: /healthz, ready: /ready, startup_budget: 60s}
    drain: {propagation: 3s, work: 10s}
    write: [/tmp]
    env: {LOG: json, KEY: "${secrets.auth.key}"}
"""


def growth() -> Figures:
    """Resolve and render, in one process, without Ansible."""
    for size in SIZES:
        yield f"resolve_render_{size}_s", repeated(partial(_seconds, stack(size)))


def _seconds(text: str) -> float:
    start = perf_counter()
    layer, _faults = parse(text, shown="stack.yml", layer="stack")
    environment, _faults = parse(ENVIRONMENT, shown="env.yml", layer="environment")
    resolved = resolve(layer, [environment])
    if resolved.document is None:
        raise BenchError("\n".join(map(str, resolved.findings[:5])))
    objects(build(dict(resolved.document)))
    return perf_counter() - start


def stack(count: int) -> str:
    """Return a stack file of so many workloads."""
    tenth = range(max(1, count // 10))
    lines = ["datastores:", *(f"  d{i}_db: {{type: postgres, version: '17'}}" for i in tenth)]
    lines += ["migrations:", *(_migration(i) for i in tenth)]
    lines += ["workloads:", *(_workload(i, count) for i in range(count))]
    lines += ["routes:", *(f"  r{i}: {{site: shop, path: /r{i}, to: w{i}}}" for i in tenth)]
    return HEAD + "\n".join(lines)


def _migration(index: int) -> str:
    env = f"{{DATABASE_URL: '${{d{index}_db.url}}'}}"
    return f"  m{index}: {{image: app, args: [migrate], database: d{index}_db, env: {env}}}"


def _workload(index: int, count: int) -> str:
    database, following = index % max(1, count // 10), min(index + 1, count - 1)
    env = [f"PORT: '${{w{index}.port}}'", f"DATABASE_URL: '${{d{database}_db.url}}'"]
    env += [f"NEXT: '${{w{following}.url}}'", "A: a", "B: b"]
    return f"  w{index}: {{extends: service, args: [serve], env: {{{', '.join(env)}}}}}"
