# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that does not answer is asked once: whoever waits for it waits long enough."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError
from ansible_collections.slipway.stack.plugins.module_utils.packed import pack
from ansible_collections.slipway.stack.plugins.plugin_utils.survey import front

EMPTY = {"infra": [], "migrations": [], "workloads": [], "ingress": [], "patches": []}
MODELS = {"name": "shop", "namespace": "shop", "preset": "local", "levels": [], "routes": {}}


class Away:
    """A client of a cluster that does not answer."""

    asked = 0

    def discovery(self):
        return self.request("GET", "/api")

    def request(self, *_args, **_options):
        self.asked += 1
        raise ConnectError("no answer from 192.0.2.1")


def test_it_is_asked_once_and_the_reason_is_told(monkeypatch):
    client = Away()
    monkeypatch.setattr(front, "connect", lambda _params: client)
    params = {"stack": pack(MODELS | EMPTY), "secret_values": {}, "baseline": [], "rerun": []}
    with pytest.raises(ConnectError, match="no answer"):
        front.run(params, check=False, report=lambda _line: None)
    assert client.asked == 1
