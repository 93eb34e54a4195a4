# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `up` and `down` do, in order; each step is another file's."""

from __future__ import annotations

import os
import time

from cluster import addons, apt, decide, docker, engine, gateway, host, kube, network, node, state
from cluster.decide import Engine, Plan, Refusal
from cluster.errors import ClusterError
from cluster.paths import KUBECONFIG
from cluster.progress import say
from cluster.state import State
from cluster.versions import CONTEXT

DEFAULT_HTTP_PORT = 8080


def up() -> None:
    """Make the cluster, repair it, or do nothing where all is well."""
    start = time.monotonic()
    current = state.load() or begin()
    refuse_another_port(current)
    worked = [ensure_engine(current), node.ensure(current), gateway.ensure(current)]
    took = f"{time.monotonic() - start:.1f} s"
    say(f"up ({took})" if any(worked) else f"already up, nothing to do ({took})")
    say(f"  export KUBECONFIG={KUBECONFIG}    # context {CONTEXT}")
    say(f"  gateway: http://<host>.localhost:{current.http_port}/")


def begin() -> State:
    """Decide how to make the cluster here, and remember what must be restored later."""
    plan = decide.decide(host.gather())
    if isinstance(plan, Refusal):
        raise ClusterError(plan.message)
    say(plan.why)
    before = claim(plan)
    chosen = State(
        plan.engine, plan.node_image, http_port(), before.ip_forward, before.forward_policy
    )
    node.refuse_taken_port(chosen.http_port)
    state.save(chosen)
    return chosen


def claim(plan: Plan) -> network.Before:
    """Raise where another checkout has the place; returns what our engine is going to change."""
    if plan.engine is Engine.USER:
        env = docker.environment(plan)
        node.refuse_foreign(node.containers(env), env)
        return network.Before("", "")
    engine.refuse_another()
    apt.require(engine.PACKAGES)
    return network.before()


def http_port() -> int:
    """Return the Gateway's port on this machine. Raises ClusterError if it is no port."""
    given = os.environ.get("SLIPWAY_HTTP_PORT", str(DEFAULT_HTTP_PORT))
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise ClusterError(f"SLIPWAY_HTTP_PORT is {given!r}; it must be a port, such as 8081")
    return int(given)


def refuse_another_port(current: State) -> None:
    """Raise where another port is asked for than the cluster has; it cannot be changed later."""
    if os.environ.get("SLIPWAY_HTTP_PORT", str(current.http_port)) != str(current.http_port):
        raise ClusterError(
            f"The cluster's Gateway has port {current.http_port}; SLIPWAY_HTTP_PORT counts when "
            "the cluster is created. To change it: python3 cluster down, then up again"
        )


def ensure_engine(current: State) -> bool:
    """Have the engine of `current` running; returns whether it had to be started."""
    return engine.ensure() if current.engine is Engine.OWN else False


def down() -> None:
    """Remove the cluster and, where the engine is ours, everything that it left on the machine."""
    current = state.load()
    if current is None:
        say("no cluster of this checkout; nothing to do")
        return
    if current.engine is Engine.USER:
        node.delete(docker.environment(current.plan))
    else:
        engine.ensure()
        node.delete(docker.environment(current.plan))
        engine.end()
        network.restore(network.Before(current.ip_forward, current.forward_policy))
    state.forget()
    say("down; image and build caches stay")


def status() -> None:
    """Say what runs, from the engine to the add-ons. Raises ClusterError if something fails."""
    current = state.load()
    if current is None:
        raise ClusterError("no cluster of this checkout; make it: python3 cluster up")
    env = docker.environment(current.plan)
    engine_runs = current.engine is Engine.USER or engine.running()
    nodes = node.containers(env) if engine_runs else {}
    api_answers = kube.api_answers()
    checks = {
        f"Docker engine ({current.engine})": engine_runs,
        f"nodes ({', '.join(nodes) or 'none'})": bool(nodes) and all(nodes.values()),
        "API server": api_answers,
        f"Gateway (http://127.0.0.1:{current.http_port}/)": gateway.answers(current.http_port),
    }
    if api_answers:
        checks |= {f"add-on {name}": well for name, (_, well) in addons.installed().items()}
    for what, well in checks.items():
        say(f"{what}: {'ok' if well else 'DOWN'}")
    if not all(checks.values()):
        raise ClusterError(
            "not all of it runs; repair it: python3 cluster up (an add-on: python3 cluster addons)"
        )
