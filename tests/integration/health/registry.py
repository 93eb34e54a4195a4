# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry of a few lines, in a pod on the node: it refuses images in the ways that matter.

The nodes ask a registry called localhost by plain HTTP, so no certificate is needed.
"""

from __future__ import annotations

from typing import Any

from tests.integration.health.faults import IMAGE, REGISTRY_PORT

# perl is in every Debian image. /v2/private/... → 401, /v2/broken/... → 500, all others → 404.
SERVE = r"""
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 64,
                                   ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
    my $asked = <$client>;
    while (my $header = <$client>) { last if $header =~ /^\r?\n$/ }
    my ($status, $code) = $asked =~ m{/v2/private} ? ('401 Unauthorized', 'UNAUTHORIZED')
                        : $asked =~ m{/v2/broken} ? ('500 Internal Server Error', 'UNKNOWN')
                        : ('404 Not Found', 'MANIFEST_UNKNOWN');
    my $body = qq({"errors":[{"code":"$code","message":"refused by the test"}]});
    print $client "HTTP/1.1 $status\r\nContent-Type: application/json\r\nConnection: close\r\n",
        'Content-Length: ', length $body, "\r\n\r\n", $asked =~ /^HEAD/ ? '' : $body;
    close $client;
}
"""

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "registry"},
    "spec": {
        "hostNetwork": True,
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {
                "name": "registry",
                "image": IMAGE,
                "command": ["perl", "-e", SERVE, str(REGISTRY_PORT)],
                "readinessProbe": {
                    "tcpSocket": {"host": "127.0.0.1", "port": REGISTRY_PORT},
                    "periodSeconds": 1,
                },
            }
        ],
    },
}
