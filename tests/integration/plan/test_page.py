# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a stack in a real browser, without a network; needs Chromium, and no cluster."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.page import page
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

ENVIRONMENT = """\
preset: local
sites: {shop: {host: shop.localhost}}
ingress: {driver: gateway, class: contour, gateway: {namespace: gw, name: shared}}
"""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)


@pytest.fixture
def browse(tmp_path, checkout):
    """Open the page of the shop with more flags; `fragment` is what stands behind its #."""

    def run(*flags, fragment=""):
        stack, _ = parse(
            (checkout / "stacks/shop.yml").read_bytes(), shown="shop.yml", layer="stack"
        )
        environment, _ = parse(ENVIRONMENT, shown="env.yml", layer="environment")
        file = tmp_path / "stack.html"
        file.write_text(page(resolve(stack, [environment])))
        browser = shutil.which("chromium")
        assert browser, "there is no chromium: apt-get install chromium"
        command = [browser, *FLAGS, f"--user-data-dir={tmp_path / 'browser'}", *flags]
        return subprocess.run(
            [*command, f"{file.as_uri()}{fragment}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout

    return run


def test_the_browser_shows_every_part_and_opens_the_chosen_one(browse):
    dom = browse("--dump-dom", fragment="#workloads.orders")
    assert "<h1>shop</h1>" in dom
    for text in ("gateway", "migrate_orders", "orders_db", "shop.localhost", "no findings"):
        assert f">{text}<" in dom.replace("\n", "").replace("  ", "")
    # The script has run: it opens the card that the address names, and marks its box.
    assert re.search(r'<details class="card" id="workloads.orders" open', dom)
    assert re.search(r'data-part="workloads.orders" class="[^"]*chosen', dom)


def test_the_picture_is_not_blank(browse, tmp_path):
    shot = tmp_path / "shot.png"
    browse(f"--screenshot={shot}")
    assert len(colours(shot.read_bytes())) > 20


def colours(png: bytes) -> set[bytes]:
    """Return the distinct scan line chunks of a PNG: few where nothing is drawn."""
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw = zlib.decompress(data)
    return {raw[start : start + 64] for start in range(0, len(raw), 64)}
