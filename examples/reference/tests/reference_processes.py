# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes for the tests: Redis, an S3 server, and parts started by their command lines."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as Client
from redis import RedisError
from shop_processes import NAMESPACE, Process, free_port, wait_for

ROOT = Path(__file__).parents[1]
CACHE = Path.home() / ".cache" / "slipway" / "bin"


class Redis:
    """One server without files, on a free port of the loopback."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Redis:
        """Start, and wait until it answers."""
        found = shutil.which("redis-server")
        assert found, (
            "redis-server is missing: apt-get install --no-install-recommends redis-server"
        )
        self.process = subprocess.Popen(
            [found, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        wait_for(self.answers, what="Redis starts")
        return self

    def answers(self) -> bool:
        """Whether a client gets in."""
        try:
            with Client.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def stop(self) -> None:
        """Stop at once; what it kept is lost."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def __exit__(self, *_: object) -> None:
        """Leave nothing."""
        self.stop()


class S3:
    """The server that stacks run on kind, with one bucket, if its program was built before."""

    access_key, secret_key, region, bucket = "access", "secret-never-shown", "us-east-1", "apphub"

    def __enter__(self) -> S3:
        """Start, and wait until it answers; skips the tests where it was never built."""
        found = sorted(CACHE.glob("versitygw-*/versitygw"))
        if not found:
            pytest.skip("versitygw is not built: python3 cluster images")
        self.folder = Path(tempfile.mkdtemp(prefix="reference-s3-"))
        for name in ("attributes", f"buckets/{self.bucket}"):
            (self.folder / name).mkdir(parents=True)
        self.port = free_port()
        keys = {"ROOT_ACCESS_KEY": self.access_key, "ROOT_SECRET_KEY": self.secret_key}
        self.process = subprocess.Popen(
            [found[-1], "--health", "/health", "--port", f"127.0.0.1:{self.port}", "posix",
             "--sidecar", self.folder / "attributes", self.folder / "buckets"],
            env=keys | {"VGW_REGION": self.region}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.answers, what="the S3 server starts")
        return self

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Whether it is healthy."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        """Leave nothing."""
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder)


class Part(Process):
    """A part, started by the image's command line with an environment of its own."""

    def __init__(
        self, line: str, as_process_1: bool = False, port: str = "PORT", **environ: str
    ) -> None:
        """Start it; `port` is the variable that names its port."""
        self.service = line
        self.as_process_1 = as_process_1
        self.port = free_port()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115
        prefix = NAMESPACE if as_process_1 else []
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "reference", *line.split()],
            env={"PATH": os.environ["PATH"], "REFERENCE_ENTRYPOINT": "1", port: str(self.port)}
            | environ,
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def send(
        self, path: str, body: object, method: str = "POST", timeout_s: float = 10
    ) -> tuple[int, Any]:
        """Status and decoded answer of a request with a JSON body."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def read(self, path: str) -> Any:
        """The decoded answer of a request that must succeed."""
        status, text = self.get(path)
        assert status == 200, text
        return json.loads(text)

    def listening(self, path: str) -> Part:
        """Wait for 200 from a path."""
        wait_for(
            lambda: self.get(path)[0] == 200 or self.process.poll() is not None, what=self.service
        )
        assert self.process.poll() is None, self.output()
        return self
