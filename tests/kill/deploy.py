# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One deployer as a process of its own, so that a test can kill, stop and wake it.

    echo '{"kubeconfig": …, "migrations": […]}' | python tests/kill/deploy.py [no-lease …]

Prints one JSON document a line: {"line": …} for every live line, at last {"result": …} or
{"error": …}. The arguments name what is to be broken (sabotage.py), for negative controls only.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / ".collections")]

from ansible_collections.slipway.stack.plugins.module_utils.errors import (  # noqa: E402
    SlipwayError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front  # noqa: E402

from tests.kill import sabotage  # noqa: E402


def main() -> None:
    """Deploy once."""
    # A shell starts what it puts into the background deaf to Ctrl-C, and all that comes of it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    params = json.load(sys.stdin)
    for guard in sys.argv[1:]:
        sabotage.TAKE_OUT[guard]()
    try:
        result = front.run(params, check=False, report=lambda line: _print(line=line))
    except SlipwayError as error:
        _print(error=str(error))
    else:
        _print(result=result)


def _print(**document: object) -> None:
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    main()
