# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The growth curves as an SVG: both axes logarithmic, so a straight line of slope 1 is linear."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 60, 20, 190, 50
CURVES = (
    (
        "site.yml, no-op (objects)",
        "#0b6e4f",
        {50: "noop_site_s", 500: "noop_500_s", 5000: "noop_5000_s"},
    ),
    ("kubectl, no-op (objects)", "#c1440e", {50: "kubectl_noop_s", 500: "kubectl_noop_500_s"}),
    (
        "resolve + render (workloads)",
        "#33658a",
        {size: f"resolve_render_{size}_s" for size in (10, 100, 300, 1000)},
    ),
)
STYLE = (
    "text{font:12px sans-serif;fill:#222}line{stroke:#ddd}polyline{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){svg{background:#fff}}"
)
Point = tuple[float, float]


def drawn(results: Mapping[str, Any]) -> str:
    """Return the picture of all curves that have been measured."""
    known = ((name, color, _points(results, keys)) for name, color, keys in CURVES)
    curves = [curve for curve in known if curve[2]]
    shown = [point for _name, _color, points in curves for point in points]
    if not shown:
        return ""
    xs, ys = _decades([x for x, _y in shown]), _decades([y for _x, y in shown])
    parts = [*_grid(xs, ys)]
    for index, (name, color, points) in enumerate(curves):
        parts += _curve([(_at(x, xs, y, ys)) for x, y in points], color)
        parts.append(_text(WIDTH - RIGHT + 10, TOP + 20 + 20 * index, name, f"fill:{color}"))
    body = "\n".join(parts)
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n'
        f"<title>Seconds by size</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n"
    )


def _points(results: Mapping[str, Any], keys: Mapping[int, str]) -> list[Point]:
    return [(size, results[key]["median"]) for size, key in keys.items() if key in results]


def _decades(values: Sequence[float]) -> range:
    """Return the powers of ten that hold all values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return range(low, max(high, low + 1) + 1)


def _at(x: float, xs: range, y: float, ys: range) -> Point:
    across = (math.log10(x) - xs[0]) / (xs[-1] - xs[0])
    up = (math.log10(y) - ys[0]) / (ys[-1] - ys[0])
    left = LEFT + across * (WIDTH - LEFT - RIGHT)
    return round(left, 1), round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1)


def _grid(xs: range, ys: range) -> Iterator[str]:
    for power in xs:
        x, _y = _at(10**power, xs, 10 ** ys[0], ys)
        yield f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}"/>'
        yield _text(x, HEIGHT - BOTTOM + 18, f"{10**power:,}", "text-anchor:middle")
    for power in ys:
        _x, y = _at(10 ** xs[0], xs, 10.0**power, ys)
        yield f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>'
        yield _text(LEFT - 8, y + 4, f"{10.0**power:g} s", "text-anchor:end")
    yield _text(
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "objects or workloads", "text-anchor:middle"
    )


def _curve(points: Sequence[Point], color: str) -> Iterator[str]:
    path = " ".join(f"{x},{y}" for x, y in points)
    yield f'<polyline points="{path}" stroke="{color}"/>'
    for x, y in points:
        yield f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"/>'


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{x}" y="{y}" style="{style}">{words}</text>'
