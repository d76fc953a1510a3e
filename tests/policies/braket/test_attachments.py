from __future__ import annotations

from policy_packs.controls.braket.attachments import CONTROL
from tests.policies.support import ACCOUNT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
ARN = f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/p"
POLICY = Res("aws:iam/policy:Policy", {"name": "p", "path": "/qlz/sandbox/"}, name="policy")
BOUNDARY = Res("aws:iam/policy:Policy", {"name": "qlz-sandbox-boundary", "path": "/"}, name="boundary")


def attached(arn: str, *behind: str) -> Res:
    return Res(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": arn}, refs={"policyArn": behind}
    )


CASES.passes("own policy by its computed ARN", [POLICY, attached(ARN)])
CASES.passes("own policy by reference", [POLICY, attached(UNKNOWN, "policy")])
for name in (
    "AdministratorAccess",
    "AmazonBraketFullAccess",
    "PowerUserAccess",
    "service-role/AmazonBraketJobs",
):
    CASES.fails(name, [POLICY, attached(f"arn:aws:iam::aws:policy/{name}")], "no policy of this stack")
CASES.fails(
    "another account's", [POLICY, attached(ARN.replace(ACCOUNT, "999999999999"))], "no policy of this stack"
)
CASES.fails("nothing", [POLICY, attached("")], "no policy of this stack")
CASES.fails(
    "the boundary as a grant",
    [attached(f"arn:aws:iam::{ACCOUNT}:policy/qlz-sandbox-boundary")],
    "the permission",
)
CASES.fails("the boundary by reference", [BOUNDARY, attached(UNKNOWN, "boundary")], "the permission boundary")
CASES.unknown("unknown, from nowhere", [POLICY, attached(UNKNOWN)], "policyArn is unknown")
CASES.unknown(
    "unknown, from one of two", [POLICY, BOUNDARY, attached(UNKNOWN, "policy", "boundary")], "policyArn"
)


def test_case(case: Case) -> None:
    case.check()
