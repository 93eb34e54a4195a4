# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the options that name a stack and its environment, written once."""

from __future__ import annotations


class ModuleDocFragment:
    """Extended by modules as ``slipway.stack.stack_file``."""

    DOCUMENTATION = r"""
options:
  stack_file:
    description:
      - The stack file. A relative path begins where the inventory is.
    type: path
    required: true
  environment:
    description:
      - How the stack runs here, from low to high, usually what all stacks of a cluster have in
        common and what this stack has besides. Later ones win, path by path.
    type: list
    elements: dict
    default: []
  release_file:
    description:
      - A file that says which images to deploy, written by CI. A relative path begins where the
        inventory is. Without it the images are those of the stack file.
    type: path
    default: ""
notes:
  - Always runs on the controller, whatever the connection.
"""
