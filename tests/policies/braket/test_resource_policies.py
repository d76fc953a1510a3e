from __future__ import annotations

from policy_packs.controls.braket.resource_policies import CONTROL
from tests.policies.support import ACCOUNT, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"}
SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def bucket(*statements: dict[str, object]) -> Res:
    return Res("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": policy(*statements)})


CASES.passes("own role", bucket(allow("s3:GetObject", Principal=ROLE)))
CASES.passes("a service", bucket(allow("s3:PutObject", Principal=SERVICE)))
CASES.passes("deny for everybody", bucket(deny("s3:*", Principal="*")))
CASES.passes("topic without inline policy", Res("aws:sns/topic:Topic", {}))
CASES.fails("everybody", bucket(allow("s3:GetObject", Principal="*")), "lets everybody in")
CASES.fails(
    "everybody under a condition",
    bucket(allow("s3:GetObject", Principal="*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
    "lets everybody in",
)
CASES.fails("everybody by list", bucket(allow("s3:GetObject", Principal={"AWS": ["*"]})), "lets everybody in")
CASES.fails("everybody but", bucket(allow("s3:GetObject", NotPrincipal=ROLE)), "lets everybody in")
CASES.fails("another account", bucket(allow("s3:GetObject", Principal={"AWS": "9" * 12})), "not of account")
CASES.fails(
    "a canonical user",
    bucket(allow("s3:GetObject", Principal={"CanonicalUser": "79a5"})),
    "roles of the account",
)
CASES.fails("no principal", bucket(allow("s3:GetObject")), "roles of the account")
CASES.fails(
    "topic's inline policy",
    Res("aws:sns/topic:Topic", {"policy": policy(allow("sns:Publish", Principal="*"))}),
    "lets everybody in",
)
CASES.fails(
    "topic",
    Res(
        "aws:sns/topicPolicy:TopicPolicy", {"policy": policy(allow("sns:Subscribe", Principal={"AWS": "*"}))}
    ),
    "lets everybody in",
)
CASES.fails(
    "logs",
    Res(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {"policyDocument": policy(allow("*", Principal="*"))},
    ),
    "lets everybody in",
)
CASES.unknown(
    "policy unknown", Res("aws:s3/bucketPolicy:BucketPolicy", {"policy": UNKNOWN}), "policy is unknown"
)
CASES.unknown("topic's policy unknown", Res("aws:sns/topic:Topic", {"policy": UNKNOWN}), "policy is unknown")
CASES.fails(
    "a secret for everybody",
    Res("aws:secretsmanager/secretPolicy:SecretPolicy", {"policy": policy(allow("*", "*", Principal="*"))}),
    "lets everybody in",
)


def test_case(case: Case) -> None:
    case.check()
