"""The builder: canonical text, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.braket.policy import EVERYONE, Kind, PolicyError, Statement, policy

READ = Statement("Read", "Allow", actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",))


def test_the_same_statements_give_the_same_text() -> None:
    one = Statement("A", "Allow", actions=("s3:PutObject", "s3:GetObject"), resources=("arn:aws:s3:::b/*",))
    two = Statement("A", "Allow", actions=("s3:GetObject", "s3:PutObject"), resources=("arn:aws:s3:::b/*",))
    assert policy(Kind.MANAGED, [one]) == policy(Kind.MANAGED, [two])
    assert json.loads(policy(Kind.MANAGED, [one]))["Statement"] == [
        {
            "Sid": "A",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::b/*",
        }
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"sid": "has space"}, "id has letters"),
        ({"actions": ()}, "one of them"),
        ({"not_actions": ("s3:GetObject",)}, "one of them"),
        ({"not_resources": ("arn:aws:s3:::c",)}, "not both"),
        ({"actions": ("s3 GetObject",)}, "is not an action"),
        ({"actions": ("s3:*",)}, r"s3:\* is wide"),
        ({"actions": ("*",)}, "is wide"),
        ({"resources": ("*",)}, "is wide"),
        ({"resources": ("arn:*:job/*",)}, "is wide"),
        ({"resources": ("arn:aws:braket:*:111122223333:job/*",)}, "is wide"),
        ({"resources": ("arn:aws:braket:eu-west-?:111122223333:job/*",)}, "is wide"),
        ({"principals": EVERYONE}, "is public"),
    ],
)
def test_refuses_what_is_wide_or_malformed(given: dict[str, Any], says: str) -> None:
    right: dict[str, Any] = {
        "sid": "Read",
        "effect": "Allow",
        "actions": ("s3:GetObject",),
        "resources": ("arn:aws:s3:::b/*",),
    }
    with pytest.raises(PolicyError, match=says):
        Statement(**{**right, **given})


def test_refuses_an_allow_of_everything_but() -> None:
    with pytest.raises(PolicyError, match="nobody has read"):
        Statement("A", "Allow", not_actions=("iam:CreateUser",), resources=("arn:aws:s3:::b",))
    with pytest.raises(PolicyError, match="nobody has read"):
        Statement("A", "Allow", actions=("s3:GetObject",), not_resources=("arn:aws:s3:::b",))


def test_a_deny_may_be_wide_but_not_its_exemptions() -> None:
    Statement("D", "Deny", actions=("*",), resources=("*",))
    with pytest.raises(PolicyError, match=r"iam:\* is wide"):
        Statement("D", "Deny", not_actions=("iam:*",), resources=("*",))
    with pytest.raises(PolicyError, match="is wide"):
        Statement("D", "Deny", actions=("braket:CreateJob",), not_resources=("arn:*:job/*",))


def test_a_reason_admits_a_wildcard() -> None:
    wide = Statement("A", "Allow", actions=("braket:GetDevice",), resources=("*",), because="public")
    assert '"Resource":"*"' in policy(Kind.MANAGED, [wide])


def test_refuses_what_does_not_fit_the_kind() -> None:
    trust = Statement("T", "Allow", actions=("sts:AssumeRole",), principals={"Service": ("x.amazonaws.com",)})
    with pytest.raises(PolicyError, match="names no principals"):
        policy(Kind.MANAGED, [trust])
    with pytest.raises(PolicyError, match="names its principals"):
        policy(Kind.BUCKET, [READ])
    with pytest.raises(PolicyError, match="names resources"):
        policy(Kind.BUCKET, [trust])
    with pytest.raises(PolicyError, match="used twice"):
        policy(Kind.MANAGED, [READ, READ])


def test_refuses_what_is_longer_than_aws_takes() -> None:
    many = tuple(f"arn:aws:s3:::bucket-number-{number:04}/*" for number in range(200))
    with pytest.raises(PolicyError, match="AWS takes 6144"):
        policy(Kind.MANAGED, [Statement("A", "Allow", actions=("s3:GetObject",), resources=many)])
