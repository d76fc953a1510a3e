"""Cases of qlz-r1-azure-locks-first."""

from __future__ import annotations

from policy_packs.controls.azure_quantum.locks_first import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, az
from tests.policies.support import UNREADABLE, Case, Cases, Res, analyze_stack

CASES = Cases(CONTROL, ENVIRONMENT)
NEVER_UNKNOWN = "what a resource waits for is known before it is made"
LOCK = az("authorization:ManagementLockByScope", {}, "lock")
POLICY = az("authorization:PolicyAssignment", {}, "policy", refs={"scope": ["lock"]})


def comes_in(*after: str) -> Res:
    return az("managedidentity:FederatedIdentityCredential", {}, "in", refs={"subject": after})


CASES.passes("a workload comes in after the lock", [LOCK, comes_in("lock")])
CASES.passes("after both, one by the other", [LOCK, POLICY, comes_in("policy")])
CASES.fails("before the lock", [LOCK, comes_in()], "it waits for no ManagementLockByScope")
CASES.fails(
    "after the lock, before the policy", [LOCK, POLICY, comes_in("lock")], "waits for no PolicyAssignment"
)


def test_case(case: Case) -> None:
    case.check()


def test_an_unreadable_stack_is_undecided() -> None:
    (found,) = analyze_stack([CONTROL], [LOCK], UNREADABLE)
    assert "cannot be decided" in found.message
