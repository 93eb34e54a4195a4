# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a resolved stack: what the models are made from.

A whole one, for a stack of one service (durations are seconds, names in Kubernetes have - for _):

    name: shop
    namespace: shop
    preset: local
    kubernetes: "1.30"
    images:
      app: {repo: acme/shop, tag: "1.10", digest: "", pull: IfNotPresent}
    secrets:
      auth:                                       # generated | given | existing | external-secrets
        {keys: [jwt_secret], driver: generated, secret: auth, type: "", length: 32,
         map: {jwt_secret: jwt_secret}, store: {}, remote: {}, refresh: 3600}
    datastores:
      users_db:                                                       # driver: container
        {type: postgres, version: "15", driver: container, database: users, user: users,
         extensions: [pgcrypto], schemas: [], max_connections: 100,
         roles: {reader: {access: read, replication: false}},
         secret: users-db, keys: {url: url, password: password},      # attribute: key of the Secret
         host: users-db, port: 5432, tls: false, storage: 1Gi, storage_class: "", image: "",
         resources: {requests: {cpu: 20m, memory: 128Mi}, limits: {memory: 512Mi}}, conf: {},
         instances: 1}                                                # driver: operator the same
      stock_db:                                                       # driver: external
        {type: postgres, …, driver: external, secret: stock-pg, keys: {url: DATABASE_URL},
         host: db.example.com, port: 5432, tls: true, incarnation: "",
         migrations_namespace: ""}
      queue: {type: redis, persistence: true, eviction: noeviction, auth: true, …}
      media: {type: s3, region: us-east-1, buckets: {uploads: {name: uploads}}, …}
    config:
      common: {LOG_FORMAT: json}                                      # already in every env
    accounts:
      builder: {rules: [{groups: [batch], resources: [jobs], verbs: [get], names: []}],
                cluster: false, annotations: {}, pods: restricted}
    migrations:
      migrate_users:
        {image: app, command: [], args: [migrate], working_dir: "", database: users_db, phase: pre,
         timeout: 600, write: [/tmp], env: {DATABASE_URL: {secret: users-db, key: url}},
         resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 256Mi}}}
    workloads:
      users:
        kind: Deployment
        image: app
        command: []
        args: [serve]
        working_dir: ""
        ports: {http: 3001}
        service: true
        env:
          PORT: {value: "3001"}                                       # plain
          DATABASE_URL: {secret: users-db, key: url}                  # exactly one secret
          CALLBACK: {secret: users-env, key: CALLBACK}                # both, see composed
        health: {port: http, host: "", live: {path: /healthz}, ready: {path: "/healthz?ready=1"},
                 startup_budget: 60}
                # or {exec: [cmd, arg], startup_budget: 60}, {tcp: http, …},
                # {grpc: 9000, …} with the port's number; without a probe {startup_budget: 60}
        drain: {propagation: 5, work: 20}
        scale: {replicas: 1}             # or {singleton: true}, or min, max and what it scales by:
                                         # cpu, memory (percent), triggers, polling, cooldown
        resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 256Mi}}
        write: [/tmp]
        migrations: [migrate_users]          # pre migrations of its databases, and those it needs
        after: []                            # workloads that it refers to or needs
        needs: []                            # of these, the ones that must be ready before it
        account: ""                          # of `accounts`; empty: one of its own without rights
        init: {}                             # name → image, command, args, env, mounts, …
        sidecars: {}                         # likewise, with ports
        volumes:                             # one of empty, claim, secret, config, csi
          cache: {path: /cache, read_only: false, empty: {size: 1Gi, memory: false}}
          keys: {path: /keys, read_only: true, secret: auth, files: {jwt_secret: jwt_secret}}
          site: {path: /etc/site, read_only: true, config: {MODE: fast}}      # file → content
        budget: {max_unavailable: 1}         # or min_available; empty: none
        strategy: {surge: 1, unavailable: 0}                          # or {recreate: true}
        share_processes: false
        security: {user: 1001}               # group, fs_group, writable_root, root, capabilities
        labels: {}
        annotations: {}
        schedule_on: {nodes: {}, tolerations: [], priority: ""}
        pool: 0                              # connections to databases of one replica; 0: not said
                                             # Job: timeout, retries; CronJob: schedule, … too
    routes:
      web: {site: shop, host: shop.localhost, url: "http://shop.localhost:8080/",
            origin: "http://shop.localhost:8080", path: /, to: users, port: http, exact: false,
            strip: false, body: "", timeout: 0, stream: false, max_idle: 0, annotations: {}}
    external: {stripe: {host: api.stripe.com, port: 443, scheme: https, cidr: ""}}
    sites: {shop: {host: shop.localhost, tls: {}}}      # tls: {issuer: x, kind: Issuer, secret: y}
    ingress:                                                          # gateway | ingress | none
      {driver: gateway, class: contour, controller: contour, annotations: {}, max_idle: 0,
       gateway: {namespace: gw, name: shared, section: ""}, scheme: http, port: 8080, tls_port: 443,
       address: 127.0.0.1}
    network: {policies: false, dns: {namespace: kube-system, labels: {k8s-app: kube-dns}, cidr: ""},
              controller: {namespace: gw, labels: {}}, …}
    metrics: {driver: none, labels: {}}
    pull_secrets: [registry]
    links: [[workloads.users, datastores.users_db]]     # who refers to whom, sorted
    composed:
      users-env: {CALLBACK: "https://u:${urlencode:auth/jwt_secret}@example.com"}
    patches: [{target: {kind: Deployment, name: users}, reason: …, merge: {spec: …}}]

