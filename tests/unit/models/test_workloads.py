# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a workload in the stack file becomes in Kubernetes, from the text to the objects."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import errors
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import of_role
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

from tests.unit import quick_yaml

HEAD = {
    "schema": "stack/v1",
    "name": "demo",
    "images": {"app": {"repo": "acme/app", "tag": "1.2"}, "proxy": {"repo": "acme/px", "tag": "3"}},
    "secrets": {"app": ["one", "two"]},
    "config": {"common": {"MODE": "fast", "WHERE": "${stack.namespace}"}},
    "datastores": {"db": {"type": "postgres", "version": "17"}},
}
Objects = dict[tuple[str, str], dict[str, Any]]


def models(text: str, env: str = "preset: local") -> dict[str, Any]:
    """Return the models of a stack."""
    stack, _ = parse(text, shown="demo.yml", layer="stack")
    environment, _ = parse(env, shown="env.yml", layer="environment")
    result = resolve(stack, [environment])
    assert not errors(result.findings), "\n".join(map(str, result.findings))
    return build({**result.document})  # type: ignore[dict-item]


def rendered(
    workload: str, *, env: str = "preset: local", role: str = "workloads", **more: Any
) -> Objects:
    """Return the objects of a role of a stack with one workload `api`, by kind and name."""
    api = {"image": "app", **quick_yaml.load(workload)}
    text = quick_yaml.dump({**HEAD, **more, "workloads": {"api": api}}, sort_keys=False)
    found = render(role, models(text, env)[role], {"migrate": "mg"})
    return {(item["kind"], item["metadata"]["name"]): item for item in found}


def pod(objects: Objects, kind: str = "Deployment", name: str = "api") -> dict[str, Any]:
    """Return the pod's spec of a workload."""
    spec: dict[str, Any] = objects[kind, name]["spec"]
    return spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]  # type: ignore[no-any-return]


def main(objects: Objects, kind: str = "Deployment") -> dict[str, Any]:
    """Return the main container of the workload."""
    found: dict[str, Any] = pod(objects, kind)["containers"][0]
    return found


VOLUMES = """
volumes:
  cache: {path: /cache, empty: {size: 1Gi}}
  fast: {path: /fast, empty: {memory: true}}
  data: {path: /data, claim: {storage: 2Gi, class: ssd}}
  keys: {path: /keys, secret: app}
  one: {path: /one, secret: app, files: {keyset.json: two}}
  site: {path: /site, config: common}
  certs: {path: /certs, csi: {driver: secrets-store.csi.k8s.io, class: mine}}
"""


def test_volumes_of_a_deployment() -> None:
    objects = rendered(VOLUMES)
    config = next(name for kind, name in objects if name.startswith("api-site-"))
    found = {one.pop("name"): one for one in pod(objects)["volumes"]}
    assert found == {
        "scratch-0": {"emptyDir": {}},
        "cache": {"emptyDir": {"sizeLimit": "1Gi"}},
        "fast": {"emptyDir": {"medium": "Memory"}},
        "data": {"persistentVolumeClaim": {"claimName": "api-data"}},
        "keys": {
            "secret": {
                "secretName": "app",
                "items": [{"key": "one", "path": "one"}, {"key": "two", "path": "two"}],
            }
        },
        "one": {"secret": {"secretName": "app", "items": [{"key": "two", "path": "keyset.json"}]}},
        "site": {"configMap": {"name": config}},
        "certs": {
            "csi": {
                "driver": "secrets-store.csi.k8s.io",
                "readOnly": True,
                "volumeAttributes": {"secretProviderClass": "mine"},
            }
        },
    }
    assert objects["ConfigMap", config]["data"] == {"MODE": "fast", "WHERE": "demo"}
    assert objects["PersistentVolumeClaim", "api-data"]["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "ssd",
        "resources": {"requests": {"storage": "2Gi"}},
    }


