# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An S3 bucket: put, get and list, each request signed by hand, since botocore is 70 MB.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx

TIMEOUT_S = 10


def sign(
    method: str, url: str, headers: dict[str, str], *, region: str, access_key: str, secret_key: str
) -> str:
    """The Authorization header of a request whose headers include x-amz-date and content hash."""
    names = ";".join(sorted(headers))
    listed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    parts = urlsplit(url)
    canonical = "\n".join(
        [method, parts.path, parts.query, listed, names, headers["x-amz-content-sha256"]]
    )
    moment = headers["x-amz-date"]
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret_key}".encode()
    for word in [moment[:8], region, "s3", "aws4_request"]:
        key = hmac.digest(key, word.encode(), "sha256")
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"Credential={access_key}/{scope}"
    return f"AWS4-HMAC-SHA256 {credential},SignedHeaders={names},Signature={signature}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, addressed by path. Methods raise httpx.HTTPError."""

    endpoint: str
    name: str
    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    def put(self, key: str, data: bytes) -> None:
        """Upload an object."""
        self._request("PUT", key, data)

    def get(self, key: str) -> bytes:
        """Download an object."""
        return self._request("GET", key).content

    def keys(self) -> list[str]:
        """The names of the first thousand objects."""
        return re.findall(r"<Key>([^<]*)</Key>", self._request("GET", "", query="list-type=2").text)

    def _request(self, method: str, key: str, data: bytes = b"", query: str = "") -> httpx.Response:
        url = f"{self.endpoint.rstrip('/')}/{self.name}/{quote(key)}".rstrip("/")
        url += f"?{query}" if query else ""
        headers = {
            "host": urlsplit(url).netloc,
            "x-amz-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "x-amz-content-sha256": hashlib.sha256(data).hexdigest(),
        }
        keys = {"access_key": self.access_key, "secret_key": self.secret_key}
        headers["authorization"] = sign(method, url, headers, region=self.region, **keys)
        answer = httpx.request(method, url, headers=headers, content=data, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer
