from __future__ import annotations

from policy_packs.controls.azure_quantum.freeze import CONTROL
from tests.policies.azure_quantum.things import BLOB_DATA, KEEPERS, PROJECT, ROLE, az, given
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def group(**tags: object) -> Res:
    return az("resources:ResourceGroup", {"tags": tags}, "group")


FROZEN = group(**{"qlz-frozen": "ada, 2026-11-22"})
OPEN = az("managedidentity:FederatedIdentityCredential", {}, "open")
KEYS = given(ROLE["administer-keys"], KEEPERS)

CASES.passes("not frozen", [group(owner="o"), given(ROLE["submit"]), OPEN])
CASES.passes("frozen, with what touches no data", [FROZEN, KEYS])
CASES.fails("submits", [FROZEN, given(ROLE["submit"])], "gives a role on data back")
CASES.fails("reads", [FROZEN, given(ROLE["results"])], "gives a role on data back")
CASES.fails("the workspace's storage", [FROZEN, given(BLOB_DATA)], "gives a role on data back")
CASES.fails("a way in", [FROZEN, OPEN], "it lets somebody in")
CASES.fails(
    "an eligibility",
    [FROZEN, az("authorization:PimRoleEligibilitySchedule", {})],
    "lets somebody in",
)
CASES.fails("an empty mark", [group(**{"QLZ-Frozen": ""}), OPEN], "it lets somebody in")
CASES.unknown("perhaps frozen", [az("resources:ResourceGroup", {"tags": UNKNOWN})], "tags is unknown")
CASES.unknown(
    "which role",
    [FROZEN, given(ROLE["submit"], roleDefinitionId=UNKNOWN)],
    "roleDefinitionId is unknown",
)


def test_case(case: Case) -> None:
    case.check()
