# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ingress controllers can do: the one table that rendering and checks share.

A feature that the chosen controller does not have is refused before the roll-out, since it would
silently do nothing. Controllers that are not in the table are taken to know the plain API alone.

Sources: https://gateway-api.sigs.k8s.io/implementations/v1.3/ ·
https://projectcontour.io/docs/main/config/annotations/ ·
https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

ENVOY_IDLE_S = 300  # Envoy's stream_idle_timeout, as Contour and Envoy Gateway deliver it


class Controller(NamedTuple):
    """What a controller can do for one route.

    features: of strip, timeout, body, stream, annotations; `exact` is in every API.
    max_idle: seconds after which it cuts a silent stream, whatever the route says; 0: it does not.
    """

    features: frozenset[str]
    max_idle: int = 0


_ENVOY = frozenset(("strip", "timeout", "body", "stream"))
PLAIN = Controller(frozenset())
CONTROLLERS: dict[tuple[str, str], Controller] = {
    ("gateway", "contour"): Controller(_ENVOY, ENVOY_IDLE_S),
    ("gateway", "envoy-gateway"): Controller(_ENVOY, ENVOY_IDLE_S),
    ("gateway", ""): Controller(frozenset(("strip",))),
    ("ingress", "contour"): Controller(frozenset(("timeout", "body", "stream")), ENVOY_IDLE_S),
    ("ingress", "nginx"): Controller(_ENVOY),
}
_NEEDS = {
    "strip": "take the prefix from the path",
    "timeout": "wait so long for an answer",
    "body": "let a request body of that size through for certain",
    "stream": "pass an answer on bit by bit for certain",
}
_OTHER = "Choose another controller in the environment, or say it in `annotations`."


class Lack(NamedTuple):
    """Something that a route asks for in vain. `key` is the field of the route."""

    key: str
    message: str
    fix: str


def controller(ingress: Mapping[str, Any]) -> Controller:
    """Return what the chosen controller can do."""
    driver, name = ingress["driver"], ingress["controller"]
    return CONTROLLERS.get((driver, name)) or CONTROLLERS.get((driver, "")) or PLAIN


def lacking(ingress: Mapping[str, Any], route: Mapping[str, Any]) -> Iterator[Lack]:
    """Yield what a route of the document asks for that the controller cannot do."""
    if ingress["driver"] == "none":
        return
    known, name = controller(ingress), ingress["controller"] or "the controller"
    said = {**ingress["annotations"], **route["annotations"]}
    for key, what in _NEEDS.items():
        if route[key] and key not in known.features and not said:
            yield Lack(key, f"{name} cannot {what} by {_api(ingress)}", _OTHER)
    longest = ingress["max_idle"] or known.max_idle
    if route["stream"] and longest and route["max_idle"] >= longest:
        message = f"{name} cuts a stream that is silent for {longest} s"
        fix = (
            "Let the application send a comment more often and lower max_idle, or raise the "
            "controller's own timeout and say so in ingress.max_idle."
        )
        yield Lack("stream", message, fix)


def tls_lacking(ingress: Mapping[str, Any], site: Mapping[str, Any]) -> str:
    """Return why the TLS of a site cannot work with the chosen driver, or an empty text."""
    if site["tls"] and not site["tls"]["secret"] and ingress["driver"] == "ingress":
        return "an Ingress has no Gateway whose listener could have the certificate"
    return ""


def _api(ingress: Mapping[str, Any]) -> str:
    return "HTTPRoute" if ingress["driver"] == "gateway" else "Ingress"
