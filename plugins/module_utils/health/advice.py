# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about a cause: one sentence for each reason that a person can act on."""

from __future__ import annotations

ADVICE: dict[str, str] = {
    "AdmissionUnavailable": "Repair the webhook that the message names, or take it out.",
    "BackoffLimitExceeded": "Correct what the log shows; a finished Job needs a new name.",
    "BadCommand": "Correct command or args: the file must exist in the image and be executable.",
    "CrashLoop": "The log of its last run says why.",
    "Deleted": "Find out who deleted it, and deploy again.",
    "ErrImageNeverPull": "Load the image into the node, or set imagePullPolicy to IfNotPresent.",
    "ImageNotFound": "Correct the image's name and tag, or push it to the registry.",
    "ImagePullError": "Check that the nodes reach the registry; they keep trying.",
    "ImageUnauthorized": "Check imagePullSecrets, and whether the image's name is right.",
    "InvalidImageName": "Correct the image's name: registry/name:tag, in lower case.",
    "MissingIngressClass": "Install the class's controller, or name another class.",
    "MissingReference": "Create what is missing, or correct the name.",
    "MissingStorageClass": "Name a StorageClass that the cluster has, or create this one.",
    "NoDefaultStorageClass": "Name a StorageClass, or mark one as the cluster's default.",
    "NoEndpoints": "See why the pods behind it are not ready, and whether its selector is right.",
    "NodeLost": "Bring the node back, or delete it: its pods are then made elsewhere.",
    "OOMKilled": "Raise the memory limit, or find out what uses so much.",
    "ProbeFails": "See whether the application listens where the probe asks, and its log.",
    "QuotaExceeded": "Raise the ResourceQuota of the namespace, or ask for less.",
    "RunsAsRoot": "Set runAsUser to a number other than 0, or build the image with such a USER.",
    "Suspended": "Resume it, or take it out of what is waited for.",
    "Unschedulable": "Give the cluster room, or lower requests and loosen node selection.",
    "WaitingForMigration": "Run the migration: the pods start once its record exists.",
}


def advice(reason: str) -> str:
    """Return what to do, "" where the message itself is all that can be said."""
    return ADVICE.get(reason, "")
