from __future__ import annotations

from policy_packs.controls.azure_quantum.declared_once import CONTROL
from tests.policies.azure_quantum.things import (
    OPERATIONAL,
    PROJECT,
    ROLE,
    SECURITY,
    VAULT_ID,
    account,
    az,
    diagnostics,
    given,
    vault,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
SAYS = "it is declared twice"


def locations(deny: str, name: str = "qlz-prod-locations", **more: object) -> Res:
    props = {"policyDefinitionName": name, "policyRule": {"if": deny}, **more}
    return az("authorization:PolicyDefinition", props, deny)


CASES.passes("of several types", [account(), vault()])
CASES.passes("two policies", [locations("a"), locations("b", "qlz-prod-devices")])
CASES.passes("two settings of one vault", [diagnostics(VAULT_ID, SECURITY), vault()])
CASES.passes("roles under names that are to come", [given(ROLE["submit"]), given(ROLE["submit"], name="b")])
CASES.fails("a guard and its undoing", [locations("a"), locations("b")], SAYS)
CASES.fails("in another case", [locations("a"), locations("b", "QLZ-Prod-Locations")], SAYS)
CASES.fails("under another title", [locations("a"), locations("b", displayName="x")], SAYS)
CASES.fails("a store", [account(), account("again", isSftpEnabled=True)], SAYS)
TWICE = {"resourceUri": VAULT_ID, "name": "keys"}
CASES.fails(
    "a setting that records nothing",
    [
        az("monitor:DiagnosticSetting", {**TWICE, "workspaceId": SECURITY}, "one"),
        az("monitor:DiagnosticSetting", {**TWICE, "workspaceId": OPERATIONAL, "logs": []}, "two"),
    ],
    SAYS,
)
CASES.passes("a name to come", [locations("a"), locations("b", UNKNOWN)])
CASES.unreadable([locations("a"), locations("b")])


def test_case(case: Case) -> None:
    case.check()
