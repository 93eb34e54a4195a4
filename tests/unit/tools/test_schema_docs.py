# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is published of the schema is what validates."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.unit import quick_yaml
from tools.schema_docs import DOCS, ROOT, documents

STACKS = sorted((ROOT / "stacks").glob("*.yml"))


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_it_is_up_to_date(path):
    assert path.read_text("utf-8") == documents()[path], "run tools/schema_docs.py"


@pytest.fixture(scope="module")
def validator():
    published = json.loads((DOCS / "schema/stack-v1.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(published)
    return jsonschema.Draft202012Validator(published)


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_an_editor_takes_our_stacks(validator, path):
    assert list(validator.iter_errors(quick_yaml.load(path.read_text()))) == []


def test_an_editor_marks_a_misspelt_key(validator):
    stack = quick_yaml.load(STACKS[0].read_text())
    next(iter(stack["workloads"].values()))["prots"] = {}
    assert "prots" in next(validator.iter_errors(stack)).message