def test_secrets_and_config_are_mounted_to_be_read() -> None:
    mounts = {
        one["mountPath"]: one.get("readOnly") for one in main(rendered(VOLUMES))["volumeMounts"]
    }
    writable = {path for path, read_only in mounts.items() if not read_only}
    assert writable == {"/tmp", "/cache", "/fast", "/data"}


def test_a_claim_that_one_node_holds_is_recreated() -> None:
    claim = "volumes: {data: {path: /d, claim: {storage: 1Gi, access: %s}}}"
    kinds = {
        access: rendered(claim % access)["Deployment", "api"]["spec"]["strategy"]["type"]
        for access in ("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")
    }
    assert list(kinds.values()) == ["Recreate", "Recreate", "RollingUpdate"]


def test_a_stateful_set_makes_its_claims() -> None:
    objects = rendered(VOLUMES + "kind: StatefulSet\nports: {http: 80}\nscale: {replicas: 2}")
    spec = objects["StatefulSet", "api"]["spec"]
    (template,) = spec["volumeClaimTemplates"]
    assert (spec["replicas"], spec["serviceName"]) == (2, "api")
    assert template["metadata"]["name"] == "data"
    assert template["spec"]["resources"] == {"requests": {"storage": "2Gi"}}
    assert "data" not in [one["name"] for one in spec["template"]["spec"]["volumes"]]
    assert not [key for key in objects if key[0] == "PersistentVolumeClaim"]


def test_labels_of_a_claim_do_not_change_with_the_release() -> None:
    """A StatefulSet's claim templates are immutable."""
    found = rendered("kind: StatefulSet\n" + VOLUMES)["StatefulSet", "api"]
    labels = found["spec"]["volumeClaimTemplates"][0]["metadata"]["labels"]
    assert found["metadata"]["labels"]["app.kubernetes.io/version"] == "1.2"
    assert "app.kubernetes.io/version" not in labels
    assert "app.kubernetes.io/version" not in found["spec"]["template"]["metadata"]["labels"]


