# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of verify: asks all at once, prints a table, fails with what does not hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.packed import unpack
from ansible_collections.slipway.stack.plugins.module_utils.probe import check as http
from ansible_collections.slipway.stack.plugins.module_utils.verify import applied, names
from ansible_collections.slipway.stack.plugins.module_utils.verify.rights import (
    Right,
    allowed,
    wanted,
)
from ansible_collections.slipway.stack.plugins.module_utils.verify.table import Result, Row, lines

PARALLEL = 8
# As arguments.HTTP_CHECK has it, which a core does not import.
UNSAID: Mapping[str, Any] = {
    "method": "GET",
    "headers": {},
    "body": "",
    "status": [200],
    "contains": "",
    "stream": None,
}
Report = Callable[[str], None]
Answer = tuple[Result, str]


class Question(NamedTuple):
    """What a row is about, and how to get its answer; asking may raise KubeError."""

    what: str
    name: str
    ask: Callable[[], Answer]


def run(params: dict[str, Any], *, check: bool, report: Report) -> dict[str, Any]:
    """Ask what a resolved stack says must hold; params as in arguments.VERIFY.

    In check mode nothing is asked: what would answer has not been rolled out.
    """
    models = unpack(params["resolved"])
    if check:
        return {"changed": False, "rows": [], "msg": "The stack would be asked whether it works."}
    questions = list(_questions(models, params, report))
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        rows = list(pool.map(_answered, questions))
    for line in lines(rows) if rows else ():
        report(line)
    wrong = [row for row in rows if row.result is Result.FAILED]
    told = "; ".join(f"{row.what} {row.name}: {row.detail}" for row in wrong)
    return {
        "changed": False,
        "rows": [{**row._asdict(), "result": str(row.result).lower()} for row in rows],
        "failed": bool(wrong),
        "msg": told or f"All {len(rows)} hold.",
    }


def _questions(
    models: Mapping[str, Any], params: Mapping[str, Any], report: Report
) -> Iterable[Question]:
    timeout_s, name = params["timeout"], models["name"]
    rights = list(wanted(models.get("rights", [])))
    if params["inside"] or rights:
        client = connect(params)
        if params["inside"]:
            health = partial(_health, client, models, timeout_s, report)
            yield Question("health", name, health)
            yield Question("names", name, partial(_names, client, models, timeout_s))
        for account, some in groupby(rights, key=lambda right: right.account):
            yield Question("rights", account, partial(_matrix, client, list(some)))
    for one in models.get("checks", []):
        yield Question(one["what"], one["name"], partial(_visit, one, timeout_s, report))


def _answered(question: Question) -> Row:
    began = time.monotonic()
    try:
        result, detail = question.ask()
    except KubeError as error:
        result, detail = Result.FAILED, str(error)
    return Row(question.what, question.name, result, detail, time.monotonic() - began)


def _health(client: Client, models: Mapping[str, Any], timeout_s: float, report: Report) -> Answer:
    refs = applied.resources(client, models["namespace"], models["name"])
    if not refs:
        return Result.FAILED, "nothing of it is deployed"
    outcome = applied.healthy(client, models["namespace"], refs, timeout_s, report)
    if outcome.get("failed"):
        return Result.FAILED, str(outcome["msg"])
    return Result.PASSED, f"all {len(refs)} objects ready"


def _names(client: Client, models: Mapping[str, Any], timeout_s: float) -> Answer:
    wanted_names, used = names.services(models), names.image(models)
    if not used:
        return Result.UNKNOWN, "the stack runs no datastore whose image could ask"
    lost = names.unknown(client, models["namespace"], used, wanted_names, timeout_s)
    if lost:
        return Result.FAILED, f"a pod does not find {', '.join(lost)}"
    return Result.PASSED, f"a pod finds all {len(wanted_names)} Services"


def _visit(one: Mapping[str, Any], timeout_s: float, report: Report) -> Answer:
    said = {key: value for key, value in one.items() if key not in ("name", "what")}
    outcome = http.run({**UNSAID, **said, "timeout": timeout_s}, check=False, report=report)
    return (Result.FAILED if outcome["failed"] else Result.PASSED), outcome["msg"]


def _matrix(client: Client, rights: list[Right]) -> Answer:
    answers = {str(right): allowed(client, right) for right in rights}
    missing = [right for right, yes in answers.items() if yes is False]
    if missing:
        return Result.FAILED, f"not allowed: {', '.join(missing)}"
    if None in answers.values():
        return Result.UNKNOWN, "you may not create subjectaccessreviews"
    return Result.PASSED, f"all {len(rights)} allowed"
