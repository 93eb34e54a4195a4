# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request against a server of our own on loopback, plain and TLS."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.probe.errors import ProbeError
from ansible_collections.slipway.stack.plugins.module_utils.probe.transport import (
    NoAnswer,
    Request,
    address_of,
    ask,
)
from ansible_collections.slipway.stack.plugins.module_utils.probe.verdict import separate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOOPBACK = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path == "/events":
            return self.stream(gap=0.06)
        if self.path == "/hang":
            return self.server.hang.wait(5)
        if self.path == "/drop":
            self.close_connection = True
            return None
        return self.reply(f"{self.headers['Host']} {self.path} {self.headers['X-Token']}")

    def do_POST(self):
        self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def reply(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, gap):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.server.hang.wait(gap):
            try:
                self.wfile.write(b"8\r\ndata: x\n\r\n")
            except OSError:
                return


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[tuple[str, int]]:
    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.hang = threading.Event()
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield LOOPBACK, server.server_port
    finally:
        server.hang.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server():
    with serving() as address:
        yield address


def fetch(url, address, *, seconds=5.0, enough=lambda _: False, **fields):
    return ask(Request(url, address, **fields), seconds=seconds, enough=enough)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://shop.test/a?b=c", "shop.test /a?b=c None"),
        ("http://shop.test", "shop.test / None"),
        ("http://shop.test:80/", "shop.test / None"),
        ("http://shop.test:8080/", "shop.test:8080 / None"),
    ],
)
def test_host_header_is_the_urls_whatever_the_address(server, url, host):
    got = fetch(url, server)
    assert (got.status, got.body, got.complete) == (200, host, True)


def test_headers_and_body_are_sent(server):
    assert fetch("http://a.test/", server, headers={"X-Token": "t"}).body == "a.test / t"
    assert fetch("http://a.test/", server, method="POST", body="größe").body == "größe"


def test_a_stream_is_left_as_soon_as_it_is_proven(server):
    got = fetch("http://a.test/events", server, enough=lambda a: separate(a.arrivals) >= 2)
    assert separate(got.arrivals) == 2
    assert not got.complete


def test_a_stream_is_left_when_the_time_is_over(server):
    got = fetch("http://a.test/events", server, seconds=0.2)
    assert (got.status, got.complete) == (200, False)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/hang", "no answer from 127.0.0.1:{port} within 0.2 s"),
        ("/drop", "127.0.0.1:{port} closed the connection before the answer was complete"),
    ],
)
def test_no_answer(server, path, said):
    with pytest.raises(NoAnswer, match=said.format(port=server[1])):
        fetch(f"http://a.test{path}", server, seconds=0.2)


def test_nothing_listens():
    with socket.socket() as closed:
        closed.bind((LOOPBACK, 0))
        port = closed.getsockname()[1]
        with pytest.raises(NoAnswer, match=f"nothing listens at 127.0.0.1:{port}"):
            fetch("http://a.test/", (LOOPBACK, port))


def test_a_token_in_a_refused_header_is_not_quoted(server):
    with pytest.raises(ProbeError) as caught:
        fetch("http://a.test/", server, headers={"X-Token": "s3cret\r\nX: y"})
    assert "s3cret" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for shop.test, as a PEM file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.test")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.test")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "shop.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def tls_server(certificate):
    """A TLS server that remembers the names it was asked for."""
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with serving(context) as address:
        yield address, names


def test_sni_and_the_checked_name_are_the_urls(tls_server, certificate, monkeypatch):
    address, names = tls_server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch("https://shop.test/", address).body == "shop.test / None"
    assert names == ["shop.test"]
    with pytest.raises(NoAnswer, match="not trusted: Hostname mismatch"):
        fetch("https://other.test/", address)


def test_an_unknown_certificate_is_not_trusted(tls_server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(NoAnswer, match="not trusted: self-signed certificate"):
        fetch("https://shop.test/", tls_server[0])


@pytest.mark.parametrize(
    ("url", "address", "where"),
    [
        ("http://a.test/", None, ("a.test", 80)),
        ("https://a.test/", None, ("a.test", 443)),
        ("http://a.test:81/", "", ("a.test", 81)),
        ("http://a.test/", "127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("http://a.test/", "[::1]:8080", ("::1", 8080)),
    ],
)
def test_where_to_connect(url, address, where):
    assert address_of(url, address) == where


@pytest.mark.parametrize(
    ("url", "address", "said"),
    [
        ("shop.test/x", None, 'url: "shop.test/x" is no http'),
        ("ftp://shop.test/", None, "is no http"),
        ("http:///x", None, "is no http"),
        ("http://a.test:99999/", None, "is no URL"),
        ("http://a.test/", "127.0.0.1", "is not host:port"),
        ("http://a.test/", "http://127.0.0.1:80", "is not host:port"),
        ("http://a.test/", "127.0.0.1:port", "is not host:port"),
    ],
)
def test_what_is_no_place_to_ask(url, address, said):
    with pytest.raises(ProbeError, match=said):
        address_of(url, address)
