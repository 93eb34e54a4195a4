# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SaaS starter: what shows without a cluster."""

from __future__ import annotations

from tests.acceptance.systems import System, system

COMPONENTS = ("api", "worker", "web")
WORKER = "workloads: {worker: {enabled: true}}"
RETRY, REPLAY = "ENABLE_BILLING_RETRY_WORKER", "ENABLE_BILLING_STREAM_REPLAY"


def test_st_1_the_api(starter_dev: System) -> None:
    _serves(starter_dev, "api", 8000)
    container = starter_dev.container("api")
    assert container["command"] == ["uvicorn"]
    headers = container["readinessProbe"]["httpGet"]["httpHeaders"]
    hosts = starter_dev.plain("api")["ALLOWED_HOSTS"].split(",")
    assert headers == [{"name": "Host", "value": "api"}]
    assert "api" in hosts


def test_st_2_the_web_application(starter_dev: System) -> None:
    _serves(starter_dev, "web", 3000)
    assert starter_dev.container("web")["args"] == ["apps/web-app/server.js"]


def test_st_3_the_worker_is_optional(starter_dev: System) -> None:
    assert "worker" not in starter_dev.of("Deployment")
    worker = system("starter", "dev", WORKER)
    assert worker.container("worker")["image"] == worker.container("api")["image"]


def test_st_4_ingress_with_tls(starter_prod: System) -> None:
    ingress = starter_prod.object("Ingress", "web")["spec"]
    (tls,) = ingress["tls"]
    assert tls["hosts"] == ["app.example.com"] == [ingress["rules"][0]["host"]]
    assert tls["secretName"]
    own = starter_prod.object("Ingress", "api-host")["spec"]
    assert own["tls"] == [{"hosts": ["api.example.com"], "secretName": "api-tls"}]


def test_st_6_external_secrets(starter_prod: System) -> None:
    found = starter_prod.of("ExternalSecret")
    for one in found.values():
        assert one["spec"]["secretStoreRef"] == {
            "kind": "ClusterSecretStore",
            "name": "platform-secrets",
        }
    remote = {
        f"{one['spec']['target']['name']}/{entry['secretKey']}": entry["remoteRef"]["key"]
        for one in found.values()
        for entry in one["spec"]["data"]
    }
    expected = {
        "DATABASE_URL": "prod/database_url",
        "REDIS_URL": "prod/redis_url",
        "SECRET_KEY": "prod/secret_key",
        "OPENAI_API_KEY": "prod/openai_api_key",
        "STRIPE_SECRET_KEY": "prod/stripe_secret_key",
    }
    for component in ("api", "worker"):
        secret = starter_prod.secret(component)
        assert {name: remote[secret[name]] for name in expected} == expected


def test_st_8_either_a_secret_or_an_external_one(starter_dev: System, starter_prod: System) -> None:
    assert {"app", "openai", "stripe"} <= set(starter_dev.of("Secret"))
    assert not starter_dev.of("ExternalSecret")
    external = {one["spec"]["target"]["name"] for one in starter_prod.of("ExternalSecret").values()}
    assert {"app", "openai", "stripe"} <= external
    assert not external & set(starter_prod.of("Secret"))


def test_st_9_names_of_secrets_can_be_chosen() -> None:
    change = "secrets: {app: {secret: chosen-name}}"
    for tier, kind in (("dev", "Secret"), ("prod", "ExternalSecret")):
        whole = system("starter", tier, change)
        produced = {
            one["metadata"]["name"] if kind == "Secret" else one["spec"]["target"]["name"]
            for one in whole.of(kind).values()
        }
        assert "chosen-name" in produced
        assert "app" not in produced
        assert whole.secret("api")["SECRET_KEY"] == "chosen-name/secret_key"


def test_st_10_secrets_as_files_by_csi() -> None:
    change = (
        "profiles: {api: {volumes: {vault: {path: /mnt/secrets,"
        " csi: {driver: secrets-store.csi.k8s.io, class: starter}}}}}"
    )
    whole = system("starter", "prod", change)
    (volume,) = [one for one in whole.pods()["api"]["volumes"] if "csi" in one]
    assert volume["csi"]["driver"] == "secrets-store.csi.k8s.io"
    assert volume["csi"]["volumeAttributes"]["secretProviderClass"] == "starter"
    mounts = {one["name"]: one for one in whole.container("api")["volumeMounts"]}
    assert mounts[volume["name"]]["mountPath"] == "/mnt/secrets"
    assert mounts[volume["name"]]["readOnly"] is True


