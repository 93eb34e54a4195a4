# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering: models into Kubernetes objects, by the Jinja2 templates of a role.

Templates write down what the models say and decide nothing. A kind that several roles need has its
template in the shared folder beside this file.

Reading YAML is what rendering costs. So `tojson` puts a token into the text and keeps the value;
the text is then the same for all objects of one shape, is read once, and is filled with the values.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError

SHARED = Path(__file__).parent / "templates"
ROLES = Path(__file__).parents[3] / "roles"
UNKNOWN_MARKER = "mg-not-known-yet"
_KEPT: ContextVar[list[Any]] = ContextVar("kept")  # of the object that is being rendered
_TEXT = frozenset({str})
_SCALARS = frozenset({str, int, float, bool, type(None)})
_TOKEN = re.compile(r"\x7f(\d+)\x7f")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Hole(NamedTuple):
    """Where a value that was kept belongs. number: which one."""

    number: int


class RenderError(SlipwayError):
    """A template and its model do not fit together."""


def render(
    role: str, models: Iterable[Mapping[str, Any]], markers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the Kubernetes objects of some models, in their order.

    role:    whose templates are used.
    models:  each with ``template`` and the values that it names.
    markers: migration → ConfigMap that says that it passed; an empty name is not known yet, as in
             check mode before the first migration.
    Raises RenderError, naming the template and the object.
    """
    environment = _environment(role)
    known = {name: marker or UNKNOWN_MARKER for name, marker in markers.items()}
    return [_object(environment, model, known) for model in models]


@lru_cache
def _environment(role: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([ROLES / role / "templates", SHARED]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # YAML, not HTML: every value goes through tojson
        auto_reload=False,  # else each object asks the disk whether its template is still the same
        bytecode_cache=_bytecode_cache(),
    )
    environment.filters["tojson"] = _keep
    environment.globals.clear()  # else every object and every import looks all of them through
    return environment


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """Return where compiled templates are kept: beside Python's own bytecode, under its rules."""
    place = Path(__file__).parent / "__pycache__"
    if sys.dont_write_bytecode or not os.access(place, os.W_OK):
        return None
    return jinja2.FileSystemBytecodeCache(str(place))


@jinja2.pass_environment  # what needs one is not folded into the compiled template
def _keep(_environment: jinja2.Environment, value: object) -> str:
    kept = _KEPT.get()
    kept.append(_plain(value))
    return f'"\\x7f{len(kept) - 1}\\x7f"'


def _plain(value: Any) -> Any:
    """Return a copy with sorted keys and without subclasses: what reading its JSON would give."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is dict and _TEXT.issuperset(map(type, value)):
        return {key: _plain(value[key]) for key in sorted(value)}
    if kind is list:
        return [_plain(item) for item in value]
    # str() of an undefined name raises the error that says which one.
    return json.loads(json.dumps(value, sort_keys=True, default=str))


def _object(
    environment: jinja2.Environment, model: Mapping[str, Any], markers: Mapping[str, str]
) -> dict[str, Any]:
    kept: list[Any] = []
    _KEPT.set(kept)
    try:
        template = environment.get_template(f"{model['template']}.yaml.j2")
        text = template.render(model, markers=markers)
        rendered: dict[str, Any] = _filled(_skeleton(text), kept)
    except (jinja2.TemplateError, yaml.YAMLError) as error:
        raise RenderError(
            f"The template {model['template']}.yaml.j2 cannot render {model.get('name')}: {error}"
        ) from error
    return rendered


@lru_cache(maxsize=1024)
def _skeleton(text: str) -> Any:
    return _with_holes(yaml.load(text, Loader))


def _with_holes(part: Any) -> Any:
    """Replace the tokens of what was read by holes, so that filling it only looks at types."""
    if isinstance(part, dict):
        return {_with_holes(key): _with_holes(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_holes(item) for item in part]
    token = _TOKEN.fullmatch(part) if isinstance(part, str) else None
    return _Hole(int(token[1])) if token else part


def _filled(part: Any, kept: list[Any]) -> Any:
    kind = type(part)
    if kind is _Hole:
        return kept[part.number]
    if kind is dict:
        return {
            kept[key.number] if isinstance(key, _Hole) else key: _filled(value, kept)
            for key, value in part.items()
        }
    if kind is list:
        return [_filled(item, kept) for item in part]
    return part
