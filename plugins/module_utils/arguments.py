# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs of all modules, shared by the module and its action plugin.

The one file of module_utils that imports Ansible. The options' documentation is in each module
and, for the connection, in doc_fragments/connection.py.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

CONNECTION: dict[str, Any] = {
    "kubeconfig": {
        "type": "path",
        "fallback": (env_fallback, ["K8S_AUTH_KUBECONFIG", "KUBECONFIG"]),
    },
    "context": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_CONTEXT"])},
    "host": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_HOST"])},
    "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["K8S_AUTH_API_KEY"])},
    "ca_cert": {"type": "path", "fallback": (env_fallback, ["K8S_AUTH_SSL_CA_CERT"])},
    "validate_certs": {"type": "bool", "fallback": (env_fallback, ["K8S_AUTH_VERIFY_SSL"])},
}

APPLY: dict[str, Any] = {
    "argument_spec": {
        "objects": {"type": "list", "elements": "dict", "default": []},
        "namespace": {"type": "str"},
        "stack": {"type": "str"},
        "role": {"type": "str"},
        "state": {
            "type": "str",
            "choices": ["applied", "pruned", "absent"],
            "default": "applied",
        },
        "data": {"type": "bool", "default": False},
        "force_conflicts": {"type": "bool", "default": False},
        "secret_values": {"type": "dict", "no_log": True, "default": {}},
        "beforehand": {"type": "list", "elements": "dict", "default": []},
        **CONNECTION,
    },
    "required_together": [("stack", "role")],
    "required_if": [("state", "pruned", ("stack", "role")), ("state", "absent", ("stack", "role"))],
}

HTTP_CHECK: dict[str, Any] = {
    "argument_spec": {
        "url": {"type": "str", "required": True},
        "address": {"type": "str"},
        "method": {"type": "str", "default": "GET"},
        "headers": {"type": "dict", "no_log": True, "default": {}},
        "body": {"type": "str", "no_log": True, "default": ""},
        "status": {"type": "list", "elements": "int", "default": [200]},
        "contains": {"type": "str", "default": ""},
        "timeout": {"type": "float", "default": 60.0},
        "stream": {
            "type": "dict",
            "options": {
                "min_chunks": {"type": "int", "required": True},
                "within": {"type": "float", "default": 30.0},
            },
        },
    },
}

HEALTH_WAIT: dict[str, Any] = {
    "argument_spec": {
        "resources": {"type": "list", "elements": "dict", "required": True},
        "namespace": {"type": "str"},
        "timeout": {"type": "float", "default": 300.0},
        "stable_for": {"type": "float", "default": 0.0},
        "deadlines": {"type": "dict", "default": {}},
        "partial": {"type": "str", "default": "100%"},
        "ignore": {"type": "list", "elements": "str", "default": []},
        "rules": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "kind": {"type": "str", "required": True},
                "group": {"type": "str", "default": ""},
                "ready_when": {"type": "list", "elements": "str", "required": True},
                "failed_when": {"type": "list", "elements": "str", "default": []},
                "suspended_when": {"type": "list", "elements": "str", "default": []},
                "says": {"type": "str", "default": ""},
            },
        },
        "on_failure": {
            "type": "dict",
            "default": {},
            "options": {
                "log_lines": {"type": "int", "default": 25},
                "events": {"type": "int", "default": 8},
            },
        },
        "timeline": {"type": "path"},
        **CONNECTION,
    },
}

MIGRATION_GATE: dict[str, Any] = {
    "argument_spec": {
        "namespace": {"type": "str"},
        "migrations": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "phase": {"type": "str", "choices": ["pre", "post"], "default": "pre"},
                "database": {
                    "type": "dict",
                    "required": True,
                    "options": {
                        "id": {"type": "str", "required": True},
                        "claims": {"type": "list", "elements": "str", "default": []},
                        "incarnation": {"type": "str", "default": ""},
                        "namespace": {"type": "str", "default": ""},
                    },
                },
                "backward_compatible": {
                    "type": "str",
                    "choices": ["true", "false", "unknown"],
                    "default": "unknown",
                },
                "once_per": {
                    "type": "str",
                    "choices": ["content", "database"],
                    "default": "content",
                },
                "helpers": {"type": "list", "elements": "str", "default": []},
                "fixed_tags": {"type": "bool", "default": False},
                "job": {"type": "dict", "required": True},
                "timeout": {"type": "int", "default": 600},
            },
        },
        "state": {
            "type": "str",
            "choices": ["present", "query", "history", "unlocked", "absent"],
            "default": "present",
        },
        "phase": {"type": "str", "choices": ["pre", "post", "all"], "default": "all"},
        "holder": {"type": "str"},
        "baseline": {"type": "list", "elements": "str", "default": []},
        "rerun": {"type": "list", "elements": "str", "default": []},
        "lock_wait": {"type": "int", "default": 600},
        **CONNECTION,
    },
}

PREFLIGHT: dict[str, Any] = {
    "argument_spec": {
        "objects": {"type": "list", "elements": "dict", "required": True},
        "namespace": {"type": "str"},
        **CONNECTION,
    },
}

SURVEY: dict[str, Any] = {
    "argument_spec": {
        "stack": {"type": "dict", "required": True},
        "secret_values": {"type": "dict", "no_log": True, "default": {}},
        "baseline": {"type": "list", "elements": "str", "default": []},
        "rerun": {"type": "list", "elements": "str", "default": []},
        **CONNECTION,
    },
}

RESOLVE: dict[str, Any] = {
    "argument_spec": {
        "stack_file": {"type": "path", "required": True},
        "environment": {"type": "list", "elements": "dict", "default": []},
        "release_file": {"type": "path", "default": ""},
        "explain": {"type": "str", "default": ""},
        "settings_of": {
            "type": "list",
            "elements": "str",
            "choices": ["infra", "migrations", "workloads", "ingress", "verify"],
            "default": [],
        },
    },
}

PLAN: dict[str, Any] = {
    "argument_spec": {
        "stack_file": {"type": "path", "required": True},
        "environment": {"type": "list", "elements": "dict", "default": []},
        "release_file": {"type": "path", "default": ""},
        "folder": {"type": "path", "default": ""},
        "beside": {"type": "list", "elements": "path", "default": []},
    },
}

VERIFY: dict[str, Any] = {
    "argument_spec": {
        "resolved": {"type": "dict", "required": True},
        "inside": {"type": "bool", "default": True},
        "timeout": {"type": "float", "default": 60.0},
        **CONNECTION,
    },
}

RELEASE: dict[str, Any] = {
    "argument_spec": {
        "namespace": {"type": "str", "required": True},
        "stack": {"type": "str", "required": True},
        "state": {
            "type": "str",
            "choices": ["recorded", "listed", "restored"],
            "default": "listed",
        },
        "resolved": {"type": "dict"},
        "number": {"type": "int", "default": 0},
        "keep": {"type": "int", "default": 10},
        **CONNECTION,
    },
    "required_if": [("state", "recorded", ("resolved",))],
}