def test_st_11_minimal_environment(starter_prod: System) -> None:
    env = starter_prod.plain("api")
    assert env["ENVIRONMENT"] == "production"
    assert env["APP_PUBLIC_URL"] == "https://app.example.com"
    assert env["AUTH_KEY_STORAGE_BACKEND"] == "secret-manager"
    for name in ("SECRETS_PROVIDER", "AUTH_KEY_STORAGE_PROVIDER", "AUTH_KEY_SECRET_NAME"):
        assert env[name]
    assert env["STORAGE_PROVIDER"] == "s3"
    assert env["S3_BUCKET"]
    assert env["AUTO_RUN_MIGRATIONS"] == "false"


def test_st_12_web_calls_the_api(starter_dev: System, starter_prod: System) -> None:
    for whole in (starter_dev, starter_prod):
        (port,) = whole.object("Service", "api")["spec"]["ports"]
        assert whole.plain("web")["API_BASE_URL"] == f"http://api:{port['port']}"


def test_st_13_resources_of_each_component(starter_prod: System) -> None:
    for component in COMPONENTS:
        resources = starter_prod.container(component)["resources"]
        assert {"cpu", "memory"} <= set(resources["requests"])
        assert "memory" in resources["limits"]
    change = "workloads: {web: {resources: {requests: {cpu: 300m}}}}"
    whole = system("starter", "prod", change)
    assert whole.container("web")["resources"]["requests"]["cpu"] == "300m"
    assert whole.container("api") == starter_prod.container("api")


def test_st_16_ingress_settings_are_passed_through(starter_prod: System) -> None:
    web = starter_prod.object("Ingress", "web")
    assert web["spec"]["ingressClassName"] == "nginx"
    certificate = starter_prod.object("Certificate", "app")["spec"]
    assert certificate["issuerRef"]["name"] == "letsencrypt"
    assert certificate["secretName"] == web["spec"]["tls"][0]["secretName"]
    change = "ingress: {annotations: {example.com/rate-limit: '100'}}"
    annotated = system("starter", "prod", change)
    assert annotated.document, annotated.findings
    found = annotated.object("Ingress", "web")["metadata"]["annotations"]
    assert found["example.com/rate-limit"] == "100"


def test_st_17_the_worker_takes_billing_off_the_api(starter_dev: System) -> None:
    assert not {RETRY, REPLAY} & set(starter_dev.plain("api"))
    api = system("starter", "dev", WORKER).plain("api")
    assert (api[RETRY], api[REPLAY]) == ("false", "false")
    said = f"workloads: {{worker: {{enabled: true}}, api: {{env: {{{RETRY}: 'true'}}}}}}"
    explicit = system("starter", "dev", said).plain("api")
    assert (explicit[RETRY], explicit[REPLAY]) == ("true", "false")


def test_st_18_the_worker_does_the_billing() -> None:
    worker = system("starter", "dev", WORKER).plain("worker")
    assert (worker[RETRY], worker[REPLAY]) == ("true", "true")
    assert worker["BILLING_RETRY_DEPLOYMENT_MODE"] == "dedicated"
    assert worker["ENABLE_BILLING_STREAM"] == "true"  # a replay without it crashes


def test_st_19_inline_retries_of_several_replicas_are_told() -> None:
    billing = "config: {api: {ENABLE_BILLING: 'true'}}\n"
    several = system("starter", "dev", f"{billing}workloads: {{api: {{scale: {{replicas: 3}}}}}}")
    assert several.told("retries")
    assert not system("starter", "dev", billing).told("retries")
    assert not system("starter", "prod").told("retries")  # there is a worker


def test_st_25_images_are_mandatory() -> None:
    for image in ("api", "web"):
        for key in ("repo", "tag"):
            whole = system("starter", "staging", f"images: {{{image}: {{{key}: null}}}}")
            assert not whole.document
            assert whole.told(f"images.{image}")


def _serves(whole: System, name: str, port: int) -> None:
    deployment = whole.object("Deployment", name)
    service = whole.object("Service", name)["spec"]
    assert [one["port"] for one in service["ports"]] == [port]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert service["selector"].items() <= labels.items()
    container = whole.container(name)
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    assert ports[service["ports"][0]["targetPort"]] == port
    assert container["readinessProbe"]
