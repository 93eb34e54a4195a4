# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop on the cluster: its health, its data, its logs, and a customer from outside."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.acceptance.live.deployed import Deployed, eventually
from tests.e2e.seeing import restarts, secret
from tests.e2e.shop_client import ShopClient, Walk, WrongAnswerError, wait_until_open

URL = "http://shop.localhost:8080"
SERVICES = ("users", "products", "orders", "gateway")
# Asks every service by the name that the stack gives it, from inside a pod.
ASK = """
import json, socket, sys, urllib.request
for name, port in json.loads(sys.argv[1]).items():
    socket.getaddrinfo(name, port)
    with urllib.request.urlopen(f"http://{name}:{port}/healthz", timeout=10) as answer:
        print(name, answer.status)
"""


@pytest.fixture
def customer(shop: Deployed) -> ShopClient:
    """Somebody outside of the cluster."""
    visitor = ShopClient(URL)
    wait_until_open(visitor, 60)
    return visitor


def test_ms_3_data_survive_the_deletion_of_a_pod(shop: Deployed, customer: ShopClient) -> None:
    """The feature: a StatefulSet with a claim; on an emptyDir the name could be taken again."""
    name = f"survivor-{uuid.uuid4().hex[:8]}"
    customer.register(name, "correct horse battery")
    shop.kubectl("delete", "pod", "users-db-0", "--wait=true")
    eventually(lambda: _all_ready(shop, "users-db"), "users-db-0 is ready again")
    wait_until_open(customer, 60)
    eventually(lambda: _all_ready(shop, "users"), "users finds its database again")
    # It is called ready for ten seconds after its database went: it may still be on its way back.
    eventually(lambda: _logs_in(customer, name, "correct horse battery"), f"{name} can log in")


def _logs_in(customer: ShopClient, name: str, password: str) -> bool:
    try:
        return bool(customer.login(name, password))
    except WrongAnswerError:
        return False


def test_ms_6_names_resolve_and_answer_from_a_pod(shop: Deployed) -> None:
    """The feature: a Service for each workload, with the port that the references name."""
    ports = {name: shop.get("Service", name)["spec"]["ports"][0]["port"] for name in SERVICES}
    pod = shop.pods("gateway")[0]["metadata"]["name"]
    told = shop.kubectl("exec", pod, "--", "python3", "-c", ASK, json.dumps(ports))
    assert told.splitlines() == [f"{name} 200" for name in SERVICES]


def test_ms_8_pods_are_ready_after_their_migration_only(shop: Deployed) -> None:
    """The feature: a container needs the marker that the gate writes once a migration passed."""
    for service in ("users", "products", "orders"):
        (pod, *_) = shop.pods(service)
        environment = pod["spec"]["containers"][0]["env"]
        (marker,) = [
            one["valueFrom"]["configMapKeyRef"]["name"]
            for one in environment
            if "configMapKeyRef" in one.get("valueFrom", {})
        ]
        passed = shop.get("ConfigMap", marker)["metadata"]["creationTimestamp"]
        ready = {one["type"]: one for one in pod["status"]["conditions"]}["Ready"]
        assert ready["status"] == "True"
        assert passed <= pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]


def test_ms_9_who_is_not_ready_gets_no_request_and_is_not_restarted(shop: Deployed) -> None:
    """The feature: readiness asks the database and liveness does not."""
    before = {pod["metadata"]["uid"]: restarts(pod) for pod in shop.pods("orders")}
    with shop.outage("orders-db"):
        eventually(lambda: not _addresses(shop, "orders"), "no address behind orders")
    eventually(lambda: _addresses(shop, "orders"), "orders is back", timeout_s=120)
    assert {pod["metadata"]["uid"]: restarts(pod) for pod in shop.pods("orders")} == before


def test_ms_11_the_gateway_is_reachable_from_outside(customer: ShopClient) -> None:
    """The feature: the route."""
    assert customer.request("GET", "/healthz").expect(200) == {"status": "ok"}
    assert ShopClient("http://nobody.localhost:8080").request("GET", "/healthz").status == 404


def test_ms_12_tokens_are_asked_for(shop: Deployed, customer: ShopClient) -> None:
    """The feature: one secret of four services, so that each knows the others' tokens."""
    name = f"customer-{uuid.uuid4().hex[:8]}"
    customer.register(name, "correct horse battery")
    token = customer.login(name, "correct horse battery")
    product = {"name": "Contraband", "price_cents": 1}
    for wrong in (None, "wrong"):
        assert customer.request("GET", "/orders", token=wrong).status == 401
    for wrong in (None, "wrong", token):
        assert customer.request("POST", "/products", product, wrong).status == 401
    assert customer.orders(token) == []
    admin = customer.login("admin", secret(shop.client, "shop", "admin", "password"))
    assert customer.create_product(admin, f"Kettle of {name}", 4900)["name"]


def test_ms_14_the_logs_of_every_service_name_the_request(
    shop: Deployed, customer: ShopClient
) -> None:
    """The feature: programs log to stdout, and the route hands the request's id on."""
    sent = f"acceptance-{uuid.uuid4().hex[:12]}"
    for path in ("/users/me", "/products", "/orders"):
        customer.request("GET", path, request_id=sent)
    for service in SERVICES:
        lines = shop.kubectl("logs", f"deployment/{service}", "--since=2m").splitlines()
        mine = [json.loads(line) for line in lines if sent in line]
        assert mine, service
        assert {line["service"] for line in mine} == {service}
        assert all(line["request_id"] == sent for line in mine)


def test_ms_17_a_customer_can_order(shop: Deployed, customer: ShopClient) -> None:
    """The feature: all of it together; see shop_client.Walk for the steps."""
    admin = ("admin", secret(shop.client, "shop", "admin", "password"))
    Walk(customer, timeout_s=30, admin=admin).run()


def _all_ready(shop: Deployed, workload: str) -> bool:
    pods = shop.pods(workload)
    conditions = [
        {one["type"]: one["status"] for one in pod["status"].get("conditions", [])} for pod in pods
    ]
    return bool(pods) and all(one.get("Ready") == "True" for one in conditions)


def _addresses(shop: Deployed, service: str) -> list[str]:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{shop.namespace}/endpointslices"
    slices = shop.client.request("GET", path)["items"]
    return [
        address
        for one in slices
        if one["metadata"]["labels"]["kubernetes.io/service-name"] == service
        for endpoint in one["endpoints"] or []
        if endpoint["conditions"].get("ready")
        for address in endpoint["addresses"]
    ]
