# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop: users, products, orders and a gateway, one package and one image.

It is the example that the collection deploys, so it behaves as a service should: it refuses a bad
configuration, says when it is ready, and drains on SIGTERM. It knows nothing of Kubernetes.
"""
