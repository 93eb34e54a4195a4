# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as a user has it: installed from its tarball, in a folder of their own.

Nothing of the checkout is on any path here, except the virtual environment and, for the images
that are in the cluster, the release file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = Path(sys.executable).parent
INVENTORY = """
all:
  hosts:
    {host}:
      ansible_connection: local
      ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
      stack_file: {stack_file}
      stack_release_file: {release_file}
      stack_env:
        preset: local
        namespace: {namespace}
        sites: {{{site}: {{host: {namespace}.localhost}}}}
        ingress:
          driver: gateway
          class: contour
          gateway: {{namespace: gateway-system, name: shared}}
          scheme: http
          address: 127.0.0.1
          port: 8080
"""
ONLY_THE_ROLE = """
- name: Migrate the databases of my stack
  hosts: mine
  gather_facts: false
  roles:
    - role: slipway.stack.migrations
"""
ONLY_THE_MODULE = """
- name: Wait for my database
  hosts: mine
  gather_facts: false
  tasks:
    - name: Wait
      slipway.stack.health_wait:
        namespace: {namespace}
        resources: [{{api_version: apps/v1, kind: StatefulSet, name: users-db}}]
        timeout: {timeout}
"""


@dataclass(frozen=True)
class Home:
    """A user's folder with the collection in `collections/`."""

    folder: Path
    kubeconfig: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the virtual environment in the folder."""
        program, *arguments = command
        ours = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")}
        return subprocess.run(
            [PROGRAMS / program, *arguments],
            cwd=self.folder,
            env={
                **ours,
                "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
                "ANSIBLE_HOME": str(self.folder / "ansible"),
                "KUBECONFIG": str(self.kubeconfig),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=400,
            check=False,
        )

    def play(self, name: str, *options: str) -> str:
        """Run a playbook, by FQCN or file; it must succeed. Returns what was seen."""
        run = self.run("ansible-playbook", name, "-i", "hosts.yml", *options)
        assert run.returncode == 0, run.stdout
        return run.stdout

    def write(self, name: str, text: str) -> str:
        """Write a file into the folder; returns its name."""
        (self.folder / name).write_text(text)
        return name


@pytest.fixture(scope="module")
def tarball(checkout, tmp_path_factory) -> Path:
    """What `make build` makes."""
    folder = tmp_path_factory.mktemp("tarball")
    command = [PROGRAMS / "ansible-galaxy", "collection", "build", "--output-path", folder]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    return next(folder.glob("slipway-stack-*.tar.gz"))


@pytest.fixture
def home(tarball, kubeconfig, tmp_path) -> Home:
    """An empty folder into which the tarball was installed."""
    mine = Home(tmp_path, kubeconfig)
    run = mine.run(
        "ansible-galaxy", "collection", "install", str(tarball), "-p", "collections", "--offline"
    )
    assert run.returncode == 0, run.stdout
    return mine


def test_the_shop_is_deployed_and_taken_down(home, checkout, client, absent_namespace):
    installed = "collections/ansible_collections/slipway/stack"
    home.write(
        "hosts.yml",
        INVENTORY.format(
            host="shop",
            site="shop",
            namespace=absent_namespace,
            stack_file=f"{installed}/stacks/shop.yml",
            release_file=checkout / "build" / "release" / "shop.yml",
        ),
    )
    home.play("slipway.stack.site")
    deployments = client.request("GET", f"/apis/apps/v1/namespaces/{absent_namespace}/deployments")
    ready = {
        each["metadata"]["name"]: each["status"]["readyReplicas"] for each in deployments["items"]
    }
    assert ready == {"gateway": 1, "orders": 1, "products": 1, "users": 1}
    home.play("slipway.stack.teardown", "-e", "teardown_data=shop")
    gone = client.request("GET", f"/apis/apps/v1/namespaces/{absent_namespace}/deployments")
    assert gone["items"] == []


@pytest.fixture
def small_home(home, checkout, absent_namespace) -> Home:
    """A folder with an inventory and a stack of one service and one database, not deployed."""
    stack = (checkout / "tests" / "e2e" / "stacks" / "users.yml").read_text()
    home.write(
        "hosts.yml",
        INVENTORY.format(
            host="mine",
            site="users",
            namespace=absent_namespace,
            stack_file=home.write("users.yml", stack),
            release_file=checkout / "build" / "release" / "shop.yml",
        ),
    )
    return home


def test_a_part_can_be_used_alone(small_home, client, absent_namespace):
    assert len(ONLY_THE_ROLE.strip().splitlines()) <= 10
    small_home.play("slipway.stack.site", "--tags", "infra")
    small_home.write("migrate.yml", ONLY_THE_ROLE)
    assert "changed=1" in small_home.play("migrate.yml")
    assert "changed=0" in small_home.play("migrate.yml"), "a migration runs once"
    jobs = client.request(
        "GET",
        f"/apis/batch/v1/namespaces/{absent_namespace}/jobs",
        query={"labelSelector": "app.kubernetes.io/component=migration"},
    )
    assert [job["status"].get("succeeded") for job in jobs["items"]] == [1]

    wait = ONLY_THE_MODULE.format(namespace=absent_namespace, timeout=60)
    small_home.play(small_home.write("wait.yml", wait))


def test_the_module_alone_fails_when_there_is_nothing_to_wait_for(small_home, absent_namespace):
    wait = ONLY_THE_MODULE.format(namespace=absent_namespace, timeout=1)
    small_home.write("wait.yml", wait)
    run = small_home.run("ansible-playbook", "wait.yml", "-i", "hosts.yml")
    assert run.returncode == 2, run.stdout
    assert "users-db" in run.stdout
