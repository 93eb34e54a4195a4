# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a stack takes from its text to its Kubernetes objects, by the number of workloads.

    PYTHONPATH=.collections .venv/bin/python benchmarks/stack.py

Budget: 300 workloads in under 1.0 s on 2 cores, and linear from 10 to 1,000: the time for one
workload of 1,000 is at most twice that of 100. Median of several rounds, the first not counted.
"""

from __future__ import annotations

import os
import sys
from statistics import median
from time import perf_counter

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.plan import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

SIZES = (10, 30, 100, 300, 1000)
ROUNDS = 3
BUDGET_S, GROWTH = 1.0, 2.0
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


def stack(count: int) -> str:
    """Return a stack file: a database, a migration and a route for each ten workloads."""
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


def measure(count: int) -> tuple[float, int]:
    """Return seconds and the number of objects."""
    text = stack(count)
    start = perf_counter()
    layer, _faults = parse(text, shown="stack.yml", layer="stack")
    environment, _faults = parse(ENVIRONMENT, shown="env.yml", layer="environment")
    resolved = resolve(layer, [environment])
    if resolved.document is None:
        raise SystemExit("\n".join(map(str, resolved.findings[:5])))
    made = objects(build(dict(resolved.document)))
    return perf_counter() - start, len(made)


def main() -> int:
    """Print a table; return 1 if a budget is missed."""
    print(f"{os.cpu_count()} cores, median of {ROUNDS} rounds, budget {BUDGET_S:.1f} s for 300")
    print("workloads  objects  seconds  ms for each")
    measure(10)
    took = {}
    for size in SIZES:
        rounds = [measure(size) for _round in range(ROUNDS)]
        took[size] = median(seconds for seconds, _count in rounds)
        each = took[size] / size * 1000
        print(f"{size:9}  {rounds[0][1]:7}  {took[size]:7.2f}  {each:11.2f}", flush=True)
    growth = took[1000] / took[100] / 10
    print(f"growth from 100 to 1,000: {growth:.2f} times the time for each (budget {GROWTH})")
    return 0 if took[300] < BUDGET_S and growth < GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
