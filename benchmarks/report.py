# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of docs/performance.md, each between two marks; what stands around them is written.

A figure that has not been measured is a dash, never a number of another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Results = Mapping[str, Any]
NONE = "-"
QUIET = 3.0  # what the measures cause themselves on two cores
LOADED = (
    "fresh",
    "change",
    "fail",
    "watch",
    "forks",
    "systems",
)  # pods or forks are a load of their own
BUSY = (
    " **More than the runs loaded the machine, if only the pods that had started before them: "
    "these figures are provisional.**"
)
PEERS = ("ours", "helm 4", "kubectl", "kubernetes.core")
SIDE_BY_SIDE = {
    "nothing to change, 50 objects": (
        "noop_site_s",
        "helm_noop_s",
        "kubectl_noop_s",
        "kubernetes_core_noop_s",
    ),
    "the same, processor time": (
        "noop_site_cpu_s",
        "helm_noop_cpu_s",
        "kubectl_noop_cpu_s",
        "kubernetes_core_noop_cpu_s",
    ),
    "fresh, until all are ready": (
        "fresh_site_s",
        "helm_fresh_s",
        "kubectl_fresh_s",
        "kubernetes_core_fresh_s",
    ),
    "one changed image, until it is ready": ("change_site_s", "helm_change_s", "", ""),
    "nothing to change, 500 objects": ("noop_500_s", "", "kubectl_noop_500_s", ""),
    "verdict: image not found": (
        "fail_image_site_s",
        "fail_image_helm_s",
        "fail_image_kubectl_s",
        "fail_image_kubernetes_core_s",
    ),
    "verdict: crash loop": (
        "fail_crash_site_s",
        "fail_crash_helm_s",
        "fail_crash_kubectl_s",
        "fail_crash_kubernetes_core_s",
    ),
    "verdict: missing Secret": (
        "fail_secret_site_s",
        "fail_secret_helm_s",
        "fail_secret_kubectl_s",
        "fail_secret_kubernetes_core_s",
    ),
}
GOALS = (
    (
        "no-op ≤ empty playbook + helm's no-op",
        "noop_site_s",
        (("empty_playbook_s", "helm_noop_s"),),
        1,
    ),
    (
        "fresh ≤ 1.05 times the better of helm and kubectl",
        "fresh_site_s",
        (("helm_fresh_s",), ("kubectl_fresh_s",)),
        1.05,
    ),
    ("fresh ≤ 1/8 of kubernetes.core", "fresh_site_s", (("kubernetes_core_fresh_s",),), 1 / 8),
    ("one changed image ≤ 1.1 times helm", "change_site_s", (("helm_change_s",),), 1.1),
    ("500 objects, no-op ≤ 0.6 times kubectl", "noop_500_s", (("kubectl_noop_500_s",),), 0.6),
    ("5,000 objects, no-op ≤ 10 times 500", "noop_5000_s", (("noop_500_s",),), 10),
    ("5,000 objects, MB ≤ 300", "noop_5000_rss_mb", ((300.0,),), 1),
    ("verdict: image not found ≤ 25 s", "fail_image_site_s", ((25.0,),), 1),
    ("verdict: crash loop ≤ 30 s", "fail_crash_site_s", ((30.0,),), 1),
    ("verdict: missing Secret ≤ 25 s", "fail_secret_site_s", ((25.0,),), 1),
    ("1,000 Deployments under one wait, MB ≤ 250", "watch_1000_rss_mb", ((250.0,),), 1),
    ("the same, processor time ≤ one core", "watch_1000_cpu_s", (("watch_1000_s",),), 1),
    ("the same, seen to reported ≤ 0.2 s (p99)", "watch_1000_latency_p99_s", ((0.2,),), 1),
    (
        "the five systems at once ≤ 1.3 times the slowest alone",
        "systems_at_once_s",
        (("systems_slowest_s",),),
        1.3,
    ),
    (
        "five equal stacks at once ≤ 1.3 times one alone",
        "forks_five_stacks_s",
        (("forks_one_stack_s",),),
        1.3,
    ),
)
SERIES = (
    (
        "growth",
        ("resolve_render_", "noop_500", "forks_", "systems_", "migration_gate_", "watch_1000_"),
    ),
    ("imports", ("import_",)),
    ("profile", ("profile_",)),
)


