"""C2, R1, K2: results are copied into the project's own archive, under the project's own key, and whole."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import BUCKET, BUCKET_REPLICATION, KEYS, ROLE, refers, role_arn
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, expect, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Value


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    for copies in stack.of_type(BUCKET_REPLICATION):
        if not declared.is_project:
            yield fail("only a project's results are copied", copies)
        if not any(
            refers(stack, copies, "bucket", bucket, "bucket", "id") for bucket in stack.of_type(BUCKET)
        ):
            yield fail("it copies from a bucket that is not of this stack", copies)
        yield from _role(stack, copies, declared)
        if copies["rules"].unknown:
            yield undecided(copies["rules"], copies)
            continue
        for rule in copies["rules"]:
            yield from _judge(stack, copies, rule, declared)


def _judge(stack: Stack, copies: Resource, rule: Value, declared: Declared) -> Iterator[Finding]:
    destination = rule.get("destination")
    bucket = destination.get("bucket")
    if bucket.unknown:
        if not any(found.type == BUCKET for found in stack.behind(copies, "rules")):
            yield undecided(bucket, copies)
    elif not any(bucket.text() == f"arn:aws:s3:::{own['bucket'].text()}" for own in stack.of_type(BUCKET)):
        yield fail("it copies to a bucket that is not of this stack", copies)
    key = destination.get("encryptionConfiguration").get("replicaKmsKeyId")
    if declared.customer_key:
        yield from _key(stack, copies, key)
        yield from expect(
            rule.get("sourceSelectionCriteria").get("sseKmsEncryptedObjects").get("status"),
            lambda status: status == "Enabled",
            "it leaves out what is encrypted with a key, which is everything",
            copies,
        )
    yield from expect(
        rule.get("deleteMarkerReplication").get("status"),
        lambda status: status in (None, "Disabled"),
        "it deletes in the archive, too, what is deleted",
        copies,
    )
    yield from expect(rule.get("status"), lambda status: status == "Enabled", "a rule is off", copies)


def _key(stack: Stack, copies: Resource, key: Value) -> Iterator[Finding]:
    own = stack.of_type(*KEYS)
    if key.absent:
        yield fail("its copies are not encrypted with a key of ours", copies)
    elif key.unknown:
        if not any(found.type in KEYS for found in stack.behind(copies, "rules")):
            yield undecided(f"{key.path} is unknown at preview and does not come from a key", copies)
    elif not any(key == found["arn"] for found in own):
        yield fail("its copies are encrypted with a key that is not of this stack", copies)


def _role(stack: Stack, copies: Resource, declared: Declared) -> Iterator[Finding]:
    role = copies["role"]
    if role.unknown:
        if not any(found.type == ROLE for found in stack.behind(copies, "role")):
            yield undecided(role, copies)
        return
    names = {role_arn(found, declared.account) for found in stack.of_type(ROLE)} - {""}
    if role.text() not in names:
        yield fail("it copies with a role that is not of this stack", copies)


CONTROL = Control(
    id="qlz-c2-own-archive",
    title="Copies stay in the project's archive, under its key",
    why="A copy in another bucket, or under another key, is read, kept and deleted by other people's rules.",
    fix="Copy to the stack's archive bucket, by its role, under its key, without delete markers.",
    requirements=("C2", "R1", "K2", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("CP-9", "AC-4", "SC-28(1)"),
        "iso-27001-2022-annex-a": ("A.8.13", "A.8.24"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("BCR-08", "DSP-10", "CEK-03"),
        "uk-gdpr": ("32",),
    },
    types=(BUCKET_REPLICATION,),
    judge_stack=judge_stack,
)
