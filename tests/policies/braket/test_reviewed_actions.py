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


def test_case(case: Case) -> None:
    case.check()
