# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a deployment goes that changes nothing, 50 objects: parts that add up."""

from __future__ import annotations

import sys

from benchmarks import place, profiled
from benchmarks.commands import Command, run
from benchmarks.figures import RUNS, Figures, figure, repeated
from benchmarks.sample import Sample
from benchmarks.spans import profiled as run_profiled
from benchmarks.spans import seconds

PARTS = {
    "ansible": "an empty playbook, without the interpreter: Ansible's imports and set-up",
    "imports": "imports of ours and of what only ours needs",
    "api": "waiting for the API server",
    "ours": "our code, without imports and API",
    "tasks": "Ansible's work for each task: forks, variables, templates, results",
}


def profile() -> Figures:
    """Measure interpreter and empty playbook alone, the rest inside one run, several times."""
    sample = Sample("bench-profile")
    place.write(sample)
    run(place.site(sample))
    bare = Command((sys.executable, "-c", "pass"), {})
    start = repeated(lambda: run(bare).seconds, note="an interpreter that does nothing")
    yield "profile_interpreter_s", start
    empty = repeated(lambda: run(place.empty(sample)).seconds)
    rounds = [_parts(sample, start.median, empty.median) for _run in range(1 + RUNS)][1:]
    for part, note in PARTS.items():
        yield f"profile_{part}_s", figure([one[part] for one in rounds], note=note)
    yield "profile_requests", figure([one["requests"] for one in rounds], "requests")
    place.remove([sample.name])


def _parts(sample: Sample, start_s: float, empty_s: float) -> dict[str, float]:
    ran, spans = run_profiled(place.site(sample))
    what = {part: seconds(spans, part) for part in (profiled.IMPORT, profiled.OURS, profiled.API)}
    inside = what[profiled.OURS] - what[profiled.API]
    known = {"ansible": empty_s - start_s, "imports": what[profiled.IMPORT]}
    known |= {"api": what[profiled.API], "ours": inside}
    requests = sum(span.what == profiled.API for span in spans)
    return {**known, "tasks": ran.seconds - start_s - sum(known.values()), "requests": requests}
