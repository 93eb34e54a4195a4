# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the parts of other people's applications, so that their stacks can be deployed here.

One image, one part per command line: those of the stack files, which stay as they are. Work and
faults are real (PostgreSQL, Redis, S3, the Kubernetes API); what a part does otherwise is little.
A comment that says "measured" names what the real application was seen to do.
"""
