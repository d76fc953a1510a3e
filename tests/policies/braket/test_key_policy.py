from __future__ import annotations

from policy_packs.controls.braket.key_policy import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res, policy

CASES = Cases(CONTROL)
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ADMIN = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"]
USE = ["kms:Decrypt", "kms:GenerateDataKey"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/researcher"


def key(*statements: dict[str, object]) -> Res:
    return Res("aws:kms/key:Key", {"policy": policy(*statements)})


def says(principal: object, actions: object, **condition: object) -> dict[str, object]:
    found = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    return found | ({"Condition": condition} if condition else {})


ADMINISTRATION = says(ROOT, ADMIN)
CASES.passes("administration by the account, use by a role", key(ADMINISTRATION, says({"AWS": ROLE}, USE)))
CASES.passes(
    "use by roles in a condition", key(ADMINISTRATION, says(ROOT, USE, ArnEquals={"aws:PrincipalArn": ROLE}))
)
LOGS = {"Service": "logs.eu-west-2.amazonaws.com"}
LOG = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:x"
CASES.passes(
    "use by a service for one log",
    key(ADMINISTRATION, says(LOGS, USE, ArnEquals={"kms:EncryptionContext:aws:logs:arn": LOG})),
)
CASES.fails("use by a service for anybody", key(ADMINISTRATION, says(LOGS, USE)), "on behalf of any account")
CASES.fails(
    "a role's session",
    key(ADMINISTRATION, says({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y"}, USE)),
    "or no role",
)
for action in ("kms:CreateAlias", "kms:TagResource", "kms:RevokeGrant", "kms:EnableKey"):
    CASES.fails(
        f"use and {action}", key(says({"AWS": ROLE}, [*USE, action])), "administration and use to one"
    )
for name, actions in {
    "kms:*": "kms:*",
    "in capitals": "KMS:*",
    "everything": "*",
    "patterns of both": ["kms:Put*", "kms:De?rypt"],
    "both by name": [*ADMIN, *USE],
}.items():
    CASES.fails(name, key(says(ROOT, actions)), "administration and use to one and the same")
CASES.fails(
    "one role in both", key(says({"AWS": ROLE}, ADMIN), says({"AWS": ROLE}, USE)), f"and use to {ROLE}"
)
CASES.fails(
    "one role in both, in a condition",
    key(says({"AWS": ROLE}, ADMIN), says(ROOT, USE, StringEquals={"aws:PrincipalArn": ROLE})),
    f"and use to {ROLE}",
)
CASES.fails(
    "use for the whole account", key(ADMINISTRATION, says(ROOT, USE)), "gives use to the whole account"
)
CASES.fails(
    "use for a pattern of roles",
    key(ADMINISTRATION, says(ROOT, USE, ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"})),
    "gives use to the whole account",
)
CASES.fails("everybody", key(says("*", USE)), "lets everybody in")
CASES.fails(
    "everybody as AWS, if in the account", key(says({"AWS": "*"}, USE, Bool={"x": "true"})), "everybody"
)
CASES.fails(
    "all but some",
    key({"Effect": "Allow", "NotPrincipal": ROOT, "Action": USE, "Resource": "*"}),
    "everybody",
)
CASES.fails("another account", key(says({"AWS": "arn:aws:iam::999999999999:root"}, USE)), "not of account")
CASES.fails("grants", key(says({"AWS": ROLE}, [*USE, "kms:CreateGrant"])), "kms:CreateGrant")
CASES.fails(
    "all actions but",
    key({"Effect": "Allow", "Principal": ROOT, "NotAction": "s3:*", "Resource": "*"}),
    "but a",
)
CASES.fails("federated", key(says({"Federated": "cognito-identity.amazonaws.com"}, USE)), "of kind Federated")
CASES.unknown("no policy, which means kms:* for all", Res("aws:kms/key:Key", {}), "policy is missing")
CASES.unknown("policy unknown", Res("aws:kms/key:Key", {"policy": UNKNOWN}), "policy is unknown")


APPLY = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/qlz-sandbox-project-apply"
SAGEMAKER = {"kms:ViaService": "sagemaker.eu-west-2.amazonaws.com"}


def grants(
    actions: object = "kms:CreateGrant",
    principal: object = ROOT,
    who: object = APPLY,
    through: dict[str, object] | None = None,
    aws: object = "true",
    test: str = "StringEquals",
) -> Res:
    condition = {
        "ArnEquals": {"aws:PrincipalArn": who},
        "Bool": {"kms:GrantIsForAWSResource": aws},
        test: SAGEMAKER if through is None else through,
    }
    return key(ADMINISTRATION, says(principal, actions, **condition))


GRANT = "allows kms:CreateGrant"
CASES.passes("a grant for a notebook's volume", grants(), declared=PROJECT)
CASES.fails("a grant of an environment's key", grants(), GRANT, declared=ENVIRONMENT)
for name, res in {
    "by hand": grants(aws="false"),
    "by hand or not": grants(aws=["true", "false"]),
    "through any service": grants(through={}),
    "through another service": grants(through={"kms:ViaService": "lambda.eu-west-2.amazonaws.com"}),
    "through two": grants(through={"kms:ViaService": [*SAGEMAKER.values(), "ec2.eu-west-2.amazonaws.com"]}),
    "through a pattern": grants(through={"kms:ViaService": "*.amazonaws.com"}, test="StringLike"),
    "through none": grants(test="StringEqualsIfExists"),
    "through all but it": grants(test="StringNotEquals"),
    "in another region": grants(through={"kms:ViaService": "sagemaker.us-east-1.amazonaws.com"}),
    "by another role": grants(who=ROLE),
    "by two roles": grants(who=[APPLY, ROLE]),
    "by any role": grants(who="arn:aws:iam::*"),
    "by the service": grants(principal={"Service": "sagemaker.amazonaws.com"}),
    "and ending others'": grants(["kms:CreateGrant", "kms:RevokeGrant"]),
    "by a pattern": grants("kms:CreateG*"),
}.items():
    CASES.fails(f"a grant {name}", res, GRANT, declared=PROJECT)


def test_case(case: Case) -> None:
    case.check()
