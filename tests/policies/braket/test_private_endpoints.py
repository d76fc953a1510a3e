from __future__ import annotations

from typing import Any

from policy_packs.controls.braket.private_endpoints import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, UNKNOWN, Case, Cases, Res, policy

CASES = Cases(CONTROL, ENVIRONMENT)
OURS = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
TASKS = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/*"


def allow(
    actions: object, resources: object, condition: object = OURS, principal: object = "*"
) -> dict[str, Any]:
    said = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resources}
    return {**said, "Condition": condition} if condition else said


SUBMIT = allow(
    ["braket:CreateQuantumTask", "braket:GetQuantumTask"],
    [TASKS, "arn:aws:braket:::device/quantum-simulator/*"],
)


def endpoint(*statements: dict[str, Any], service: str = "braket", **props: Any) -> Res:
    kind = "Gateway" if service == "s3" else "Interface"
    said = {
        "serviceName": f"com.amazonaws.eu-west-2.{service}",
        "vpcEndpointType": kind,
        "privateDnsEnabled": kind == "Interface",
        "policy": policy(*statements),
    }
    return Res("aws:ec2/vpcEndpoint:VpcEndpoint", {**said, **props})


RESULTS = f"arn:aws:s3:::qlz-*-sandbox-results-{ACCOUNT}/*"
SIGN_IN = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
NOBODY_YET: dict[str, Any] = {}
CASES.passes("our tasks", endpoint(SUBMIT))
CASES.passes("looking", endpoint(allow(["braket:SearchDevices", "braket:GetDevice"], "*")))
CASES.passes("who am I", endpoint(allow("sts:GetCallerIdentity", "*"), service="sts"))
CASES.passes(
    "signing in", endpoint(allow(SIGN_IN, f"arn:aws:iam::{ACCOUNT}:role/qlz/*", NOBODY_YET), service="sts")
)
HERE = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}}
CASES.passes("our results", endpoint(allow("s3:PutObject", RESULTS, HERE), service="s3"))
CASES.fails(
    "a bucket by a name that is free",
    endpoint(allow("s3:PutObject", RESULTS), service="s3"),
    "may be anybody's",
)
for pattern in ("br*", "braket:?*", "*:CreateQuantumTask", "braket:*Task"):
    CASES.fails(
        f"actions {pattern}", endpoint(allow(pattern, TASKS)), "more through than the actions it names"
    )
CASES.passes(
    "whatever is ours",
    endpoint(
        allow(
            "s3:GetObject",
            "*",
            {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}},
        ),
        service="s3",
    ),
)
CASES.passes(
    "by role",
    endpoint(
        allow(
            "kms:Decrypt",
            f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/*",
            NOBODY_YET,
            {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"},
        ),
        service="kms",
    ),
)
CASES.passes(
    "in a further region",
    endpoint(SUBMIT, region="eu-north-1", serviceName="com.amazonaws.eu-north-1.braket"),
)
CASES.fails("without a policy", endpoint(policy=None), "lets everybody through to everything")
CASES.fails("AWS's own policy", endpoint(allow("*", "*", NOBODY_YET)), "more through than the actions")
CASES.fails("a whole service", endpoint(allow("braket:*", TASKS)), "more through than the actions")
CASES.fails(
    "all but",
    endpoint({"Effect": "Allow", "Principal": "*", "NotAction": "iam:*", "Resource": TASKS}),
    "more through",
)
CASES.fails("anybody", endpoint(allow("braket:GetQuantumTask", TASKS, NOBODY_YET)), "not of account")
CASES.fails(
    "another account",
    endpoint(
        allow("braket:GetQuantumTask", TASKS, {"StringEquals": {"aws:PrincipalAccount": "999999999999"}})
    ),
    "not of account",
)
CASES.fails(
    "perhaps ours",
    endpoint(
        allow("braket:GetQuantumTask", TASKS, {"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}})
    ),
    "not of account",
)
CASES.fails(
    "two accounts",
    endpoint(
        allow("braket:GetQuantumTask", TASKS, {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, "9" * 12]}})
    ),
    "not of account",
)
CASES.fails("any bucket", endpoint(allow("s3:PutObject", "*"), service="s3"), "may be anybody's")
CASES.fails(
    "somebody's bucket", endpoint(allow("s3:PutObject", "arn:aws:s3:::drop/*"), service="s3"), "anybody's"
)
CASES.fails(
    "a bucket that sounds like ours",
    endpoint(allow("s3:PutObject", f"arn:aws:s3:::qlz-drop-{ACCOUNT}-x/*"), service="s3"),
    "anybody's",
)
CASES.fails("everybody's tasks", endpoint(allow("braket:GetQuantumTask", "*")), "anybody's")
CASES.fails(
    "roles elsewhere", endpoint(allow(SIGN_IN, "*", NOBODY_YET), service="sts"), "roles of other accounts"
)
CASES.fails("another service", endpoint(SUBMIT, service="ec2"), "no service projects use")
CASES.fails(
    "of another region", endpoint(SUBMIT, serviceName="com.amazonaws.us-east-1.braket"), "no service projects"
)
CASES.fails(
    "of somebody else",
    endpoint(SUBMIT, serviceName="com.amazonaws.vpce.eu-west-2.vpce-svc-1"),
    "no service projects",
)
CASES.fails("braket by a gateway", endpoint(SUBMIT, vpcEndpointType="Gateway"), "no service projects")
CASES.fails("calls go past it", endpoint(SUBMIT, privateDnsEnabled=False), "calls go past it")
CASES.unknown("policy unknown", endpoint(policy=UNKNOWN), "policy is unknown")
CASES.unknown("service unknown", endpoint(SUBMIT, serviceName=UNKNOWN), "serviceName is unknown")
CASES.unknown("policy unreadable", endpoint(policy="{"), "not valid JSON")


def test_case(case: Case) -> None:
    case.check()
