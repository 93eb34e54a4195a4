# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resolved stack is the same bytes every time, and a secret in a value never becomes text."""

from __future__ import annotations

import os
import subprocess
import sys

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import SecretKey, Thing
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.references import expand
from hypothesis import given
from hypothesis import strategies as st

THINGS = {
    "db": Thing("postgres", ("datastores", "db"), {"url": SecretKey("db", "url"), "host": "db"}),
    "web": Thing("workload", ("workloads", "web"), {"url": "http://web:80"}),
}
RESOLVE = """
import json, sys
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.page import page
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
stack, _ = parse(open(sys.argv[1]).read(), shown="shop.yml", layer="stack")
environment, _ = parse("preset: local\\nsites: {shop: {host: a.b}}\\ningress: {driver: none}",
                       shown="env.yml", layer="environment")
resolved = resolve(stack, [environment])
print(json.dumps(resolved.document), page(resolved))
"""


PIECES = st.sampled_from(["${db.url}", "${web.url}", "$${", "x", "${no.x}", "${", "}"])


@given(st.lists(PIECES))
def test_a_value_with_a_secret_is_no_plain_text(pieces):
    expanded = expand("".join(pieces), THINGS)
    secret = any(isinstance(part, SecretKey) for part in expanded.parts)
    assert (expanded.text is None) is secret


def test_a_stack_is_the_same_bytes_whatever_the_hash_seed(shop):
    def start(seed):
        command = [sys.executable, "-c", RESOLVE, str(shop)]
        paths = os.pathsep.join(sys.path)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)

    runs = [start("1"), start("2")]  # side by side
    first, second = (run.communicate()[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert len(first) > 10_000
    assert first == second
