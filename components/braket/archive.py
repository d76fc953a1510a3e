"""The archive: a second copy of results worth keeping, and its end (C2).

Researchers and the pipeline copy into it what is to outlive the results' own retention; nothing is copied by
itself, because not every result may be kept. It has versions and the project's key, Braket's service-linked
role has no way into it, and no role of the project deletes there: its objects end by the bucket's lifecycle,
after ``retention_days`` in all. Administrators of the account can change the bucket's policy, which the trail
records: against them it is no lock.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.braket.buckets import BucketArgs, ManagedBucket, managed_bucket
from components.braket.names import ProjectNames
from components.braket.results_store import outsiders, undo

USERS = ("researcher", "pipeline")
"""Kinds of roles that write and read it."""


def archive(
    names: ProjectNames,
    key_arn: pulumi.Output[str],
    retention_days: int,
    active: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> ManagedBucket:
    """Makes the bucket."""
    undo_days = undo(retention_days)
    return managed_bucket(
        "archive",
        BucketArgs(
            bucket=names.archive,
            tags=tags,
            key_arn=key_arn,
            statements=(outsiders(names.archive_arn, tuple(names.role_arn(kind) for kind in USERS), active),),
            expire_days=retention_days - undo_days,
            noncurrent_days=undo_days,
            empty_first=not active,
            protect=active,
        ),
        parent,
    )
