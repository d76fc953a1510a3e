from __future__ import annotations

from policy_packs.controls.braket.no_exclusive_attachments import CONTROL
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
NEVER_UNKNOWN = "a list takes off what it does not hold, whatever it holds"


def role(**props: object) -> Res:
    return Res("aws:iam/role:Role", {"name": "r", **props})


CASES.passes("role by itself", role())
CASES.passes("attached one by one", Res("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r"}))
CASES.fails(
    "exclusive policies", Res("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"), "takes off whatever"
)
CASES.fails(
    "exclusive attachments",
    Res("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"),
    "takes off whatever",
)
CASES.fails("attachment in bulk", Res("aws:iam/policyAttachment:PolicyAttachment"), "takes off whatever")
CASES.fails("list in the role", role(managedPolicyArns=["arn:x"]), "managedPolicyArns takes off")
CASES.fails("empty list in the role", role(managedPolicyArns=[]), "managedPolicyArns takes off")
CASES.fails("unknown list in the role", role(inlinePolicies=UNKNOWN), "inlinePolicies takes off")


def test_case(case: Case) -> None:
    case.check()
