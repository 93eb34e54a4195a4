# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not be shown: known values are mask.py's, shapes are these."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.shapes import redact_shapes

HIDDEN = {
    "password in a URL": (
        "postgres://users:s3cret@users-db:5432/x",
        "postgres://users:********@users-db:5432/x",
    ),
    "assignment": ("DB_PASSWORD=abc123 next", "DB_PASSWORD=******** next"),
    "JSON": ('{"api_key": "abc def", "n": 1}', '{"api_key": ********, "n": 1}'),
    "header": ("Authorization: Bearer abc.def-ghi123", "Authorization: Bearer ********"),
    "JSON Web Token": ("got eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln in", "got ******** in"),
    "GitHub token": ("ghp_0123456789abcdefghij", "********"),
    "AWS key": ("id AKIAABCDEFGHIJKLMNOP", "id ********"),
    "private key": (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----********-----END RSA PRIVATE KEY-----",
    ),
}
SHOWN = (
    'password authentication failed for user "users"',
    "GET http://users:3001/healthz 200",
    'Secret "users-db" does not exist',
    "invalid token",
)


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden(name):
    text, want = HIDDEN[name]
    assert redact_shapes(text) == want


@pytest.mark.parametrize("text", SHOWN)
def test_shown(text):
    assert redact_shapes(text) == text
