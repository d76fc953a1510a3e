from __future__ import annotations

from typing import Any

from policy_packs.controls.azure_facts import reviewed
from policy_packs.controls.azure_quantum.reviewed_actions import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, GROUP_ID, OTHER, ROLE, SCOPE, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)


def definition(kind: str = "submit", more: str = "", data: str = "", **changes: Any) -> Res:
    limit = reviewed()["roles"][kind]
    part = {
        "actions": [*limit["actions"], *([more] if more else [])],
        "notActions": limit["not_actions"],
        "dataActions": [*limit["data_actions"], *([data] if data else [])],
    }
    props = {
        "roleDefinitionId": ROLE[kind],
        "scope": SCOPE,
        "assignableScopes": [SCOPE],
        "permissions": [part],
    }
    return az("authorization:RoleDefinition", props | changes)


CASES.passes("as reviewed", [definition(kind) for kind in reviewed()["roles"]])
CASES.passes("less", definition(permissions=[{"actions": ["Microsoft.Quantum/Workspaces/read"]}]))
CASES.fails("one more", definition(more="Microsoft.Quantum/Workspaces/listKeys/action"), "not been reviewed")
CASES.fails("all", definition(more="*"), "a wildcard that has not been reviewed for submit")
CASES.fails("all of it", definition(data="Microsoft.Quantum/*"), "a wildcard that has not been reviewed")
CASES.fails(
    "of another role",
    definition("metadata", data="Microsoft.Quantum/Workspaces/jobs/write"),
    "metadata",
)
CASES.fails("reads of everything by plan's right", definition(more="*/read"), "a wildcard")
CASES.fails(
    "logs by the back door",
    definition("plan", permissions=[{"actions": ["*/read"]}]),
    "it does not leave out",
)
CASES.fails("a second part", definition(permissions=[{"actions": []}, {"actions": ["*"]}]), "a wildcard")
CASES.fails("a role of its own", definition(roleDefinitionId=OTHER), "none of the reviewed roles")
CASES.fails("for everybody", definition(assignableScopes=["/"]), "its assignableScopes goes beyond")
CASES.fails("for more", definition(assignableScopes=[SCOPE, f"/subscriptions/{OTHER}"]), "assignableScopes")
CASES.fails("elsewhere", definition(scope=GROUP_ID), "its scope goes beyond")
CASES.unknown("actions", definition(permissions=UNKNOWN), "permissions is unknown")
CASES.unknown("which", definition(roleDefinitionId=UNKNOWN), "roleDefinitionId is unknown")


def test_case(case: Case) -> None:
    case.check()
