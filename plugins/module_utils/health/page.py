# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws a roll-out as one page without scripts: it opens anywhere, also from a mail.

All texts come from a cluster: they are escaped, and the page may load nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status

if TYPE_CHECKING:
    from ansible_collections.slipway.stack.plugins.module_utils.health.timeline import Row, Span

TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
MOST_TICKS = 8
STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #66737f; --line: #dfe4e9; --paper: #fff;
  --ready: #2f9e5f; --busy: #4a86c8; --failed: #c6362c; --held: #b9851b; --gone: #8a94a0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #94a1ae; --line: #35404b;
  --paper: #171d24; --ready: #3fb873; --busy: #5b9ae0; --failed: #e5564b; --held: #d6a23a; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 2rem auto; max-width: 72rem; padding: 0 1.2rem; }
h1 { font-size: 1.35rem; margin: 0 0 .2rem; } h2 { font-size: 1rem; margin: 1.8rem 0 .5rem; }
p { margin: .2rem 0; } .soft, small { color: var(--soft); }
.rows { border-top: 1px solid var(--line); }
.row { display: grid; grid-template-columns: 15rem 1fr 4.5rem; gap: .8rem; align-items: center;
  border-bottom: 1px solid var(--line); padding: .45rem 0; }
.name { overflow-wrap: anywhere; } .name small { display: block; }
.track { position: relative; height: 1.3rem; background: linear-gradient(var(--line), var(--line))
  center / 100% 1px no-repeat; }
.span { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 2px; }
.ready { background: var(--ready); } .progressing { background: var(--busy); }
.failed { background: var(--failed); } .suspended { background: var(--held); }
.terminating, .missing, .unknown { background: var(--gone); }
.when { text-align: right; font-variant-numeric: tabular-nums; }
.axis { height: 1.2rem; background: none; }
.tick { position: absolute; white-space: nowrap; color: var(--soft); font-size: .8rem;
  transform: translateX(-50%); } .tick:first-child { transform: none; }
.key span { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px;
  margin: 0 .3rem 0 1rem; vertical-align: -.05rem; } .key span:first-child { margin-left: 0; }
ol { padding-left: 1.4rem; margin: .3rem 0; } li { margin: .15rem 0; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; color: var(--soft);
  font-weight: 500; } td, th { padding: .25rem .8rem .25rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); } .num { text-align: right; white-space: nowrap; }
@media (max-width: 40rem) { .row { grid-template-columns: 1fr 3.5rem; }
  .track { grid-column: 1 / -1; grid-row: 2; } }
"""
HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""


def render(rows: Sequence[Row], chain: Sequence[Row], seconds: float, started: float) -> str:
    """Return the page. chain: the longest wait, first to last. started: since the epoch."""
    return "\n".join(
        [
            f"{HEAD}<title>{escape(_headline(rows, seconds))}</title>",
            f"<style>{STYLE}</style>",
            f"<h1>{escape(_headline(rows, seconds))}</h1>",
            f'<p class="soft">Began {_stamp(started)}.</p>',
            *_picture(rows, seconds),
            *_chain(chain),
            *_costs(rows),
            "</html>",
            "",
        ]
    )


def _headline(rows: Sequence[Row], seconds: float) -> str:
    ready = sum(row.status is Status.READY for row in rows)
    if ready == len(rows):
        return f"Roll-out: all {len(rows)} ready after {seconds:.1f} s"
    return f"Roll-out: {ready} of {len(rows)} ready, ended after {seconds:.1f} s"


def _picture(rows: Sequence[Row], seconds: float) -> Iterator[str]:
    yield '<h2>When each became ready</h2><p class="key soft">'
    for name, word in (
        ("progressing", "on its way"),
        ("ready", "ready"),
        ("failed", "failed"),
        ("suspended", "suspended"),
        ("unknown", "not there, not known"),
    ):
        yield f'<span class="{name}"></span>{word}'
    yield '</p><div class="rows"><div class="row"><span></span><div class="track axis">'
    yield from _ticks(seconds)
    yield "</div><span></span></div>"
    for row in rows:
        when = "never" if row.ready_s is None else f"{row.ready_s:.1f} s"
        others = f"<small>uses {escape(', '.join(row.uses))}</small>" * bool(row.uses)
        bars = "".join(_bar(one, seconds) for one in row.spans)
        yield (
            f'<div class="row"><span class="name">{escape(row.label)}{others}</span>'
            f'<div class="track" role="img" aria-label="{escape(_told(row))}">{bars}</div>'
            f'<span class="when">{when}</span></div>'
        )
    yield "</div>"


def _bar(span: Span, total: float) -> str:
    left, width = _percent(span.begin, total), _percent(span.seconds, total)
    title = f"{span.begin:.1f} to {span.end:.1f} s: {span.status.value}: {span.message}"
    style = f"left: {left:.2f}%; width: {width:.2f}%"
    return f'<span class="span {span.status.value}" style="{style}" title="{escape(title)}"></span>'


def _ticks(seconds: float) -> Iterator[str]:
    step = next((one for one in TICKS if seconds / one <= MOST_TICKS), TICKS[-1])
    for at in range(0, int(seconds) + 1, step):
        yield f'<span class="tick" style="left: {_percent(at, seconds):.2f}%">{at} s</span>'


def _chain(chain: Sequence[Row]) -> Iterator[str]:
    if len(chain) < 2:
        return
    yield "<h2>The longest wait</h2>"
    yield "<p>Each of these uses the one before it.</p><ol>"
    before = 0.0
    for row in chain:
        if row.ready_s is None:
            yield f"<li>{escape(row.label)}: not ready</li>"
            continue
        more = max(0.0, row.ready_s - before)
        yield f"<li>{escape(row.label)}: {row.ready_s:.1f} s (+{more:.1f} s)</li>"
        before = row.ready_s
    yield "</ol>"


def _costs(rows: Sequence[Row]) -> Iterator[str]:
    found = [(row, one) for row in rows if (one := row.longest)]
    if not found:
        return
    found.sort(key=lambda pair: -pair[1].seconds)
    yield "<h2>Where the time went</h2><table>"
    yield '<tr><th>Object<th class="num">Seconds<th>Spent on</tr>'
    for row, span in found:
        yield (
            f'<tr><td>{escape(row.label)}<td class="num">{span.seconds:.1f}'
            f"<td>{escape(span.message)}</tr>"
        )
    yield "</table>"


def _told(row: Row) -> str:
    return "; ".join(f"{one.begin:.1f} s {one.status.value}: {one.message}" for one in row.spans)


def _percent(part: float, total: float) -> float:
    return min(100.0, 100.0 * part / total) if total > 0 else 0.0


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
