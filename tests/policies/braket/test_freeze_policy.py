from __future__ import annotations

from policy_packs.controls.braket.freeze_policy import CONTROL
from tests.policies.support import ENVIRONMENT, SV1, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)


NAME, PATH = "qlz-optimus-sandbox-freeze", "/qlz/sandbox/optimus/"


def managed(document: str, name: str = NAME, path: str = PATH) -> Res:
    return Res("aws:iam/policy:Policy", {"name": name, "path": path, "policy": document})


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
for case, other in {
    "of another name": managed(policy(deny("*")), name="freeze"),
    "of another project": managed(policy(deny("*")), name="qlz-other-sandbox-freeze"),
    "in another path": managed(policy(deny("*")), path="/qlz/sandbox/other/"),
    "without a path": Res("aws:iam/policy:Policy", {"name": NAME, "policy": policy(deny("*"))}),
}.items():
    CASES.fails(
        case, other, "no policy that denies everything, /qlz/sandbox/optimus/qlz-optimus-sandbox-freeze"
    )
CASES.unknown("a name to come", managed(policy(deny("*")), name=UNKNOWN), "unknown at preview")
CASES.unknown("unknown", managed(UNKNOWN), "policy is unknown")


def test_case(case: Case) -> None:
    case.check()
