from __future__ import annotations

from policy_packs.controls.braket.reviewed_actions import CONTROL
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)


def managed(*statements: dict[str, object], **props: object) -> Res:
    return Res("aws:iam/policy:Policy", {"name": "p", "policy": policy(*statements), **props})


CASES.passes("reviewed actions", managed(allow(["s3:GetObject", "braket:CreateQuantumTask"])))
CASES.passes("in another case", managed(allow("S3:getobject")))
CASES.passes("a deny of anything", managed(deny("*")))
CASES.passes("an environment's own roles", managed(allow("cloudtrail:LookupEvents")), declared=ENVIRONMENT)
for name, action in {
    "retagging its role": "iam:TagRole",
    "taking off a lock": "iam:DetachRolePolicy",
    "looking at what others did": "cloudtrail:LookupEvents",
    "looking at what others paid": "ce:GetCostAndUsage",
    "others' tasks": "braket:SearchQuantumTasks",
    "a back door": "lambda:CreateFunction",
    "a machine": "ec2:RunInstances",
    "letting others in": "iam:UpdateSAMLProvider",
    "a copy elsewhere": "s3:PutReplicationConfiguration",
    "a stack": "cloudformation:CreateStack",
    "a pattern of reads": "s3:List*",
    "one letter open": "s3:GetObjec?",
    "everything": "*",
}.items():
    CASES.fails(name, managed(allow(action)), f"allows {action}, which nobody has reviewed")
CASES.fails(
    "all but a list",
    managed({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b/x"}),
    "all actions but a list",
)
CASES.fails(
    "inline, escaped",
    Res(
        "aws:iam/rolePolicy:RolePolicy",
        {"policy": policy(allow("iam:Xagrole")).replace("X", "\\u0054")},
    ),
    "allows iam:Tagrole",
)
CASES.unknown("unknown", managed(policy=UNKNOWN), "policy is unknown")

ELEVATED = "qlz-optimus-sandbox-elevated"
WHO: dict[str, object] = {"aws:SourceIdentity": "ada@example.org"}
FROM: dict[str, object] = {"aws:CurrentTime": "2026-12-01T09:00:00Z"}
UNTIL: dict[str, object] = {"aws:CurrentTime": "2026-12-01T21:00:00Z"}


def granted(
    who: dict[str, object] = WHO,
    start: dict[str, object] = FROM,
    end: dict[str, object] = UNTIL,
    role: object = ELEVATED,
    person: str = "StringEquals",
    until: str = "DateLessThan",
) -> Res:
    bound = {person: who, "DateGreaterThanEquals": start, until: end}
    rotate = allow("kms:RotateKeyOnDemand", "arn:aws:kms:eu-west-2:111122223333:key/*", Condition=bound)
    return Res("aws:iam/rolePolicy:RolePolicy", {"role": role, "policy": policy(rotate)})


WORDS = "allows kms:RotateKeyOnDemand, which the elevated role alone may have"
CASES.passes("a grant", granted())
CASES.fails("a grant of another role", granted(role="qlz-optimus-sandbox-researcher"), WORDS)
CASES.fails("a grant of another project's", granted(role="qlz-other-sandbox-elevated"), WORDS)
CASES.fails("a grant of nobody knows whom", granted(role=UNKNOWN), WORDS)
CASES.fails("for everybody", granted(who={}), WORDS)
CASES.fails("for two", granted(who={"aws:SourceIdentity": ["ada@example.org", "bob@example.org"]}), WORDS)
CASES.fails("for a pattern", granted(who={"aws:SourceIdentity": "*"}, person="StringLike"), WORDS)
CASES.fails("for whoever comes", granted(who={"aws:SourceIdentity": "${aws:userid}"}), WORDS)
CASES.fails("for whoever has no identity", granted(person="StringEqualsIfExists"), WORDS)
CASES.fails("for good", granted(end={}), WORDS)
CASES.fails("from ever", granted(start={}), WORDS)
CASES.fails("until another day", granted(end={"aws:CurrentTime": "2026-12-01T21:00:01Z"}), WORDS)
CASES.fails("until some day", granted(end={"aws:CurrentTime": "some day"}), WORDS)
CASES.fails("until it began", granted(end=FROM), WORDS)
CASES.fails("from its end on", granted(until="DateGreaterThan"), WORDS)
for name in ("kms:RotateKeyOnDemand", "kms:ImportKeyMaterial", "servicequotas:RequestServiceQuotaIncrease"):
    CASES.fails(f"{name} attached to anybody", managed(allow(name)), f"{name}, which the elevated role alone")


def test_case(case: Case) -> None:
    case.check()
