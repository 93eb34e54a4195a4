# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cache addressed by content: an artifact's name carries the hash of all its inputs.

So a fresh clone finds what another one built, and a changed input never meets an old artifact.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from cluster import dockerignore
from cluster.paths import cache
from cluster.progress import step

KEPT = 3  # of one name: this checkout's, another one's, and the one before
# Traces of running and checking the code are no part of it.
IGNORED = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def digest(*parts: str | bytes) -> str:
    """Return the first 12 hex digits of a hash over `parts`, their order and their bounds."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(f"{len(data)}:".encode() + data)
    return total.hexdigest()[:12]


def files_of(folder: Path) -> Iterator[Path]:
    """Yield what a build of `folder` sees, in a stable order: its Dockerfile and its context."""
    ignore = folder / ".dockerignore"
    patterns = dockerignore.parse(ignore.read_text()) if ignore.exists() else []
    for path in sorted(folder.rglob("*")):
        inside = PurePosixPath(path.relative_to(folder))
        kept = dockerignore.keeps(inside, patterns) and not IGNORED.intersection(inside.parts)
        if path.is_file() and (kept or str(inside) == "Dockerfile"):
            yield path


def digest_tree(folder: Path) -> str:
    """Return a hash over names, executable bits and contents of what a build of `folder` sees."""
    parts: list[str | bytes] = []
    for path in files_of(folder):
        executable = str(bool(path.stat().st_mode & 0o111))
        parts += [str(path.relative_to(folder)), executable, path.read_bytes()]
    return digest(*parts)


def artifact(kind: str, name: str, key: str, make: Callable[[Path], None]) -> Path:
    """Return the cached `kind`/`name`-`key`, made by `make(path)` if it is not there.

    It appears under its name only when it is complete: a killed build leaves no half artifact.
    """
    path = cache() / kind / f"{name}-{key}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path.parent / f".{name}.lock", name):
            if not path.exists():
                build(path, make)
                prune(path.parent, name)
    return path


def build(path: Path, make: Callable[[Path], None]) -> None:
    """Make an artifact beside its place, then move it there; `make` may use the folder it is in."""
    for left in path.parent.glob(f".{path.name}-*"):  # by a run that was killed
        shutil.rmtree(left)
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        make(work / "made")
        (work / "made").rename(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def prune(folder: Path, name: str) -> None:
    """Delete all but the newest artifacts of a name."""
    same = [path for path in folder.glob(f"{name}-*") if path.name.rpartition("-")[0] == name]
    for old in sorted(same, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()


@contextmanager
def alone(lock: Path, what: str) -> Iterator[None]:
    """Hold a lock on `what` that other runs, also of other checkouts, wait for."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step(f"waiting for another run that works on {what}"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
