# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in a layer, the answer is a document or findings, and never a traceback."""

from __future__ import annotations

import copy
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse, read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import quick_yaml

STACK = quick_yaml.load((Path(__file__).parents[3] / "stacks" / "shop.yml").read_text("utf-8"))
ENVIRONMENT = quick_yaml.load(
    """
preset: local
sites: {shop: {host: shop.localhost}}
ingress: {driver: gateway, gateway: {namespace: gw, name: shared}, port: 8080}
defaults: {workloads: {scale: {replicas: 2}}}
workloads: {users: {env: {A: b}}}
datastores: {users_db: {storage: 2Gi}}
"""
)
WRONG = [None, 3, True, 1.5, "x", "${a.b}", "${", [], {}, [1], {"a": "b"}, {"a": None}, "users"]
Steps = tuple[str | int, ...]


def places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    """Yield the path of every value within a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in entries:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from places(child, (*path, key))


def mutant(layer: Any, path: Steps, wrong: Any) -> str:
    """Return a layer as YAML, with one value replaced."""
    changed = copy.deepcopy(layer)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = wrong
    return quick_yaml.dump(changed)


@pytest.mark.parametrize("target", ["stack", "environment"])
@settings(max_examples=12)
@given(data=st.data())
def test_a_wrong_value_anywhere_is_answered(target: str, data: st.DataObject) -> None:
    texts = {"stack": quick_yaml.dump(STACK), "environment": quick_yaml.dump(ENVIRONMENT)}
    layer = STACK if target == "stack" else ENVIRONMENT
    path = data.draw(st.sampled_from(list(places(layer))))
    texts[target] = mutant(layer, path, data.draw(st.sampled_from(WRONG)))
    stack, environment = (parse(texts[name], shown=name, layer=name)[0] for name in texts)
    result = resolve(stack, [environment])
    assert (result.document is None) == any(one.level == "error" for one in result.findings)
    if result.document:
        build({**result.document})


HEAD = 'schema: stack/v1\nname: demo\nimages: {app: {repo: acme/app, tag: "1"}}\n'
BOMB = "".join(
    f"x-{name}: &{name} [{', '.join([f'*{below}'] * 9) if below else '9, 9'}]\n"
    for below, name in zip(["", *"abcdefgh"], "abcdefghi", strict=True)
)
HOSTILE = {
    "a bomb of aliases": HEAD + BOMB,
    "an alias of itself": HEAD + "x-a: &a [*a]\n",
    "an anchor within an anchor": HEAD + "x-a: &a {b: &b {c: *a}}\n",
    "a tag that makes objects": HEAD + "x-a: !!python/object/apply:os.system ['true']\n",
    "a tag of somebody": HEAD + "workloads: !reset {api: {image: app}}\n",
    "a tag on a scalar": HEAD + "x-a: !secret k\n",
    "duplicate keys": HEAD + "workloads: {}\nworkloads: {}\n",
    "duplicate keys deep down": HEAD + "workloads: {api: {image: app, image: app}}\n",
    "a key that is a number": HEAD + "workloads: {1: {image: app}}\n",
    "a key that is null": HEAD + "workloads: {~: {image: app}}\n",
    "a key that is a list": HEAD + "workloads: {? [a, b] : {image: app}}\n",
    "a key that is a map": HEAD + "workloads: {{a: b}: {image: app}}\n",
    "a word that YAML reads as no": HEAD + "workloads: {no: {image: app}}\n",
    "a value that YAML reads as no": HEAD + "workloads: {api: {image: app, env: {A: no}}}\n",
    "an octal number": HEAD + "workloads: {api: {image: app, env: {A: 0123}}}\n",
    "a version that is a number": HEAD.replace('"1"', "1.10"),
    "sexagesimal": HEAD + "workloads: {api: {image: app, env: {A: 12:30:45}}}\n",
    "infinity": HEAD + "workloads: {api: {image: app, env: {A: .inf}}}\n",
    "a number of a million digits": HEAD + f"x-a: {'9' * 900_000}\n",
    "a name that is not of ASCII": HEAD + "workloads: {größe: {image: app}}\n",
    "a name of an emoji": HEAD + "workloads: {🚀: {image: app}}\n",
    "letters that look alike": HEAD + "workloads: {аpi: {image: app}}\n",  # noqa: RUF001
    "a zero-width space": HEAD + "workloads: {ap\u200bi: {image: app}}\n",
    "text that turns round": HEAD + "workloads: {\u202eipa: {image: app}}\n",
    "a byte of nothing": HEAD + "x-a: a\x00b\n",
    "half a surrogate": HEAD + '"\\ud800": 1\n',
    "100,000 brackets": "[" * 100_000,
    "100,000 maps": "{a: " * 100_000,
    "a deep block": "".join(f"{' ' * depth}a:\n" for depth in range(1000)),
    "two documents": HEAD + "---\n" + HEAD,
    "a directive": "%YAML 9.9\n---\n" + HEAD,
    "a list": "- a\n",
    "300,000 lists": f"x-a: [{'[],' * 300_000}]",
    "a scalar": "42",
    "binary": "\x7fELF\x02\x01",
    "a merge key": HEAD + "workloads: {api: {<<: {image: app}}}\n",
    "a set": HEAD + "workloads: !!set {api}\n",
    "a date": HEAD + "workloads: {api: {image: app, env: {A: 2026-11-22}}}\n",
    "a reference within itself": HEAD + 'workloads: {api: {image: app, env: {A: "${${a.b}.c}"}}}\n',
    "10,000 open references": HEAD
    + "workloads: {api: {image: app, env: {A: '"
    + "${" * 10_000
    + "'}}}\n",
    "20,000 wrong keys": HEAD + "".join(f"wrong{number}: 1\n" for number in range(20_000)),
    "a misspelt key of 100,000 letters": HEAD + f"{'workload' * 12_500}: 1\n",
    "5,000 misspelt workloads": HEAD
    + "workloads:\n"
    + "".join(f"  w{number}: {{imag: app}}\n" for number in range(5_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_quickly(text: str, tmp_path: Path) -> None:
    file = tmp_path / "stack.yml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    start = time.process_time()
    stack, faults = read(file, shown="stack.yml", layer="stack")
    environment, _ = parse("preset: local", shown="env.yml", layer="environment")
    said = [str(one) for one in faults or resolve(stack, [environment]).findings]
    assert said
    assert time.process_time() - start < 1
    assert len(said[0]) < 2_000


def test_ten_megabytes_are_not_read(tmp_path: Path) -> None:
    file = tmp_path / "stack.yml"
    file.write_bytes(b"a: " + b"x" * 10_000_000)
    start = time.process_time()
    with pytest.raises(StackError, match=r"stack.yml is larger than 1000000 bytes"):
        read(file, shown="stack.yml", layer="stack")
    assert time.process_time() - start < 1


def test_the_worst_file_takes_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "stack.yml"
    file.write_text(HEAD + f"x-a: [{'[],' * 300_000}]")
    script = f"""if True:
        import resource, sys
        sys.path[:0] = {sys.path!r}
        from pathlib import Path
        from {read.__module__} import read
        read(Path({str(file)!r}), shown="stack.yml", layer="stack")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)
    """
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert int(child.stdout) < 500  # megabytes
