# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the text of a playbook with ansible-playbook and returns what it did, as JSON and as seen.

Two ways for each task: "action" runs the core inside ansible-playbook (connection local),
"module" sends the module to a host with another connection, as to a remote bastion.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACTION, MODULE = "action", "module"
# A connection plugin that is not called `local` and runs on this machine all the same: what a
# host over SSH looks like to an action plugin.
ELSEWHERE = """
from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = '''
name: elsewhere
short_description: this machine under another name
description: [The local connection, not recognised as such.]
extends_documentation_fragment: [connection_pipelining]
'''


class Connection(Local):
    transport = "elsewhere"
"""


@dataclass(frozen=True)
class PlaybookRun:
    """One run. hosts: host → task name → result; a looped task's result is its last.

    tasks, stats: of the first host.
    """

    returncode: int
    output: str
    hosts: dict[str, dict[str, dict[str, Any]]]
    tasks: dict[str, dict[str, Any]]
    stats: dict[str, int]


@dataclass(frozen=True)
class PlaybookRunner:
    """Callable: `run = playbook(text, "--check")`."""

    checkout: Path
    kubeconfig: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(
        self,
        text: str,
        *options: str,
        path: str = ACTION,
        hosts: Mapping[str, str] | None = None,
        timeout_s: float = 300.0,
    ) -> PlaybookRun:
        """Run `text`, a playbook. hosts: name → path, the one host `shop` if not given."""
        paths = hosts or {"shop": path}
        results = self.folder / "results.json"
        results.unlink(missing_ok=True)
        (self.folder / "play.yml").write_text(text)
        self._write_plugins()
        (self.folder / "hosts").write_text("".join(map(_inventory_line, paths.items())))
        done = subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                "-i",
                "hosts",
                *options,
                "play.yml",
            ],
            cwd=self.folder,
            env=self._environment(results),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        seen = json.loads(results.read_text()) if results.exists() else {"tasks": {}, "stats": {}}
        first = next(iter(paths))
        return PlaybookRun(
            done.returncode,
            done.stdout,
            seen["tasks"],
            seen["tasks"].get(first, {}),
            seen["stats"].get(first, {}),
        )

    def _write_plugins(self) -> None:
        for kind, name, text in (
            ("connection", "elsewhere", ELSEWHERE),
            ("callback", "keep_results", KEEP_RESULTS),
        ):
            place = self.folder / "plugins" / kind
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.py").write_text(text)

    def _environment(self, results: Path) -> dict[str, str]:
        plugins = self.folder / "plugins"
        return {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(self.checkout / ".collections"),
            "ANSIBLE_CONNECTION_PLUGINS": str(plugins / "connection"),
            "ANSIBLE_CALLBACK_PLUGINS": str(plugins / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "keep_results",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": str(self.folder / "home"),
            "KEEP_RESULTS": str(results),
            "K8S_AUTH_KUBECONFIG": str(self.kubeconfig),
            **self.environment,
        }


def _inventory_line(host: tuple[str, str]) -> str:
    name, path = host
    connection = "local" if path == ACTION else "elsewhere"
    return f"{name} ansible_connection={connection} ansible_python_interpreter={sys.executable}\n"


KEEP_RESULTS = """
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
name: keep_results
type: aggregate
short_description: keeps the results of all tasks in the file that KEEP_RESULTS names
description: [For tests.]
'''


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "keep_results"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self.tasks = {}

    def _keep(self, result, **_options):
        tasks = self.tasks.setdefault(result.host.name, {})
        tasks[result.task.name] = json.loads(
            self._dump_results(result.result, serialize=True, keep_invocation=True)
        )

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = _keep
    v2_runner_on_unreachable = _keep

    def v2_playbook_on_stats(self, stats):
        summary = {host: stats.summarize(host) for host in stats.processed}
        with open(os.environ["KEEP_RESULTS"], "w") as file:
            json.dump({"tasks": self.tasks, "stats": summary}, file)
"""