def test_a_job() -> None:
    spec = rendered("{kind: Job, timeout: 90s, retries: 1}")["Job", "api"]["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (1, 90)
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert "livenessProbe" not in spec["template"]["spec"]["containers"][0]


def test_a_cron_job() -> None:
    objects = rendered('{kind: CronJob, schedule: "5 4 * * *", time_zone: Etc/UTC}')
    spec = objects["CronJob", "api"]["spec"]
    assert {key: spec[key] for key in ("schedule", "timeZone", "concurrencyPolicy")} == {
        "schedule": "5 4 * * *",
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
    }
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 3
    assert "activeDeadlineSeconds" not in spec["jobTemplate"]["spec"]
    assert pod(objects, "CronJob")["restartPolicy"] == "Never"


ACCOUNTS = {
    "builder": {
        "rules": [
            {"groups": ["batch"], "resources": ["jobs"], "verbs": ["get", "create"]},
            {"resources": ["pods/log"], "verbs": ["get"], "names": ["one"]},
        ],
        "annotations": {"iam.example.com/role": "builder"},
    },
    "preview": {},
}
RULES = [
    {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["get", "create"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"], "resourceNames": ["one"]},
]


def test_an_account_with_rights() -> None:
    objects = rendered("account: builder", accounts=ACCOUNTS)
    assert objects["ServiceAccount", "builder"]["metadata"]["annotations"] == {
        "iam.example.com/role": "builder"
    }
    assert objects["Role", "builder"]["rules"] == RULES
    binding = objects["RoleBinding", "builder"]
    assert binding["roleRef"]["kind"] == "Role"
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "builder", "namespace": "demo"}
    ]
    assert ("ServiceAccount", "api") not in objects
    assert pod(objects)["serviceAccountName"] == "builder"
    assert pod(objects)["automountServiceAccountToken"] is True


def test_an_account_of_the_whole_cluster_is_named_after_its_namespace() -> None:
    accounts = {"builder": {**ACCOUNTS["builder"], "cluster": True}}
    objects = rendered("account: builder", accounts=accounts)
    assert objects["ClusterRole", "demo-builder"]["rules"] == RULES
    assert objects["ClusterRoleBinding", "demo-builder"]["roleRef"]["kind"] == "ClusterRole"


def test_a_token_only_where_there_are_rights() -> None:
    for workload in ("{}", "account: preview"):
        objects = rendered(workload, accounts=ACCOUNTS)
        assert pod(objects)["automountServiceAccountToken"] is False
        assert ("ServiceAccount", "preview") in objects
        assert ("Role", "preview") not in objects


def test_the_name_of_an_account_can_be_told_to_a_program() -> None:
    objects = rendered('env: {SA: "${accounts.preview.name}"}', accounts=ACCOUNTS)
    config = next(item for (kind, _name), item in objects.items() if kind == "ConfigMap")
    assert config["data"] == {"SA": "preview"}


CONTAINERS = """
ports: {http: 80}
volumes: {data: {path: /data, empty: {}}, keys: {path: /keys, secret: app}}
env: {URL: "x-${secrets.app.one}"}
init:
  wait: {args: [wait], env: {URL: "y-${secrets.app.one}", A: plain, B: "${secrets.app.two}"}}
  copy: {command: [cp], mounts: [data]}
sidecars:
  proxy: {image: proxy, ports: {tunnel: 9000}, write: [/run], resources: {limits: {memory: 9Mi}}}
"""


def test_init_containers_and_sidecars() -> None:
    objects = rendered(CONTAINERS)
    wait, copy, proxy = pod(objects)["initContainers"]
    assert [one["name"] for one in (wait, copy, proxy)] == ["wait", "copy", "proxy"]
    assert [one.get("restartPolicy") for one in (wait, copy, proxy)] == [None, None, "Always"]
    assert (wait["image"], proxy["image"]) == ("acme/app:1.2", "acme/px:3")
    assert copy["volumeMounts"] == [{"name": "data", "mountPath": "/data"}]
    assert proxy["volumeMounts"] == [{"name": "scratch-proxy-0", "mountPath": "/run"}]
    assert proxy["resources"]["limits"]["memory"] == "9Mi"
    assert proxy["resources"]["requests"] == main(objects)["resources"]["requests"]
    names = {one["name"] for one in pod(objects)["volumes"]}
    mounted = {
        mount["name"]
        for box in (wait, copy, proxy, main(objects))
        for mount in box.get("volumeMounts", [])
    }
    assert mounted == names


def test_containers_have_an_environment_of_their_own() -> None:
    objects = rendered(CONTAINERS)
    wait = pod(objects)["initContainers"][0]
    of_secret = lambda name, key: {"secretKeyRef": {"name": name, "key": key}}  # noqa: E731
    assert wait["env"] == [
        {"name": "A", "value": "plain"},
        {"name": "B", "valueFrom": of_secret("app", "two")},
        {"name": "URL", "valueFrom": of_secret("api-env", "wait.URL")},
    ]
    composed = rendered(CONTAINERS, role="infra")["Secret", "api-env"]["stringData"]
    assert composed == {"URL": "x-${key:app/one}", "wait.URL": "y-${key:app/one}"}


def test_ports_of_a_sidecar_are_served_but_not_opened_by_the_workload() -> None:
    objects = rendered(CONTAINERS)
    assert [one["name"] for one in objects["Service", "api"]["spec"]["ports"]] == ["http", "tunnel"]
    assert main(objects)["ports"] == [{"name": "http", "containerPort": 80}]
    proxy = pod(objects)["initContainers"][2]
    assert proxy["ports"] == [{"name": "tunnel", "containerPort": 9000}]


def test_no_container_starts_before_its_migration() -> None:
    migrations = {"migrate": {"image": "app", "database": "db"}}
    objects = rendered(
        CONTAINERS.replace("env: {URL", 'env: {DB: "${db.url}", URL'), migrations=migrations
    )
    for container in (*pod(objects)["initContainers"], main(objects)):
        assert "MIGRATION_GATE" in [one["name"] for one in container["env"]]


def test_before_1_29_a_sidecar_is_one_more_container() -> None:
    objects = rendered(CONTAINERS, env='{preset: local, kubernetes: "1.28"}')
    assert [one["name"] for one in pod(objects)["containers"]] == ["api", "proxy"]
    assert [one["name"] for one in pod(objects)["initContainers"]] == ["wait", "copy"]


def test_an_autoscaler_decides_alone() -> None:
    objects = rendered("scale: {min: 2, max: 8, cpu: 80, memory: 70}")
    assert "replicas" not in objects["Deployment", "api"]["spec"]
    spec = objects["HorizontalPodAutoscaler", "api"]["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 8)
    assert [one["resource"]["target"]["averageUtilization"] for one in spec["metrics"]] == [80, 70]
    assert ("PodDisruptionBudget", "api") in objects


KEDA = """
scale:
  min: 1
  max: 5
  cpu: 80
  polling: 15s
  triggers:
    lag:
      type: postgresql
      metadata: {query: "select 1", host: "${db.host}", targetQueryValue: "5"}
      auth: {password: "${db.password}", connection: "${db.url}"}
"""


def test_keda_scales_by_triggers() -> None:
    objects = rendered(KEDA)
    assert "replicas" not in objects["Deployment", "api"]["spec"]
    assert ("HorizontalPodAutoscaler", "api") not in objects
    spec = objects["ScaledObject", "api"]["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 5)
    assert (spec["pollingInterval"], spec["cooldownPeriod"]) == (15, 300)
    cpu, lag = spec["triggers"]
    assert cpu == {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "80"}}
    assert lag["metadata"]["host"] == "db.demo.svc"  # KEDA is in a namespace of its own
    assert lag["authenticationRef"] == {"name": "api-lag"}
    assert objects["TriggerAuthentication", "api-lag"]["spec"]["secretTargetRef"] == [
        {"parameter": "connection", "name": "api-env", "key": "scale.lag.connection"},
        {"parameter": "password", "name": "db", "key": "password"},
    ]
    composed = rendered(KEDA, role="infra")["Secret", "api-env"]["stringData"]
    (url,) = composed.values()
    assert url.endswith("@db.demo.svc:5432/db"), url


def test_a_singleton() -> None:
    objects = rendered("scale: {singleton: true}")
    spec = objects["Deployment", "api"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert ("PodDisruptionBudget", "api") not in objects


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("scale: {replicas: 1}", None),
        ("scale: {replicas: 2}", {"maxUnavailable": 1}),
        ("scale: {min: 2, max: 3, cpu: 50}", {"maxUnavailable": 1}),
        ("{scale: {replicas: 2}, budget: false}", None),
        ("{scale: {replicas: 3}, budget: {max_unavailable: 50%}}", {"maxUnavailable": "50%"}),
        ("{scale: {replicas: 2}, budget: {min_available: 1}}", {"minAvailable": 1}),
    ],
)
def test_budgets(said: str, limit: dict[str, Any] | None) -> None:
    found = rendered(said).get(("PodDisruptionBudget", "api"))
    keys = ("maxUnavailable", "minAvailable")
    assert (found and {k: v for k, v in found["spec"].items() if k in keys}) == limit


def test_strategies() -> None:
    rolling = rendered("strategy: {surge: 50%}")["Deployment", "api"]["spec"]["strategy"]
    assert rolling["rollingUpdate"] == {"maxSurge": "50%", "maxUnavailable": 0}
    recreate = rendered("strategy: {recreate: true}")["Deployment", "api"]["spec"]["strategy"]
    assert recreate == {"type": "Recreate"}


PROBES = """
ports: {http: 80}
health:
  port: http
  host: shop.example.com
  live: {tcp: http, period: 15s, failures: 3}
  ready: {path: "/health?ready=true", period: 10s, timeout: 4s, failures: 2, delay: 1s}
  startup: {path: /health, period: 5s, timeout: 5s, failures: 12}
"""


def test_each_probe_has_its_own_times_and_handler() -> None:
    item = main(rendered(PROBES))
    headers = [{"name": "Host", "value": "shop.example.com"}]
    assert item["livenessProbe"] == {
        "tcpSocket": {"port": "http"},
        "periodSeconds": 15,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }
    assert item["readinessProbe"] == {
        "httpGet": {"path": "/health?ready=true", "port": "http", "httpHeaders": headers},
        "initialDelaySeconds": 1,
        "periodSeconds": 10,
        "timeoutSeconds": 4,
        "failureThreshold": 2,
    }
    assert item["startupProbe"] == {
        "httpGet": {"path": "/health", "port": "http", "httpHeaders": headers},
        "periodSeconds": 5,
        "timeoutSeconds": 5,
        "failureThreshold": 12,
    }


def test_a_command_is_asked_as_often_as_is_said() -> None:
    item = main(rendered("health: {exec: [app, ping], period: 30s, timeout: 10s}"))
    for probe in ("livenessProbe", "readinessProbe"):
        assert item[probe]["exec"] == {"command": ["app", "ping"]}
        assert (item[probe]["periodSeconds"], item[probe]["timeoutSeconds"]) == (30, 10)
    assert item["startupProbe"]["periodSeconds"] == 2


def test_what_is_said_of_the_pod() -> None:
    objects = rendered("""
share_processes: true
labels: {team: a}
annotations: {example.com/note: b}
schedule_on:
  nodes: {disk: ssd}
  tolerations: [{key: gpu, operator: Exists, effect: NoExecute, seconds: 30}]
  priority: high
""")
    spec, template = pod(objects), objects["Deployment", "api"]["spec"]["template"]["metadata"]
    assert template["labels"]["team"] == "a"
    assert template["annotations"]["example.com/note"] == "b"
    assert objects["Deployment", "api"]["spec"]["selector"]["matchLabels"].keys() == {
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
    }
    assert spec["shareProcessNamespace"] is True
    assert spec["nodeSelector"] == {"disk": "ssd"}
    assert spec["priorityClassName"] == "high"
    toleration = {
        "key": "gpu",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 30,
    }
    assert spec["tolerations"] == [toleration]


def test_who_it_runs_as() -> None:
    claim = "volumes: {data: {path: /d, claim: {storage: 1Gi}}}"
    security = pod(rendered(f"security: {{user: 1001, group: 1002}}\n{claim}"))["securityContext"]
    assert security["runAsNonRoot"] is True
    assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (
        1001,
        1002,
        1002,
    )


def test_whoever_opens_a_low_port_may_do_so() -> None:
    opened = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "80"}]
    low = rendered("{ports: {web: 8080, http: 80}, health: {port: http, live: /}}")
    assert pod(low)["securityContext"]["sysctls"] == opened
    for kept in (
        "{ports: {http: 1024}}",
        "{ports: {http: 80}, security: {root: true, reason: old}}",
    ):
        assert "sysctls" not in pod(rendered(kept))["securityContext"]


