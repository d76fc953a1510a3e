from __future__ import annotations

from policy_packs.controls.azure_quantum.environment_only import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, account, az, log
from tests.policies.support import UNREADABLE, Case, Cases, analyze

CASES = Cases(CONTROL, PROJECT)

CASES.passes("a store", account())
CASES.passes("an environment's log", log(), declared=ENVIRONMENT)
CASES.fails("a project's log", log(), "logs are the environment's")
for kind in ("RoleDefinition", "PolicyAssignment", "PimRoleEligibilitySchedule", "RoleManagementPolicy"):
    CASES.fails(kind, az(f"authorization:{kind}", {}), "so a project may not make it")
CASES.fails("who is told", az("monitor:ActionGroup", {}), "who is told")
CASES.fails("immutable", az("storage:BlobContainerImmutabilityPolicy", {}), "must stay deletable")


def test_an_unreadable_stack_is_not_decided() -> None:
    (found,) = analyze([CONTROL], log(), UNREADABLE)
    assert "cannot be decided" in found.message


CASES.unreadable(log())


def test_case(case: Case) -> None:
    case.check()
