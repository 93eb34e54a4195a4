# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry with an image to pull, that answers each name with errors for a while.

The image is made of the pod's own shell, so that nothing must be built or fetched.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.integration.health.registry import POD as REFUSING

PORT = 5079
ERRORS_S = 30

MAKE_IMAGE = r"""
set -eu; mkdir /image; cd /image
libraries=$(ldd /bin/sh /bin/sleep | grep -o '/[^ :]*lib[^ :]*' | sort -u)
tar -C / -chf layer bin/sh bin/sleep $libraries
digest() { echo "sha256:$(sha256sum "$1" | cut -d' ' -f1)"; }
printf '{"architecture":"%s","os":"linux","config":{"Env":["PATH=/bin"]},
"rootfs":{"type":"layers","diff_ids":["%s"]}}' \
    "$(dpkg --print-architecture)" "$(digest layer)" > config
part() { printf '{"mediaType":"application/vnd.oci.image.%s","digest":"%s","size":%s}' \
    "$1" "$(digest "$2")" "$(stat -c %s "$2")"; }
type=application/vnd.oci.image.manifest.v1+json
printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' "$type" \
    "$(part config.v1+json config)" "$(part layer.v1.tar layer)" > manifest
for file in layer config manifest; do ln -s $file "$(digest $file)"; done
exec perl -e "$SERVE" "$@"
"""

SERVE = r"""
use IO::Socket::INET;
my ($port, $errors) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64,
                                   ReuseAddr => 1) or die $!;
my %asked;
while (my $client = $server->accept) {
    my $line = <$client>;
    while (my $header = <$client>) { last if $header =~ /^\r?\n$/ }
    my ($status, $type, $body) = ('200 OK', 'application/json', '{}');
    if (my ($name, $file) = $line =~ m{/v2/([^/]+)/(?:manifests|blobs)/([^ ?]+)}) {
        $file = 'manifest' if $file !~ /^sha256:/;
        if (time - ($asked{$name} //= time) < $errors) { $status = '500 Internal Server Error' }
        else {
            open my $in, '<:raw', $file or die $!;
            $body = do { local $/; <$in> };
            $type = 'application/vnd.oci.image.manifest.v1+json' if $body =~ /^\{"schemaVersion/;
        }
    }
    print $client "HTTP/1.1 $status\r\nContent-Type: $type\r\nConnection: close\r\n",
        'Content-Length: ', length $body, "\r\n\r\n", $line =~ /^HEAD/ ? '' : $body;
    close $client;
}
"""


def image(name: str) -> str:
    """Return an image name that nobody has asked for yet."""
    return f"localhost:{PORT}/{name}:1"


def _pod() -> dict[str, Any]:
    pod = deepcopy(REFUSING)
    (container,) = pod["spec"]["containers"]
    container["command"] = ["sh", "-c", MAKE_IMAGE, "sh", str(PORT), str(ERRORS_S)]
    container["env"] = [{"name": "SERVE", "value": SERVE}]
    container["readinessProbe"]["tcpSocket"]["port"] = PORT
    return pod


POD = _pod()
