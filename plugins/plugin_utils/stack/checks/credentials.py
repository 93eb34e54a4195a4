# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that stand in plain text where a ConfigMap, Git and every diff would show them.

By name (`ADMIN_PASSWORD: hunter2`) and by value (`postgres://user:pass@host`, a key of a known
maker). A reference to a secret is none, nor is the name of a Secret or the path of a file.
The message never repeats the value.
"""

from __future__ import annotations

import re

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    Value,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields, items

_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PASS|SECRET|SECRETS|TOKEN|TOKENS|PEPPER|CREDENTIALS?"
    r"|API_?KEY|(SECRET|PRIVATE|ACCESS|SIGNING|ENCRYPTION|MASTER|AUTH|JWT|SESSION|SSH)_?KEY"
    r"|ACCESS_KEY_ID)$"
)
_PUBLIC = re.compile(r"(^|_)(PUBLIC|PUBLISHABLE|ANON)(_|$)")
_NO_CREDENTIAL = re.compile(r"|true|false|yes|no|on|off|none|null|disabled|enabled|optional", re.I)
_OF_KUBERNETES = re.compile(r"(^|_)(K8S|KUBE|KUBERNETES|REGISTRY|PULL|TLS|EXISTING|INGRESS)_")
_KUBE_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_USERINFO = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@]*:([^\s/@]+)@", re.IGNORECASE)
_MAKERS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}|\bxox[abprs]-[\w-]{10}|\b[rs]k_(live|test)_\w{10}"
    r"|\bsk-[A-Za-z0-9_-]{20}|\bAIza[\w-]{35}|\bhvs\.\w{20}|\bnpm_[A-Za-z0-9]{36}"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8}"
)
_OPTION = re.compile(r"--([A-Za-z][\w-]*)=(.+)", re.DOTALL)
_FIX = "Declare a key in `secrets` and refer to it: ${secrets.<group>.<key>}."


def plain(subject: Subject) -> Faults:
    """Yield credentials in environments and arguments."""
    for value in subject.values:
        why = _by_value(value.text) or _by_name(subject, value)
        if why:
            yield Fault(value.path, why, value.node.mark, _FIX)
    for _owner, path, container in subject.containers():
        for key in ("command", "args"):
            for index, item in enumerate(items(fields(container).get(key))):
                why = _by_value(str(item.value)) or _by_option(str(item.value))
                if why:
                    yield Fault((*path, key, index), why, item.mark, _FIX)


def _by_value(text: str) -> str:
    user = _USERINFO.search(text)
    if user and not {"****", "${"} & {user[1][:4], user[1][:2]} and "<" not in user[1]:
        return "a password stands in this URL in plain text"
    return "this is a credential in plain text" if _MAKERS.search(text) else ""


def _by_name(subject: Subject, value: Value) -> str:
    only_text = value.expanded.text is not None and not value.expanded.things
    if not only_text or not _sounds_secret(value.name, value.text):
        return ""
    if value.name.upper().endswith("SECRET") and _names_a_secret(subject, value):
        return ""
    return f"{value.name} sounds like a credential, and this is plain text"


def _sounds_secret(name: str, text: str) -> bool:
    name = name.upper()
    if not _NAME.search(name) or _PUBLIC.search(name) or _NO_CREDENTIAL.fullmatch(text):
        return False
    # MAX_TOKENS: 4096 is an amount; a password of digits is still one.
    return not (text.isdigit() and name.endswith(("TOKEN", "TOKENS")))


def _names_a_secret(subject: Subject, value: Value) -> bool:
    if not _KUBE_NAME.fullmatch(value.text):
        return False
    pulled = {str(item.value) for item in items(fields(subject.tree).get("pull_secrets"))}
    groups = {str(group["secret"]) for group in subject.head["secrets"].values()}
    return value.text in pulled | groups or bool(_OF_KUBERNETES.search(value.name.upper()))


def _by_option(text: str) -> str:
    option = _OPTION.fullmatch(text)
    if not option or option[2].startswith("$"):
        return ""
    name = option[1].replace("-", "_")
    told = f"--{option[1]} sounds like a credential, and every process list shows it"
    return told if _sounds_secret(name, option[2]) else ""