def test_opting_out() -> None:
    said = (
        "security: {writable_root: true, root: true, capabilities: [CHOWN], reason: an old image}"
    )
    item = main(rendered(said))["securityContext"]
    assert item["readOnlyRootFilesystem"] is False
    assert item["capabilities"] == {"drop": ["ALL"], "add": ["CHOWN"]}
    assert pod(rendered(said))["securityContext"]["runAsUser"] == 0


@pytest.mark.parametrize(
    ("security", "level"),
    [
        ("{user: 5}", "restricted"),
        ("{writable_root: true, reason: x}", "restricted"),
        ("{capabilities: [NET_BIND_SERVICE], reason: x}", "restricted"),
        ("{capabilities: [CHOWN], reason: x}", "baseline"),
        ("{root: true, reason: x}", "baseline"),
    ],
)
def test_the_namespace_enforces_what_is_left(security: str, level: str) -> None:
    namespace = rendered(f"security: {security}", role="infra")["Namespace", "demo"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == level


@pytest.mark.parametrize(
    ("security", "starts", "level"),
    [
        ("{user: 5}", ["baseline"], "baseline"),
        ("{root: true, reason: x}", ["privileged", "baseline"], "privileged"),
    ],
)
def test_the_namespace_admits_pods_that_an_account_starts(
    security: str, starts: list[str], level: str
) -> None:
    accounts = {one: {"pods": {"security": one, "reason": "its own images"}} for one in starts}
    found = rendered(f"security: {security}", role="infra", accounts={**accounts, "plain": {}})
    labels = found["Namespace", "demo"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == level


def test_levels_follow_needs_only() -> None:
    workloads = {
        "api": {"image": "app", "ports": {"http": 80}},
        "boot": {"image": "app", "kind": "Job", "env": {"API": "${api.url}"}},
        "late": {"image": "app", "needs": {"boot": "completed"}},
        "free": {"image": "app"},
    }
    built = models(quick_yaml.dump({**HEAD, "workloads": workloads}))
    level = {model["name"]: model["level"] for model in built["workloads"]}
    assert built["levels"] == [0]
    assert (level["api"], level["boot"], level["late"], level["free"]) == (0, 0, 1, 0)


def test_a_job_is_named_by_its_content() -> None:
    def name(argument: str, marker: str = "mg-1") -> str:
        migrations = {"migrate": {"image": "app", "database": "db"}}
        job = {"image": "app", "kind": "Job", "args": [argument], "env": {"DB": "${db.url}"}}
        text = quick_yaml.dump({**HEAD, "migrations": migrations, "workloads": {"boot": job}})
        found = of_role(models(text), "workloads", {"migrate": marker})
        return next(one["metadata"]["name"] for one in found if one["kind"] == "Job")

    assert name("a").startswith("boot-")
    assert name("a") == name("a")
    assert len({name("a"), name("b"), name("a", "mg-2")}) == 3


def test_only_the_objects_of_a_level() -> None:
    workloads = {"one": {"image": "app"}, "two": {"image": "app", "needs": {"one": "ready"}}}
    built = models(quick_yaml.dump({**HEAD, "workloads": workloads}))

    def names(level: int) -> set[str]:
        return {one["metadata"]["name"] for one in of_role(built, "workloads", {}, level)}

    assert (names(0), names(1), names(-1)) == ({"one"}, {"two"}, {"one", "two"})


SECRETS = """
env: {ONE: "${secrets.app.one}", URL: "x-${secrets.app.two}"}
volumes: {keys: {path: /keys, secret: app, files: {k: two}}}
init: {wait: {env: {DB: "${db.url}"}}}
"""


def test_the_template_names_the_secrets_that_restart_it() -> None:
    objects = rendered(SECRETS)
    notes = objects["Deployment", "api"]["spec"]["template"]["metadata"]["annotations"]
    used = "api-env/URL,app/one,app/two,db/url"
    assert notes == {"slipway.dev/secrets": f"${{hmac:demo-restart-key/key:{used}}}"}
    assert objects["Secret", "demo-restart-key"]["stringData"] == {"key": "${generate:64}"}


@pytest.mark.parametrize("workload", ["{}", "kind: Job\nenv: {ONE: '${secrets.app.one}'}"])
def test_what_uses_no_secret_or_runs_once_is_not_restarted(workload: str) -> None:
    assert "restart-key" not in str(rendered(workload))
    assert "slipway.dev/secrets" not in str(rendered(workload))


def test_ports_for_probes_need_no_service() -> None:
    objects = rendered("{ports: {health: 81}, service: false, health: {tcp: health}}")
    assert ("Service", "api") not in objects
    assert main(objects)["ports"] == [{"name": "health", "containerPort": 81}]
