"""T4: no setting of a bucket, or of the account, opens data to the public."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import ACCOUNT_ACCESS, BUCKET, BUCKET_ACCESS, BUCKET_OWNERSHIP
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.stack_facts import StackFacts

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
# A bucket's older, inline settings. Each has a resource of its own, which the controls judge.
_INLINE = (
    "accelerationStatus",
    "acl",
    "corsRules",
    "grants",
    "lifecycleRules",
    "logging",
    "objectLockConfiguration",
    "policy",
    "replicationConfiguration",
    "requestPayer",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
)


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == BUCKET:
        for name in _INLINE:
            if resource[name]:
                yield fail(f"it sets {name} inline, where no control judges it")
    elif resource.type == BUCKET_OWNERSHIP:
        yield from expect(
            resource["rule"].get("objectOwnership"),
            lambda owner: owner == "BucketOwnerEnforced",
            "it lets access lists (ACLs) count",
        )
    else:
        for name in _BLOCKS:
            yield from expect(resource[name], lambda on: on is True, f"{name} is not on")


CONTROL = Control(
    id="qlz-t4-bucket-settings",
    title="Buckets are closed to the public",
    why="One open setting shows results to everybody, and copies cannot be called back.",
    fix=(
        "Turn all four public access blocks on, enforce the bucket's owner, use a bucket's separate "
        "resources."
    ),
    requirements=("T4", "K2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-22", "AC-3", "SC-8"),
        "iso-27001-2022-annex-a": ("A.8.3", "A.8.12"),
        "ncsc-cloud-principles": ("1", "3"),
        "csa-ccm-4": ("DSP-17",),
        "uk-gdpr": ("5", "32"),
    },
    types=(BUCKET, BUCKET_ACCESS, BUCKET_OWNERSHIP, ACCOUNT_ACCESS),
    judge=judge,
    admits_exceptions=False,
)
