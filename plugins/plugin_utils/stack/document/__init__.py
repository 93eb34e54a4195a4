# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a resolved stack: what the models are made from.

Here stands the whole; the files beside this one have the shapes of its sections.

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

from typing import Any, Literal, TypedDict

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.accounts import Account
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.datastores import (
    Datastore,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.exposure import (
    Hook,
    Ingress,
    Route,
    Site,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.images import Image
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.migrations import (
    Migration,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.secrets import (
    SecretGroup,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.surroundings import (
    External,
    Metrics,
    Network,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.workloads import Workload

Spec = dict[str, Any]  # a part as plain values, before it has its shape


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