A recipe in `composed` names keys of other Secrets: ``${key:<secret>/<key>}`` or, within a URL,
``${urlencode:<secret>/<key>}``.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Plain(TypedDict):
    """A value of an environment that may stand in a ConfigMap."""

    value: str


class FromSecret(TypedDict):
    """A value of an environment that is a key of a Secret."""

    secret: str
    key: str


Env = Plain | FromSecret
Amounts = dict[str, str]


class Resources(TypedDict, total=False):
    """As Kubernetes has them."""

    requests: Amounts
    limits: Amounts


class Image(TypedDict):
    """A digest wins over the tag; either may be empty."""

    repo: str
    tag: str
    digest: str
    pull_secret: str
    pull: Literal["IfNotPresent", "Always", "Never"]
    content_addressed: NotRequired[bool]


class SecretGroup(TypedDict):
    """`secret` is the name in Kubernetes, `map` says what it calls the keys.

    store, remote: of External Secrets; a place is path or path#property. refresh in seconds.
    """

    keys: list[str]
    driver: Literal["generated", "given", "existing", "external-secrets"]
    secret: str
    type: str
    map: dict[str, str]
    length: int
    store: dict[str, str]
    remote: dict[str, str]
    refresh: int


class DatabaseRole(TypedDict):
    """A role of a database besides its user."""

    access: Literal["none", "read", "write"]
    replication: bool


class Bucket(TypedDict):
    """A bucket, by its name at the server."""

    name: str


class Datastore(TypedDict):
    """A server of data; the keys of other types and drivers are absent."""

    type: Literal["postgres", "redis", "s3"]
    version: str
    driver: Literal["container", "operator", "external"]
    host: str
    port: int
    tls: bool
    secret: str
    keys: dict[str, str]
    database: NotRequired[str]
    user: NotRequired[str]
    extensions: NotRequired[list[str]]
    schemas: NotRequired[list[str]]
    roles: NotRequired[dict[str, DatabaseRole]]
    max_connections: NotRequired[int]
    persistence: NotRequired[bool]
    eviction: NotRequired[str]
    auth: NotRequired[bool]
    region: NotRequired[str]
    buckets: NotRequired[dict[str, Bucket]]
    image: NotRequired[str]
    instances: NotRequired[int]
    storage: NotRequired[str]
    storage_class: NotRequired[str]
    resources: NotRequired[Resources]
    conf: NotRequired[dict[str, str]]
    cidr: NotRequired[str]
    incarnation: NotRequired[str]
    migrations_namespace: NotRequired[str]


class Process(TypedDict):
    """What workloads and migrations have in common."""

    image: str
    command: list[str]
    args: list[str]
    working_dir: str
    env: dict[str, Env]
    resources: Resources
    write: list[str]


class Migration(Process):
    """`timeout` in seconds; `files`: name → SQL, read beside the stack file (folder)."""

    style: Literal["job", "sql", "startup", "none"]
    folder: str
    files: dict[str, str]
    workload: str
    seed: NotRequired[dict[str, list[str]]]
    security: dict[str, int]
    verify: str
    backward_compatible: Literal["true", "false", "unknown"]
    database: str
    phase: Literal["pre", "post"]
    timeout: int


class Check(TypedDict, total=False):
    """One probe, empty where there is none: its own handler or that of the health; in seconds."""

    path: str
    port: str
    host: str
    exec: list[str]
    tcp: str
    grpc: int
    period: int
    timeout: int
    failures: int
    delay: int


class Health(TypedDict):
    """One of http (port, host and its probes), exec, tcp, grpc, or none; budget in seconds."""

    startup_budget: int
    period: NotRequired[int]
    timeout: NotRequired[int]
    failures: NotRequired[int]
    port: NotRequired[str]
    host: NotRequired[str]
    live: NotRequired[Check]
    ready: NotRequired[Check]
    startup: NotRequired[Check]
    exec: NotRequired[list[str]]
    tcp: NotRequired[str]
    grpc: NotRequired[int]


class Drain(TypedDict):
    """Seconds."""

    propagation: int
    work: int


