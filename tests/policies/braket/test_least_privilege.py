from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.least_privilege import CONTROL
from tests.policies.support import (
    ACCOUNT,
    ENVIRONMENT,
    SV1,
    UNKNOWN,
    Case,
    Cases,
    Res,
    allow,
    deny,
    policy,
    secret,
)

CASES = Cases(CONTROL)
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonBraketJobsExecutionRole-optimus-sandbox"
TASKS = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/*"
OWN = {"StringEquals": {"aws:RequestTag/project": "optimus"}}
TAGGED = {"StringEquals": {"aws:ResourceTag/project": "optimus"}}


def managed(*statements: dict[str, object], **props: object) -> Res:
    return Res("aws:iam/policy:Policy", {"name": "p", "policy": policy(*statements), **props})


CASES.passes(
    "named action on a named resource", managed(allow("s3:GetObject", "arn:aws:s3:::amazon-braket-x/*"))
)
CASES.passes("reading of settings", managed(allow(["iam:Get*", "s3:ListAllMyBuckets"], "*")))
CASES.passes("deny of everything", managed(deny("*", "*")))
CASES.passes(
    "submission with the tag", managed(allow("braket:CreateQuantumTask", [SV1, TASKS], Condition=OWN))
)
QUOTAS = f"arn:aws:servicequotas:eu-west-2:{ACCOUNT}:"
CASES.passes(
    "a quota of one service", managed(allow("servicequotas:RequestServiceQuotaIncrease", f"{QUOTAS}braket/*"))
)
CASES.fails(
    "a quota of any service",
    managed(allow("servicequotas:RequestServiceQuotaIncrease", f"{QUOTAS}*")),
    "reaches other projects",
)
CASES.passes("own tasks", managed(allow("braket:GetQuantumTask", TASKS, Condition=TAGGED)))
CASES.passes(
    "one role to one service",
    managed(
        allow(
            "iam:PassRole",
            JOB_ROLE,
            Condition={"StringEquals": {"iam:PassedToService": "braket.amazonaws.com"}},
        )
    ),
)
CASES.passes("a boundary limits and does not grant", managed(allow("*", "*"), name="qlz-sandbox-boundary"))
CASES.passes(
    "attaching under the boundary",
    managed(
        allow(
            "iam:AttachRolePolicy",
            "arn:aws:iam::1:role/x",
            Condition={"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/freeze"}},
        )
    ),
    declared=replace(ENVIRONMENT, label="sandbox"),
)
for name, action in {
    "everything": "*",
    "a service": "braket:*",
    "a service in capitals": "BRAKET:*",
    "a pattern": "braket:create*",
    "a pattern with ?": "braket:CreateQuantumTas?",
    "any service": "*:GetObject",
    "part of a service": "s?:GetObject",
    "reads of data": "s3:Get*",
    "reads of secrets": "secretsmanager:Get*",
    "reads of credentials": "sts:Get*",
}.items():
    CASES.fails(name, managed(allow(action, "arn:aws:s3:::b/x")), "a pattern of actions nobody has read")
CASES.fails(
    "everything, escaped", managed(policy=policy(allow("X", "x")).replace('"X"', '"\\u002a"')), "pattern of"
)
CASES.fails("everything in a secret", managed(policy=secret(policy(allow("*", "*")))), "a pattern of actions")
CASES.fails(
    "one statement, not in a list", managed(policy={"Statement": allow("s3:*")}), "a pattern of actions"
)
CASES.fails(
    "all but some actions",
    managed({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    "all actions but a list",
)
CASES.fails(
    "all but some resources",
    managed({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret"}),
    "all resources but a list",
)
CASES.fails("on every resource", managed(allow("s3:PutObject", "*")), "s3:PutObject on every resource")
for pattern in (
    "arn:aws:*",
    "arn:*:*",
    "arn:?ws:*:*",
    "ar*",
    "*:*",
    "arn:aws:*:*:*:*",
    "${aws:x}*",
    "arn:aws*",
):
    CASES.fails(
        f"on every resource as {pattern}", managed(allow("s3:PutObject", pattern)), "on every resource"
    )
CASES.fails("on every resource, twice", managed(allow("s3:PutObject", "**")), "on every resource")
CASES.fails(
    "inline of a role", Res("aws:iam/rolePolicy:RolePolicy", {"policy": policy(allow("*", "*"))}), "pattern"
)
CASES.fails(
    "in the role itself",
    Res("aws:iam/role:Role", {"inlinePolicies": [{"name": "x", "policy": policy(allow("*", "*"))}]}),
    "pattern",
)
for action in (
    "iam:CreateAccessKey",
    "iam:createaccesskey",
    "kms:CreateGrant",
    "s3:CreateBucket",
    "iam:PutRolePolicy",
):
    CASES.fails(action, managed(allow(action)), "could widen itself")
CASES.fails(
    "submission without the tag",
    managed(allow("braket:CreateJob", SV1)),
    "without the tag of project optimus",
)
CASES.fails(
    "another project's tag",
    managed(allow("braket:CreateJob", SV1, Condition={"StringEquals": {"aws:RequestTag/project": "other"}})),
    "without the tag of project optimus",
)
CASES.fails(
    "any tag",
    managed(allow("braket:CreateJob", SV1, Condition={"StringLike": {"aws:RequestTag/project": "*"}})),
    "without the tag of project optimus",
)
CASES.fails("others' tasks", managed(allow("braket:GetQuantumTask", TASKS)), "do not carry the tag")
CASES.fails(
    "any role passed",
    managed(allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*")),
    "any role of a pattern",
)
CASES.fails("passed to any service", managed(allow("iam:PassRole", JOB_ROLE)), "to any service")
CASES.fails("any role assumed", managed(allow("sts:AssumeRole", "arn:aws:iam::*:role/*")), "assumed")
CASES.fails(
    "roles without the boundary",
    managed(allow("iam:CreateRole", "arn:aws:iam::1:role/x")),
    "on roles without the boundary",
    declared=ENVIRONMENT,
)
CASES.unknown("policy unknown", managed(policy=UNKNOWN), "policy is unknown at preview")
CASES.unknown("policy unknown inside a secret", managed(policy=secret(UNKNOWN)), "policy is unknown")
CASES.unknown(
    "policy with an unknown inside", managed(allow("s3:GetObject", f"arn:{UNKNOWN}/x")), "unknown at preview"
)
CASES.unknown("malformed", managed(policy='{"Statement": [}'), "policy is not valid JSON")
CASES.unknown("twice the same element", managed(policy='{"Statement": [], "Statement": []}'), "twice")
CASES.unknown("no effect", managed({"Action": "*", "Resource": "*"}), "neither Allow nor Deny")
CASES.unknown(
    "misspelt", managed({"Effect": "Allow", "action": "*", "Resource": "*"}), "does not know: action"
)

ABOVE = replace(ENVIRONMENT, label="sandbox")
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/qlz-sandbox-plan"
PROJECTS = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/*/qlz-*-sandbox-*"
FREEZE = f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/*/qlz-*-sandbox-freeze"


def freezing(*patterns: str, operator: str = "ArnLike") -> Res:
    condition = {operator: {"iam:PolicyARN": list(patterns)}}
    return managed(allow("iam:AttachRolePolicy", PROJECTS, Condition=condition))


CASES.passes(
    "the environment's own roles by name", managed(allow("iam:CreateRole", OWN_ROLE)), declared=ABOVE
)
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-plan"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def attaching(key: str, values: object, action: str = "iam:AttachRolePolicy", on: str = PROJECTS) -> Res:
    return managed(allow(action, on, Condition={"StringEquals": {key: values}}))


CASES.passes("attaching its own policy", attaching("iam:PolicyARN", OWN_POLICY, on=OWN_ROLE), declared=ABOVE)
CASES.passes(
    "attaching to roles with its boundary", attaching("iam:PermissionsBoundary", BOUNDARY), declared=ABOVE
)
CASES.passes(
    "making roles with its boundary",
    attaching("iam:PermissionsBoundary", BOUNDARY, "iam:CreateRole"),
    declared=ABOVE,
)
for why, values in {
    "AWS's own": ADMIN,
    "AWS's own beside its own": [OWN_POLICY, ADMIN],
    "another environment's": OWN_POLICY.replace("sandbox", "dev"),
    "another account's": OWN_POLICY.replace(ACCOUNT, "999999999999"),
    "one made outside": f"arn:aws:iam::{ACCOUNT}:policy/wide",
    "the boundary": BOUNDARY,
}.items():
    CASES.fails(
        f"attaching a policy, {why}",
        attaching("iam:PolicyARN", values, on=OWN_ROLE),
        "lets any policy be attached",
        declared=ABOVE,
    )
CASES.fails(
    "attaching where no environment is named",
    attaching("iam:PolicyARN", OWN_POLICY.replace("sandbox", "")),
    "lets any policy be attached",
    declared=ENVIRONMENT,
)
for why, values in {"AWS's own": ADMIN, "AWS's own beside it": [BOUNDARY, ADMIN]}.items():
    for action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary"):
        CASES.fails(
            f"{action} with a boundary, {why}",
            attaching("iam:PermissionsBoundary", values, action),
            "on roles without the boundary",
            declared=ABOVE,
        )
    CASES.fails(
        f"attaching to roles with a boundary, {why}",
        attaching("iam:PermissionsBoundary", values),
        "lets any policy be attached",
        declared=ABOVE,
    )


def passing(pattern: str, service: str) -> Res:
    condition = {"StringEquals": {"iam:PassedToService": service}}
    return managed(allow("iam:PassRole", pattern, Condition=condition))


BACKUPS = PROJECTS.removesuffix("*") + "backup"
CASES.passes("S3 takes backup roles", passing(BACKUPS, "s3.amazonaws.com"), declared=ABOVE)
CASES.fails(
    "another service takes them", passing(BACKUPS, "ec2.amazonaws.com"), "of a pattern", declared=ABOVE
)
CASES.fails("S3 takes any role", passing(PROJECTS, "s3.amazonaws.com"), "of a pattern", declared=ABOVE)
CASES.fails("a project passes by pattern", passing(BACKUPS, "s3.amazonaws.com"), "of a pattern")
CASES.passes("attaching a freeze", freezing(FREEZE), declared=ABOVE)
CASES.passes(
    "new keys with the environment's tag",
    managed(
        allow("kms:CreateKey", "*", Condition={"StringEquals": {"aws:RequestTag/environment": "sandbox"}})
    ),
    declared=ABOVE,
)
CASES.passes("what AWS scopes to nothing", managed(allow("logs:PutResourcePolicy", "*")), declared=ABOVE)
for why, resources in {
    "a pattern of them": f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/qlz-sandbox-*",
    "another besides": [OWN_ROLE, f"arn:aws:iam::{ACCOUNT}:role/x"],
    "another environment's": OWN_ROLE.replace("sandbox", "dev"),
}.items():
    CASES.fails(
        f"own roles, {why}",
        managed(allow("iam:CreateRole", resources)),
        "on roles without the boundary",
        declared=ABOVE,
    )
for why, given in {
    "any policy named so": freezing(f"arn:aws:iam::{ACCOUNT}:policy/*-freeze"),
    "another besides": freezing(FREEZE, f"arn:aws:iam::{ACCOUNT}:policy/*"),
    "AWS's own": freezing("arn:aws:iam::aws:policy/*"),
    "all but it": freezing(FREEZE, operator="ArnNotLike"),
    "if there is one": freezing(FREEZE, operator="ArnLikeIfExists"),
}.items():
    CASES.fails(f"attaching a freeze, {why}", given, "lets any policy be attached", declared=ABOVE)
CASES.fails("new keys without a tag", managed(allow("kms:CreateKey", "*")), "every resource", declared=ABOVE)
CASES.fails(
    "new keys with another's tag",
    managed(allow("kms:CreateKey", "*", Condition={"StringEquals": {"aws:RequestTag/environment": "dev"}})),
    "every resource",
    declared=ABOVE,
)
CASES.fails(
    "what AWS scopes to nothing, in a project", managed(allow("logs:PutResourcePolicy", "*")), "every"
)


KEYS = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/*"
FOR_SAGEMAKER: dict[str, object] = {
    "Bool": {"kms:GrantIsForAWSResource": "true"},
    "StringEquals": {"kms:ViaService": "sagemaker.eu-west-2.amazonaws.com"},
}
CASES.passes(
    "grants for notebooks' volumes",
    managed(allow("kms:CreateGrant", KEYS, Condition=FOR_SAGEMAKER)),
    declared=ENVIRONMENT,
)
CASES.fails(
    "a project's own grants, for notebooks too",
    managed(allow("kms:CreateGrant", KEYS, Condition=FOR_SAGEMAKER)),
    "allows kms:CreateGrant, by which",
)
for left in FOR_SAGEMAKER:
    rest = {key: value for key, value in FOR_SAGEMAKER.items() if key != left}
    CASES.fails(
        f"grants without {left}",
        managed(allow("kms:CreateGrant", KEYS, Condition=rest)),
        "beyond the volumes of notebooks",
        declared=ENVIRONMENT,
    )
CASES.fails(
    "grants among other actions",
    managed(allow(["kms:CreateGrant", "kms:DescribeKey"], KEYS, Condition=FOR_SAGEMAKER)),
    "beyond the volumes of notebooks",
    declared=ENVIRONMENT,
)


def test_case(case: Case) -> None:
    case.check()
