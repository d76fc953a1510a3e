from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policy_packs.controls.braket.permission_boundary import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"


def role(**props: object) -> Res:
    return Res("aws:iam/role:Role", {"name": "r", **props})


def boundary(*statements: Mapping[str, object]) -> Res:
    return Res("aws:iam/policy:Policy", {"name": "qlz-sandbox-boundary", "policy": policy(*statements)})


CASES.passes("role with boundary", role(permissionsBoundary=BOUNDARY))
CASES.passes("service role with boundary", role(path="/service-role/", permissionsBoundary=BOUNDARY))
SERVICE = policy(
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
)
MIXED = SERVICE.replace('"Service"', '"AWS": "arn:aws:iam::1:role/x", "Service"')
CASES.passes("an environment's role for a service", role(assumeRolePolicy=SERVICE), declared=ENVIRONMENT)
CASES.fails("a project's role for a service", role(assumeRolePolicy=SERVICE), "does not carry")
CASES.fails("a role for others too", role(assumeRolePolicy=MIXED), "does not carry", declared=ENVIRONMENT)
CASES.passes("another policy", Res("aws:iam/policy:Policy", {"name": "p", "policy": "{"}))
ELSEWHERE = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-2"}}
LOCK: dict[str, object] = {
    "Effect": "Deny",
    "NotAction": ["iam:*", "sts:*", "s3:ListAllMyBuckets"],
    "Resource": "*",
    "Condition": ELSEWHERE,
}
CASES.passes("boundary that allows little", boundary(allow("s3:GetObject"), LOCK), declared=ENVIRONMENT)
CASES.passes(
    "boundary that denies identities",
    boundary(allow("*", "*"), deny(["iam:*", "sts:*"]), LOCK),
    declared=ENVIRONMENT,
)
CASES.passes(
    "everything locked", boundary(allow("s3:GetObject"), deny("*", Condition=ELSEWHERE)), declared=ENVIRONMENT
)
for name, lock in {
    "no lock": deny("iam:*"),
    "a lock without its services": LOCK | {"NotAction": ["iam:*", "s3:*"]},
    "a lock with a way out": LOCK | {"Condition": ELSEWHERE | {"Bool": {"aws:ViaAWSService": "false"}}},
    "a lock to two regions": LOCK
    | {"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-2", "us-east-1"]}}},
    "a lock to another region": LOCK
    | {"Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}},
    "a lock on one bucket": LOCK | {"Resource": "arn:aws:s3:::b"},
}.items():
    CASES.fails(
        f"boundary with {name}",
        boundary(allow("s3:GetObject"), lock),
        "requests to regions other than eu-west-2 pass",
        declared=ENVIRONMENT,
    )
for action in ("iam:TagRole", "iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "sts:AssumeRole"):
    CASES.fails(
        f"boundary with {action}",
        boundary(allow(action), LOCK),
        f"lets {action} through",
        declared=ENVIRONMENT,
    )
CASES.fails("role without", role(), "does not carry")
CASES.fails("service role without", role(path="/service-role/"), "does not carry")
CASES.fails("role with an empty one", role(permissionsBoundary=""), "does not carry")
CASES.fails(
    "role with AWS's own",
    role(permissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"),
    "does not carry",
)
CASES.fails(
    "another account's", role(permissionsBoundary=BOUNDARY.replace(ACCOUNT, "999999999999")), "does not carry"
)
CASES.fails(
    "another boundary", role(permissionsBoundary=BOUNDARY.replace("qlz-sandbox", "wide")), "does not carry"
)
CASES.fails(
    "another environment's", role(permissionsBoundary=BOUNDARY.replace("sandbox", "dev")), "does not carry"
)
CASES.fails("a project's own boundary", boundary(allow("s3:GetObject")), "made by a project")
CASES.fails("wide boundary", boundary(allow("*", "*")), "lets iam:CreateUser through", declared=ENVIRONMENT)
CASES.fails(
    "boundary with a conditional deny",
    boundary(allow("*", "*"), deny("iam:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})),
    "lets iam:CreateUser through",
    declared=ENVIRONMENT,
)
CASES.unknown("boundary unknown", role(permissionsBoundary=UNKNOWN), "permissionsBoundary is unknown")
CASES.unknown(
    "trust unknown", role(assumeRolePolicy=UNKNOWN), "assumeRolePolicy is unknown", declared=ENVIRONMENT
)
CASES.unknown(
    "boundary's policy unknown",
    Res("aws:iam/policy:Policy", {"name": "x-boundary", "policy": UNKNOWN}),
    "policy is unknown",
    declared=ENVIRONMENT,
)

ABOVE = replace(ENVIRONMENT, label="sandbox")
PLAN = {"name": "qlz-sandbox-plan", "path": "/qlz/sandbox/"}
CASES.passes("the environment's own role", role(**PLAN), declared=ABOVE)
CASES.fails("its name in a project's stack", role(**PLAN), "does not carry")
for why, props in {
    "another name": {**PLAN, "name": "qlz-sandbox-admin"},
    "a project's path": {**PLAN, "path": "/qlz/sandbox/optimus/"},
    "another environment's": {"name": "qlz-dev-plan", "path": "/qlz/dev/"},
    "no path": {"name": "qlz-sandbox-plan"},
    "an unknown path": {**PLAN, "path": UNKNOWN},
}.items():
    CASES.fails(
        f"an own role but for {why}", role(assumeRolePolicy=MIXED, **props), "does not carry", declared=ABOVE
    )


def test_case(case: Case) -> None:
    case.check()
