# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS: who has the certificate of a host, and whether it is for that host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import flaw
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.rendered import (
    dig,
    of_kind,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Object,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Mark


def uncertified(subject: Subject) -> Faults:
    """Yield sites with https URLs for which an Ingress has no certificate.

    A Gateway is the platform's, and so is the certificate of its listener.
    """
    ingress, sites = subject.head["ingress"], subject.head["sites"]
    for name in _used(subject):
        bare = name in sites and not sites[name]["tls"]
        if ingress["driver"] == "ingress" and ingress["scheme"] == "https" and bare:
            node = subject.section("sites")[name]
            message = f"https://{sites[name]['host']} has no certificate"
            fix = "Say `tls: {issuer: …}` or `tls: {secret: …}`."
            yield Fault(("sites", name, "tls"), message, _own(node.mark), fix)


def _used(subject: Subject) -> list[str]:
    routes = subject.head["routes"].values()
    return list(dict.fromkeys(str(route.get("site", "")) for route in routes))


def _own(mark: Mark) -> Mark | None:
    return None if mark.layer in ("default", "preset") else mark


def uncovered(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield hosts of an Ingress that its TLS leaves out, and certificates for other hosts."""
    issued = {
        dig(one, "spec.secretName"): dig(one, "spec.dnsNames", [])
        for one in of_kind(objects, "Certificate")
    }
    for ingress in of_kind(objects, "Ingress"):
        blocks = dig(ingress, "spec.tls", [])
        for index, rule in enumerate(dig(ingress, "spec.rules", [])):
            yield from _ruled(ingress, f"spec.rules[{index}].host", rule.get("host", ""), blocks)
        for index, block in enumerate(blocks):
            names = issued.get(block.get("secretName"))
            for host in block.get("hosts", []):
                if names is not None and not covers(names, host):
                    at = f"spec.tls[{index}].secretName"
                    yield flaw(
                        ingress, at, f"its certificate is for {', '.join(names)}, not {host}"
                    )


def _ruled(ingress: Object, path: str, host: str, blocks: list[Object]) -> Faults:
    hosts = [name for block in blocks for name in block.get("hosts", [])]
    if blocks and not covers(hosts, host):
        message = f"TLS is for {', '.join(hosts) or 'no host'}, not for {host}"
        yield flaw(ingress, path, message, "Name the host under spec.tls.")


def covers(names: Iterable[str], host: str) -> bool:
    """Whether a certificate of these names is one for a host; * stands for one label.

    >>> covers(["*.example.com"], "shop.example.com"), covers(["*.example.com"], "a.b.example.com")
    (True, False)
    """
    parent = host.partition(".")[2]
    return any(name in (host, f"*.{parent}") for name in names)
