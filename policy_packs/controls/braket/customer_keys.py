"""K2: stores, logs, alerts and the trail are encrypted with a key of ours."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    ALIAS,
    BUCKET,
    BUCKET_ENCRYPTION,
    KEYS,
    LOG_GROUP,
    NOTEBOOK,
    SECRET,
    TOPIC,
    TRAIL,
    of_bucket,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Value

_KEY_OF = {
    LOG_GROUP: "kmsKeyId",
    NOTEBOOK: "kmsKeyId",
    SECRET: "kmsKeyId",
    TOPIC: "kmsMasterKeyId",
    TRAIL: "kmsKeyId",
}
_REFERENCE = "pulumi:pulumi:StackReference"


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.customer_key:
        return
    if declared.is_environment:
        yield from _judge_apart(stack, declared)
    for bucket in stack.of_type(BUCKET):
        yield from _judge_bucket(stack, bucket, declared)
    for token, prop in _KEY_OF.items():
        for resource in stack.of_type(token):
            yield from _judge_key(stack, resource, prop, resource[prop], declared)


def _judge_bucket(stack: Stack, bucket: Resource, declared: Declared) -> Iterator[Finding]:
    settings = of_bucket(stack, bucket, BUCKET_ENCRYPTION)
    if not settings:
        yield fail("it is not encrypted with a key of ours", bucket)
    for setting in settings:
        rules = setting["rules"].elements()
        if not rules:
            yield fail("it has no rule", setting)
        for rule in rules:
            default = rule.get("applyServerSideEncryptionByDefault")
            algorithm = default.get("sseAlgorithm")
            if algorithm.unknown:
                yield undecided(algorithm, setting)
            elif algorithm.text() not in ("aws:kms", "aws:kms:dsse"):
                yield fail(f"it encrypts with {algorithm}, not with a key of ours", setting)
            else:
                yield from _judge_key(stack, setting, "rules", default.get("kmsMasterKeyId"), declared)


def _judge_key(
    stack: Stack, resource: Resource, prop: str, key: Value, declared: Declared
) -> Iterator[Finding]:
    if key.absent:
        yield fail("it is not encrypted with a key of ours", resource)
    elif key.unknown:
        # The cloud gives a key its ARN: until then the reference is judged by what it depends on.
        if not any(found.type in (*KEYS, ALIAS, _REFERENCE) for found in stack.behind(resource, prop)):
            yield undecided(f"{key.path} is unknown at preview and does not come from a key", resource)
    elif not _is_ours(stack, key.text(), declared):
        yield fail("its key is not one of this account and region made by us", resource)


def _is_ours(stack: Stack, key: str, declared: Declared) -> bool:
    """By its id, its ARN or an alias of this stack; or one of the environment, which the stack reads."""
    own = {
        name for found in stack.of_type(*KEYS) for name in (found["arn"].text(), found["keyId"].text())
    } | {alias["name"].text() for alias in stack.of_type(ALIAS)}
    here = f"arn:aws:kms:{declared.region}:{declared.account}:"
    if key.removeprefix(here) in own - {""} or key in own - {""}:
        return True
    read = {text for found in stack.of_type(_REFERENCE) for text in _texts(found["outputs"])}
    return key in read and key.startswith(f"{here}key/")


def _texts(value: Value) -> Iterator[str]:
    yield value.text()
    for _, part in value.items():
        yield from _texts(part)


def _judge_apart(stack: Stack, declared: Declared) -> Iterator[Finding]:
    """An environment's logs, alerts and trail each have a key of their own: who reads one reads no other."""
    users: dict[str, Resource] = {}
    for token in (LOG_GROUP, TOPIC, TRAIL):
        for resource in stack.of_type(token):
            key = resource[_KEY_OF[token]]
            behind = [each.urn for each in stack.behind(resource, _KEY_OF[token]) if each.type in KEYS]
            name = (behind[0] if len(behind) == 1 else "") if key.unknown else key.text()
            if name and users.setdefault(name, resource) is not resource:
                yield fail(f"its key is that of {users[name].name} too", resource)
    for setting in stack.of_type(BUCKET_ENCRYPTION):
        for rule in setting["rules"]:
            key = rule.get("applyServerSideEncryptionByDefault").get("kmsMasterKeyId")
            behind = [each.urn for each in stack.behind(setting, "rules") if each.type in KEYS]
            name = (behind[0] if len(behind) == 1 else "") if key.unknown else key.text()
            user = users.get(name)
            if user is not None and (user.type != TRAIL or user["s3BucketName"] != setting["bucket"]):
                yield fail(f"its key is that of {user.name} too", setting)


CONTROL = Control(
    id="qlz-k2-customer-keys",
    title="Stores and logs are encrypted with a key of ours",
    why="With the provider's own key nobody here can cut access off, nor see who decrypted what.",
    fix="Give it the ARN of a key of this stack; for buckets, by a server-side encryption configuration.",
    requirements=("K2", "L3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-28(1)", "SC-12"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-03", "CEK-08"),
        "uk-gdpr": ("32",),
    },
    types=(BUCKET, BUCKET_ENCRYPTION, LOG_GROUP, NOTEBOOK, SECRET, TOPIC, TRAIL),
    judge_stack=judge_stack,
)
