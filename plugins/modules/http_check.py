#!/usr/bin/python
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of module_utils/probe, for hosts that are not the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: http_check
short_description: Ask an HTTP service through its ingress until it answers as expected
description:
  - Connects to an address of your choice with the Host header and the TLS server name of the URL,
    so that a route can be checked before its name is in the DNS.
  - Proves that a streamed answer really arrives piece by piece, and not at once from the buffer
    of a proxy.
  - Asks again until the answer is right or O(timeout) is over.
    The first request right after a roll-out may be refused for an instant.
  - For everything else M(ansible.builtin.uri) with C(until) is the better choice.
version_added: 0.1.0
author:
  - the slipway.stack authors (@slipway)
options:
  url:
    description:
      - What to ask for. Its host is sent as Host header and, for C(https), as server name (SNI)
        against which the certificate is checked.
    type: str
    required: true
  address:
    description:
      - V(host:port) to connect to, instead of the host and port of O(url).
    type: str
  method:
    description:
      - The HTTP method.
    type: str
    default: GET
  headers:
    description:
      - Headers to send. Their values are masked in results and logs.
    type: dict
    default: {}
  body:
    description:
      - What to send as the request's body. It is masked in results and logs.
    type: str
    default: ""
  status:
    description:
      - Which status codes are right. Redirects are not followed.
    type: list
    elements: int
    default: [200]
  contains:
    description:
      - A text that the answer's body must contain.
    type: str
    default: ""
  timeout:
    description:
      - For how many seconds to ask again. One request that hangs is given up after 10 seconds.
    type: float
    default: 60.0
  stream:
    description:
      - Expect an answer that arrives piece by piece, such as server-sent events.
        The connection is closed as soon as this is proven.
    type: dict
    suboptions:
      min_chunks:
        description:
          - How many pieces must arrive one after another. What arrives within 50 milliseconds
            of the piece before it counts as the same piece.
        type: int
        required: true
      within:
        description:
          - How many seconds after the request they must have arrived.
        type: float
        default: 30.0
attributes:
  check_mode:
    support: full
    description: Sends nothing in check mode. What would be asked has not been rolled out.
  diff_mode:
    support: none
    description: Nothing is changed.
notes:
  - A private certificate authority is named by the environment variable E(SSL_CERT_FILE).
"""

EXAMPLES = r"""
- name: The shop answers through the ingress, DNS or not
  slipway.stack.http_check:
    url: http://shop.example.com/healthz
    address: 127.0.0.1:8080

- name: A request without a token is refused
  slipway.stack.http_check:
    url: https://shop.example.com/orders
    address: 192.0.2.10:443
    status: [401]

- name: Events arrive while they happen
  slipway.stack.http_check:
    url: https://shop.example.com/events
    headers:
      Authorization: "Bearer {{ token }}"
    stream:
      min_chunks: 3
      within: 10
"""

RETURN = r"""
msg:
  description: What was asked, how often, and what came of it, in one line.
  type: str
  returned: always
  sample: "GET http://shop.example.com/healthz (asked 2 times in 1 s): 200, as expected"
status:
  description: Status code of the last answer; 0 if there was none.
  type: int
  returned: not in check mode
  sample: 200
chunks:
  description: Pieces in which the last answer's body arrived one after another.
  type: int
  returned: not in check mode
  sample: 1
attempts:
  description: How often the service was asked.
  type: int
  returned: not in check mode
  sample: 2
elapsed:
  description: Seconds from the first request to the verdict.
  type: float
  returned: not in check mode
  sample: 0.731
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.slipway.stack.plugins.module_utils.arguments import HTTP_CHECK
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.probe import check


def main():
    """Wire AnsibleModule to the core."""
    module = AnsibleModule(**HTTP_CHECK, supports_check_mode=True)
    try:
        result = check.run(module.params, check=module.check_mode, report=module.debug)
    except SlipwayError as error:
        module.fail_json(msg=str(error))
    (module.fail_json if result.get("failed") else module.exit_json)(**result)


if __name__ == "__main__":
    main()