class Trigger(TypedDict):
    """An event that KEDA scales by; `auth`: parameter → secret."""

    type: str
    metadata: dict[str, str]
    auth: dict[str, FromSecret]


class Scale(TypedDict, total=False):
    """`replicas`, `singleton`, or `min` and `max` with what it scales by."""

    replicas: int
    singleton: bool
    min: int
    max: int
    cpu: int
    memory: int
    triggers: dict[str, Trigger]
    polling: int
    cooldown: int


class Account(TypedDict):
    """A service account; `cluster`: its rules hold in all namespaces.

    pods: the Pod Security Standard of those that it starts itself.
    """

    rules: list[dict[str, Any]]
    cluster: bool
    annotations: dict[str, str]
    pods: str


class Container(Process):
    """An init container or a sidecar; `mounts` names volumes of the workload."""

    mounts: list[str]
    ports: dict[str, int]


class Workload(Process):
    """`migrations` must have passed and `needs` be ready before it starts."""

    kind: Literal["Deployment", "StatefulSet", "Job", "CronJob"]
    ports: dict[str, int]
    service: bool
    health: Health
    drain: Drain
    scale: Scale
    migrations: list[str]
    after: list[str]
    needs: list[str]
    account: str
    init: dict[str, Container]
    sidecars: dict[str, Container]
    volumes: dict[str, dict[str, Any]]
    budget: dict[str, int | str]
    strategy: dict[str, int | str | bool]
    share_processes: bool
    security: dict[str, Any]
    labels: dict[str, str]
    annotations: dict[str, str]
    schedule_on: dict[str, Any]
    pool: int
    metrics: dict[str, str | int]
    timeout: NotRequired[int]
    retries: NotRequired[int]
    schedule: NotRequired[str]
    time_zone: NotRequired[str]
    concurrency: NotRequired[str]


class Certificate(TypedDict, total=False):
    """Who has the certificate of a host; empty texts for what it is not."""

    issuer: str
    kind: str
    secret: str


class Site(TypedDict):
    """A host; `tls` is empty where it has none."""

    host: str
    tls: Certificate


class Route(TypedDict):
    """`origin` is scheme, host and port; `url` has the path, too.

    timeout and max_idle in seconds; 0 and empty texts leave it to the controller.
    """

    site: str
    host: str
    url: str
    origin: str
    path: str
    to: str
    port: str
    exact: bool
    strip: bool
    body: str
    timeout: int
    stream: bool
    max_idle: int
    annotations: dict[str, str]


class Hook(TypedDict):
    """What a visitor does after a deployment; `body` is JSON text, `within` seconds.

    chunks: how many pieces a streamed answer must come in, 0 of one that is none.
    """

    route: str
    path: str
    method: str
    body: str
    status: list[int]
    contains: str
    chunks: int
    within: int


class External(TypedDict):
    """Something outside; an empty cidr means any address."""

    host: str
    port: int
    scheme: str
    cidr: str


class Peer(TypedDict):
    """Pods of others; no labels means all of the namespace, no namespace means nobody knows."""

    namespace: str
    labels: dict[str, str]


class Dns(Peer):
    """The DNS server; `cidr` where it is no pod."""

    cidr: str


class ApiServer(TypedDict):
    """An empty cidr means any address."""

    cidr: str
    ports: list[int]


class Network(TypedDict):
    """What network policies need to know of the cluster."""

    policies: bool
    dns: Dns
    controller: Peer
    metrics: Peer
    operator: Peer
    autoscaler: Peer
    api_server: ApiServer


class Metrics(TypedDict):
    """Who collects metrics."""

    driver: Literal["none", "servicemonitor"]
    labels: dict[str, str]


class Gateway(TypedDict):
    """The Gateway that HTTPRoutes attach to."""

    namespace: str
    name: str
    section: str


Ingress = TypedDict(
    "Ingress",
    {
        "driver": Literal["gateway", "ingress", "none"],
        "class": str,
        "controller": str,
        "gateway": Gateway,
        "scheme": Literal["http", "https"],
        "port": int,
        "tls_port": int,
        "address": str,
        "annotations": dict[str, str],
        "max_idle": int,
    },
)


class Document(TypedDict):
    """A resolved stack; see the example above."""

    name: str
    namespace: str
    preset: Literal["local", "shared", "production"]
    kubernetes: str
    images: dict[str, Image]
    secrets: dict[str, SecretGroup]
    datastores: dict[str, Datastore]
    config: dict[str, dict[str, str]]
    accounts: dict[str, Account]
    migrations: dict[str, Migration]
    workloads: dict[str, Workload]
    external: dict[str, External]
    sites: dict[str, Site]
    routes: dict[str, Route]
    verify: dict[str, Hook]
    ingress: Ingress
    network: Network
    metrics: Metrics
    pull_secrets: list[str]
    links: list[list[str]]
    composed: dict[str, dict[str, str]]
    patches: list[dict[str, Any]]


Spec = dict[str, Any]
