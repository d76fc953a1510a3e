"""Nothing of a secret stands in what a control says, whichever part of it was wrong."""

from __future__ import annotations

import json

import pytest

from policy_packs.controls.redaction import redacted
from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Value
from tests.policies.support import (
    ACCOUNT,
    ENVIRONMENT,
    PROJECT,
    Res,
    allow,
    analyze,
    analyze_stack,
    policy,
    secret,
)

MARK = "Hunter2Xyzzy"
DOCUMENT = policy(
    allow(
        f"s3:{MARK}",
        f"arn:aws:s3:::{MARK}/*",
        Sid=MARK,
        Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/{MARK}", "Federated": MARK, MARK: MARK},
        Condition={MARK: {f"{MARK}:aud": MARK}, "StringEquals": {"kms:ResourceAliases": MARK}},
    ),
    allow(
        "sts:AssumeRoleWithWebIdentity",
        f"arn:aws:braket:::device/{MARK}",
        Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{MARK}"},
        Condition={"StringEquals": {f"{MARK}:sub": MARK}},
    ),
    {"Effect": MARK, MARK: MARK},
)
RESOURCES = (
    Res(
        "aws:iam/role:Role", {"assumeRolePolicy": secret(DOCUMENT), "permissionsBoundary": secret(MARK)}, "a"
    ),
    Res(
        "aws:iam/role:Role",
        {"inlinePolicies": [{"policy": secret(DOCUMENT)}], "tags": secret({"project": MARK})},
        "b",
    ),
    Res("aws:iam/policy:Policy", {"policy": secret(DOCUMENT), "name": secret(MARK)}, "c"),
    Res(
        "aws:iam/policy:Policy",
        {"policy": secret(DOCUMENT.replace(f'"Effect": "{MARK}", ', '"Effect": "Deny", "Action": "x", '))},
        "d",
    ),
    Res("aws:kms/key:Key", {"policy": secret(DOCUMENT), "deletionWindowInDays": secret(3)}, "e"),
    Res(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"policy": secret(json.loads(DOCUMENT)), "bucket": secret(MARK)},
        "f",
    ),
    Res(
        "aws:sns/topicSubscription:TopicSubscription", {"endpoint": secret(MARK), "topic": secret(MARK)}, "g"
    ),
    Res(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": secret(MARK), "policyArn": secret(f"arn:aws:iam::aws:policy/{MARK}")},
        "h",
    ),
    Res(
        "aws:kms/alias:Alias",
        {"name": secret(MARK)},
        "i",
        provider={"region": secret(MARK), "defaultTags": secret(json.dumps({"tags": {"project": MARK}}))},
    ),
    Res(
        "aws:sns/topic:Topic",
        {},
        "j",
        provider={"region": secret(MARK), "defaultTags": secret(json.dumps({"tags": {"project": MARK}}))},
    ),
)


@pytest.mark.parametrize("declared", [ENVIRONMENT, PROJECT], ids=["environment", "project"])
def test_no_control_tells_a_secret(declared: Declared) -> None:
    facts = StackFacts(declared)
    found = [each for resource in RESOURCES for each in analyze(all_controls(), resource, facts)]
    found += analyze_stack(all_controls(), RESOURCES, facts)
    assert len(found) > 20
    told = [each.message for each in found if MARK in each.message or MARK.lower() in each.message]
    assert not told


def test_what_is_not_secret_stays() -> None:
    value = Value.of({"policy": secret('{"Sid": "Mine"}'), "name": "other"})
    text = "qlz-x: statement Mine of its policy names other, not statement Yours."
    assert redacted(text, value) == text.replace("Mine", "[secret]")


def test_a_piece_of_a_secret_goes_too() -> None:
    value = Value.of({"policy": secret("arn:aws:iam::1:oidc-provider/ci.example.org")})
    assert redacted("pins (ci.example.org:aud) to the policy", value) == "pins ([secret]:aud) to the policy"
    assert redacted("lets in ci.example.org.", value) == "lets in [secret]."
