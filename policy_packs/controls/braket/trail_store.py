"""L5: an environment has a trail, and its bucket keeps what was written: versioned and locked."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import BUCKET, BUCKET_LOCK, BUCKET_VERSIONING, TRAIL, of_bucket, refers
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail
from policy_packs.controls.stack_facts import StackFacts


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    if not facts.need().is_environment:
        return
    trails = stack.of_type(TRAIL)
    if not trails:
        yield fail("the environment has no trail")
    for trail in trails:
        buckets = [
            bucket
            for bucket in stack.of_type(BUCKET)
            if refers(stack, trail, "s3BucketName", bucket, "bucket", "id")
        ]
        if not buckets:
            yield fail("it writes to a bucket that is not of this stack", trail)
        for bucket in buckets:
            yield from _judge_store(stack, bucket)


def _judge_store(stack: Stack, bucket: Resource) -> Iterator[Finding]:
    yield from expect(
        bucket["objectLockEnabled"], lambda on: on is True, "trail files in it can be deleted", bucket
    )
    versions = of_bucket(stack, bucket, BUCKET_VERSIONING)
    if not versions:
        yield fail("trail files in it can be overwritten: it keeps no versions", bucket)
    for setting in versions:
        yield from expect(
            setting["versioningConfiguration"].get("status"),
            lambda status: status == "Enabled",
            "it does not keep versions of trail files",
            setting,
        )
    locks = of_bucket(stack, bucket, BUCKET_LOCK)
    if not locks:
        yield fail("it locks no trail file for any time", bucket)
    for lock in locks:
        retention = lock["rule"].get("defaultRetention")
        yield from expect(
            retention.get("mode"), lambda mode: mode in ("GOVERNANCE", "COMPLIANCE"), "it has no mode", lock
        )
        if not retention.get("days") and not retention.get("years"):
            yield fail("it locks trail files for no time", lock)


CONTROL = Control(
    id="qlz-l5-trail-store",
    title="The environment's trail cannot be rewritten",
    why="An intruder's first wish is to remove the record of how he came in.",
    fix=(
        "Declare the trail with a bucket of the same stack that has object lock, versioning and a default "
        "retention."
    ),
    requirements=("L5", "L7"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AU-9", "AU-11", "AU-12"),
        "iso-27001-2022-annex-a": ("A.5.33", "A.8.15"),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-02", "IAM-12"),
    },
    types=(TRAIL, BUCKET, BUCKET_VERSIONING, BUCKET_LOCK),
    judge_stack=judge_stack,
    admits_exceptions=False,
)
