# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of a long table in one test; a failure still names each case that does not hold.

Exists because pytest takes longer to prepare and report a test than most rows take to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def hold(check: Callable[..., None], cases: Iterable[tuple[str, Any]]) -> None:
    """Check every case, whatever became of the one before; fail with all that do not hold.

    check: a test function of one case, with bare `assert`s. cases: pairs of a name and a case.
    """
    __tracebackhide__ = True
    count, faults = 0, []
    for name, case in cases:
        count += 1
        try:
            check(case)
        except (Exception, pytest.fail.Exception) as error:
            faults.append(f"--- {name}\n{_told(error)}")
    assert count, "there is no case to check"
    if faults:
        pytest.fail("\n".join([f"{len(faults)} of {count} cases:", *faults]), pytrace=False)


def _told(error: BaseException) -> str:
    """Return where it failed and why, as pytest tells it."""
    return str(pytest.ExceptionInfo.from_exception(error).getrepr(style="short"))
