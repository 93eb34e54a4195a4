# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own Docker engine where the machine has none: its files under `.cluster`, sockets in /run.

It is started without an init system, found again by its configuration file's path, and ended
together with what it started. The user's own engine is never touched by this file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from cluster import apt, host, traces
from cluster.errors import ClusterError
from cluster.paths import PACKAGE, ROOT, STATE, runtime
from cluster.progress import TAIL_LINES, log_path, run, say, step, succeeds

DATA = STATE / "docker"
RUN = runtime(ROOT)
SOCKET = RUN / "docker.sock"
PID_FILE = STATE / "dockerd.pid"
ITS_PID_FILE = STATE / "docker.pid"  # it refuses to start where this names any living process
CONFIG = STATE / "daemon.json"
WRAPPER = STATE / "bin" / "runc-without-missing-caps"
PACKAGES = {
    "dockerd": "docker.io",
    "containerd": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "ip": "iproute2",
    "jq": "jq",
}
START_S = 60
# Without systemd all containers together weigh as much as one process of this machine; on a busy
# one `kubectl exec` took 11 s, with this weight 0.9 s.
CGROUP = Path("/sys/fs/cgroup/cpu/docker")
CPU_SHARES = "16384"


def ensure() -> bool:
    """Have our engine running; returns whether it had to be started."""
    if running():
        return False
    if pid() is None:
        refuse_another()
        apt.require(PACKAGES)
        write_configuration()
    with step("starting the Docker engine"):
        wait_answers(start() if pid() is None else None)
    give_weight()
    return True


def running() -> bool:
    """Tell whether our engine is alive and answers."""
    return pid() is not None and succeeds(["/usr/bin/docker", "version"], env=environment())


def pid() -> int | None:
    """Return the pid of our dockerd; a stale pid file or another process's pid is None."""
    try:
        recorded = int(PID_FILE.read_text())
    except (OSError, ValueError):
        return None
    return recorded if str(CONFIG) in host.command_line(recorded).split() else None


def environment() -> dict[str, str]:
    """Return the variables with which docker and kind talk to our engine.

    Debian's client comes first on PATH, and without BuildKit: a newer client on the machine may
    lack the buildx plugin that it needs to build.
    """
    ours = {"DOCKER_HOST": f"unix://{SOCKET}", "DOCKER_BUILDKIT": "0", "PATH": apt.SYSTEM_PATH}
    return {**os.environ, **ours}


def refuse_another() -> None:
    """Raise where another checkout's engine runs: both would use the same bridge and ports."""
    for line in host.processes().values():
        words = line.split()
        theirs = words[words.index("--config-file") + 1] if "--config-file" in words else ""
        if theirs.endswith("/.cluster/daemon.json") and theirs != str(CONFIG):
            checkout = Path(theirs).parent.parent
            raise ClusterError(
                f"The cluster of another checkout runs on this machine: {checkout}. "
                f"Stop it first: make -C {checkout} cluster-down"
            )


def start() -> subprocess.Popen[bytes]:
    """Start dockerd, apart from this program's session."""
    ITS_PID_FILE.unlink(missing_ok=True)
    with log_path("dockerd").open("ab") as out:
        daemon = subprocess.Popen(
            ["/usr/sbin/dockerd", "--config-file", str(CONFIG)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
            env=environment(),
        )
    PID_FILE.write_text(str(daemon.pid))
    return daemon


def wait_answers(daemon: subprocess.Popen[bytes] | None) -> None:
    """Wait until our dockerd answers; `daemon` is the one just started.

    Raises ClusterError with its log's tail if it ends or stays silent.
    """
    deadline = time.monotonic() + START_S
    while not running():
        ended = daemon is not None and daemon.poll() is not None
        if ended or time.monotonic() > deadline:
            log = log_path("dockerd")
            tail = "\n    ".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
            raise ClusterError(f"The Docker engine does not start; the end of {log}:\n    {tail}")
        time.sleep(0.2)


def give_weight() -> None:
    """Give our containers a fair part of the processors, where cgroups are of version 1."""
    if CGROUP.parent.exists():
        CGROUP.mkdir(exist_ok=True)
        (CGROUP / "cpu.shares").write_text(CPU_SHARES)


def write_configuration() -> None:
    """Write dockerd's configuration; live-restore keeps the node running while dockerd is dead."""
    settings: dict[str, object] = {
        "data-root": str(DATA),
        "exec-root": str(RUN),
        "hosts": [f"unix://{SOCKET}"],
        "pidfile": str(ITS_PID_FILE),
        "deprecated-key-path": str(STATE / "key.json"),
        "live-restore": True,
        "log-driver": "local",
    }
    if host.lacks_sys_resource():
        WRAPPER.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / "images" / "node" / WRAPPER.name, WRAPPER)
        settings |= {
            "runtimes": {"lesscaps": {"path": str(WRAPPER)}},
            "default-runtime": "lesscaps",
        }
    STATE.mkdir(exist_ok=True)
    CONFIG.write_text(json.dumps(settings, indent=2) + "\n")


def end() -> None:
    """End our engine; nothing of it stays on the machine but what network.py takes back."""
    with step("ending the Docker engine"):
        run(["docker", "network", "prune", "--force"], log="engine", env=environment())
        stop()
        traces.remove(RUN)


def stop() -> None:
    """End our dockerd and every process that it left behind."""
    if leader := pid():
        os.kill(leader, signal.SIGTERM)
        wait_gone([leader], 30)
    for attempt in (signal.SIGTERM, signal.SIGKILL):
        if left := remains():
            say(f"  ending {len(left)} processes that the engine left behind")
            for one in left:
                kill(one, attempt)
            wait_gone(left, 10)


def remains() -> list[int]:
    """Return our engine's processes: they name our folder, or descend from a shim that does."""
    table = host.processes()
    ours = {pid for pid, line in table.items() if is_ours(line)}
    shims = {pid for pid in ours if "containerd-shim" in table[pid]}
    return sorted(ours | host.descendants(shims))


def is_ours(line: str) -> bool:
    """Tell by its command line whether a process was started by our engine."""
    program = Path(line.split()[0]).name
    engine_programs = ("dockerd", "containerd", "containerd-shim-runc-v2")
    return program in engine_programs and (f"{RUN}/" in line or str(CONFIG) in line)


def kill(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_gone(pids: list[int], seconds: float) -> None:
    """Wait until none of the processes is there any more."""
    deadline = time.monotonic() + seconds
    while any(host.command_line(one) for one in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
