# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is ansible-playbook, and notes when it imported our code, was inside it and asked the API.

    PROFILE=spans.jsonl python benchmarks/profiled.py playbooks/site.yml -i ...

Each span is a line of the file that PROFILE names: what, start, end and process. Workers are
forked, so they inherit the hooks. What is outside of all spans is Ansible's own.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from time import perf_counter
from typing import Any

IMPORT, OURS, API = "import", "ours", "api"


def noted(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with a note of each call."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        start = perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            note(what, start)

    return wrapper


def note(what: str, start: float) -> None:
    """Write a span that ends now; one write, so lines of several processes do not mix."""
    line = json.dumps({"what": what, "start": start, "end": perf_counter(), "process": os.getpid()})
    with open(os.environ["PROFILE"], "a", encoding="utf-8") as notes:
        notes.write(line + "\n")


def main() -> None:
    """Hook in where Ansible has set up its import of collections, then be ansible-playbook."""
    from ansible.cli.playbook import main as ansible_playbook
    from ansible.plugins.loader import PluginLoader

    load: Any = PluginLoader._load_module_source
    hooked: list[bool] = []

    def loaded(loader: Any, **asked: Any) -> Any:
        if "slipway.stack" not in asked["python_module_name"]:
            return load(loader, **asked)
        if not hooked:
            hooked.append(True)
            noted(IMPORT, _hook)()
        return noted(IMPORT, load)(loader, **asked)

    loaders: Any = PluginLoader
    loaders._load_module_source = loaded
    ansible_playbook()


def _hook() -> None:
    import urllib3
    from ansible_collections.slipway.stack.plugins.lookup.render import LookupModule
    from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction

    for what, owner, name in (
        (API, urllib3.HTTPConnectionPool, "urlopen"),
        (OURS, CoreAction, "run"),
        (OURS, LookupModule, "run"),
    ):
        setattr(owner, name, noted(what, getattr(owner, name)))


if __name__ == "__main__":
    main()
