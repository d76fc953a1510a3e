from __future__ import annotations

from policy_packs.controls.braket.freeze_policy import CONTROL
from tests.policies.support import ENVIRONMENT, SV1, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)


def managed(document: str) -> Res:
    return Res("aws:iam/policy:Policy", {"name": "p", "policy": document})


CASES.passes("deny of everything", managed(policy(deny("*"))))
CASES.passes("among others", [managed(policy(allow("s3:GetObject"))), managed(policy(deny(["*"], ["*"])))])
CASES.passes("an environment needs none", [], declared=ENVIRONMENT)
CASES.fails("none", [], "no policy that denies everything")
CASES.fails("deny of submission only", managed(policy(deny("braket:*"))), "no policy that denies everything")
CASES.fails(
    "deny of the usual suspects",
    managed(policy(deny(["braket:*", "s3:*", "sts:*", "kms:*"]))),
    "no policy that denies everything",
)
CASES.fails(
    "deny of all but a list",
    managed(policy({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"})),
    "no policy",
)
CASES.fails("deny on one device", managed(policy(deny("*", SV1))), "no policy that denies everything")
CASES.fails(
    "deny under a condition",
    managed(policy(deny("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}))),
    "no policy that denies everything",
)
CASES.fails(
    "deny beside an allow", managed(policy(deny("*"), allow("*"))), "no policy that denies everything"
)
CASES.unknown("unknown", managed(UNKNOWN), "policy is unknown")


def test_case(case: Case) -> None:
    case.check()
