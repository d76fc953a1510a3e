from __future__ import annotations

from policy_packs.controls.braket.resource_policies import CONTROL
from tests.policies.support import ACCOUNT, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"}
SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def bucket(*statements: dict[str, object]) -> Res:
    return Res("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": policy(*statements)})


CASES.passes("own role", bucket(allow("s3:GetObject", Principal=ROLE)))
for name, source in {
    "account": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    "trail": {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-2:{ACCOUNT}:trail/t"}},
    "pattern": {"ArnLike": {"AWS:SourceArn": f"arn:aws:braket:*:{ACCOUNT}:*"}},
}.items():
    CASES.passes(f"a service, by {name}", bucket(allow("s3:PutObject", Principal=SERVICE, Condition=source)))
UNBOUND: dict[str, dict[str, dict[str, object]]] = {
    "without a source": {},
    "of another account": {"StringEquals": {"aws:SourceAccount": "9" * 12}},
    "of one account more": {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "9" * 12]}},
    "if it says a source": {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
    "of any account": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-2:*:trail/{ACCOUNT}"}},
    "for all sources, none among them": {"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT}},
}
for name, condition in UNBOUND.items():
    CASES.fails(
        f"a service {name}",
        bucket(allow("s3:PutObject", Principal=SERVICE, Condition=condition)),
        "on behalf of any account",
    )
CASES.fails(
    "a role's session, which no boundary limits",
    bucket(allow("s3:GetObject", Principal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y"})),
    "or no role",
)
CASES.fails(
    "a user", bucket(allow("s3:GetObject", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/x"})), "or no role"
)
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
LOGS = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
EVENTS = {"Service": "events.amazonaws.com"}
STREAMS = Res(LOGS, {"policyDocument": policy(allow("logs:CreateLogStream", Principal=EVENTS))})
WRITES = Res(
    LOGS,
    {"policyDocument": policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], Principal=EVENTS))},
)
CASES.passes("an empty stream, which tells no source", STREAMS)
CASES.fails("entries without a source", WRITES, "on behalf of any account")
CASES.fails("a stream as a bucket's", bucket(allow("logs:CreateLogStream", Principal=EVENTS)), "any account")
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
SECRET = "aws:secretsmanager/secret:Secret"
CASES.passes("a secret whose policy is a resource", Res(SECRET, {"name": "s", "policy": ""}))
CASES.fails(
    "a secret's inline policy",
    Res(SECRET, {"policy": policy(allow("secretsmanager:GetSecretValue", "*", Principal="*"))}),
    "its policy stands in it",
)
CASES.unknown("a secret's inline policy to come", Res(SECRET, {"policy": UNKNOWN}), "policy is unknown")


def test_case(case: Case) -> None:
    case.check()