def tables(results: Results) -> dict[str, str]:
    """Return each table by the name of its marks."""
    known = {
        "side-by-side": side_by_side(results),
        "goals": goals(results),
        "machine": machine(results),
    }
    return known | {name: series(results, prefixes) for name, prefixes in SERIES}


def inserted(document: str, made: Mapping[str, str]) -> str:
    """Return the document with each table between its marks. Raises ValueError without marks."""
    for name, table in made.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = document.partition(begin)
        _old, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"There are no marks <!-- {name} --> and {end}.")
        document = f"{before}{begin}{table}{end}{after}"
    return document


def side_by_side(results: Results) -> str:
    """Return ours and the peers, in seconds."""
    rows = ([name, *(short(results, key) for key in keys)] for name, keys in SIDE_BY_SIDE.items())
    return table(("seconds", *PEERS), rows)


def goals(results: Results) -> str:
    """Return what ours must hold: against the peers of the same run, in growth and in memory."""
    return table(("goal", "ours", "at most", ""), (_goal(results, *goal) for goal in GOALS))


def _goal(
    results: Results,
    name: str,
    ours: str,
    others: Sequence[Sequence[str | float]],
    factor: float,
) -> list[str]:
    """Compare a figure with `factor` times the least of `others`: sums of figures and numbers."""
    keys = [one for group in others for one in group if isinstance(one, str)]
    if not all(key in results for key in (ours, *keys)):
        return [name, NONE, NONE, "not measured"]
    value = results[ours]["median"]
    sums = (
        sum(results[one]["median"] if isinstance(one, str) else one for one in group)
        for group in others
    )
    limit = factor * min(sums)
    return [name, f"{value:.2f}", f"{limit:.2f}", "holds" if value <= limit else "**missed**"]


def series(results: Results, prefixes: Sequence[str]) -> str:
    """Return the figures whose keys begin with `prefixes`, with their spread and notes."""
    keys = sorted((key for key in results if key.startswith(tuple(prefixes))), key=_natural)
    rows = (
        [f"`{key}`", span(results[key]), results[key]["unit"], results[key]["note"]] for key in keys
    )
    return table(("figure", "median (min to max)", "unit", "note"), rows)


def machine(results: Results) -> str:
    """Return what was measured on, and how busy it was with other things."""
    about = results.get("machine")
    if not about:
        return "Not measured yet.\n"
    loads = [
        load
        for key, one in results.items()
        if not any(word in key for word in LOADED)
        for load in one.get("load", ())
    ] or [0.0]
    return (
        f"{about['cores']} cores, {about['system']}, Python {about['python']}, last measured "
        f"{about['measured']}; 1-minute load average before the runs without pods "
        f"or forks {min(loads):.1f} to {max(loads):.1f}.{BUSY if max(loads) > QUIET else ''}\n"
    )


def short(results: Results, key: str) -> str:
    """Return a median with its spread, or a dash."""
    return span(results[key]) if key in results else NONE


def span(one: Mapping[str, Any]) -> str:
    """Return median, minimum and maximum; three digits for what is small."""
    digits = 3 if one["median"] < 1 else 2 if one["median"] < 10 else 1
    low, middle, high = (f"{one[part]:.{digits}f}" for part in ("min", "median", "max"))
    return f"{middle} ({low} to {high})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _natural(key: str) -> list[tuple[int, str]]:
    """Sort forks_2 before forks_10."""
    return [(int(part or 0), word) for word, part in re.findall(r"(\D+)(\d*)", key)]
