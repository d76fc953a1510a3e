from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policy_packs.controls.azure_quantum.delegation import CONTROL
from tests.policies.azure_quantum.things import (
    APPROVERS,
    BLOB_DATA,
    ENVIRONMENT,
    HOME,
    OTHER,
    ROLE,
    SCOPE,
    given,
    identity,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
AT = "Microsoft.Authorization/roleAssignments"
HOLDER = identity("project-apply", OTHER, "sandbox", HOME)
TO_COME = identity("project-apply", "", "sandbox", HOME)
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def writes(roles: Sequence[str], not_to: str = OTHER) -> str:
    listed = ", ".join(roles)
    return (
        f"((!(ActionMatches{{'{AT}/write'}})) OR "
        f"(@Request[{AT}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}} AND "
        f"@Request[{AT}:PrincipalId] ForAnyOfAnyValues:GuidNotEquals {{{not_to}}})) AND "
    )


def deletes(roles: Sequence[str]) -> str:
    return (
        f"((!(ActionMatches{{'{AT}/delete'}})) OR "
        f"(@Resource[{AT}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(roles)}}}))"
    )


def apply(condition: object, principal: object = OTHER, **more: Any) -> Res:
    more.setdefault("conditionVersion", "2.0")
    refs = more.pop("refs", {})
    return given(ROLE["project-apply"], principal, SCOPE, refs=refs, condition=condition, **more)


MINE = (ROLE["submit"], BLOB_DATA)
BEHIND = {"principalId": ["project-apply"], "condition": ["project-apply"]}

CASES.passes("limited", [HOLDER, apply(writes(MINE) + deletes(MINE))])
CASES.passes("one of them", [HOLDER, apply(writes(MINE[:1]) + deletes(MINE[1:]))])
CASES.passes("its holder to come", [TO_COME, apply(UNKNOWN, UNKNOWN, refs=BEHIND)])
CASES.passes(
    "takes away alone",
    given(ROLE["responder"], APPROVERS, SCOPE, condition=deletes(MINE[:1]), conditionVersion="2.0"),
)
CASES.passes("gives nothing on", given(ROLE["plan"], OTHER, SCOPE))
CASES.fails("no condition", [HOLDER, apply(None)], "under no condition")
CASES.fails(
    "the owner",
    [HOLDER, apply(writes((*MINE, OWNER)) + deletes(MINE))],
    f"the role {OWNER} be given",
)
CASES.fails(
    "takes more",
    [HOLDER, apply(writes(MINE) + deletes((*MINE, OWNER)))],
    f"the role {OWNER} be taken",
)
CASES.fails("writes without limit", [HOLDER, apply(deletes(MINE))], "does not limit which roles it gives")
CASES.fails("to itself", [HOLDER, apply(writes(MINE, APPROVERS) + deletes(MINE))], "give roles to itself")
CASES.unknown("always true", [HOLDER, apply(f"{writes(MINE)}{deletes(MINE)} OR true")], "not understood")
CASES.unknown(
    "old form",
    [HOLDER, apply(writes(MINE) + deletes(MINE), conditionVersion="1.0")],
    "not understood",
)
CASES.unknown("from nowhere", [TO_COME, apply(UNKNOWN, UNKNOWN)], "condition is unknown")
CASES.unknown(
    "from something else",
    [TO_COME, identity("plan"), apply(UNKNOWN, UNKNOWN, refs={**BEHIND, "condition": ["plan"]})],
    "condition is unknown",
)


def test_case(case: Case) -> None:
    case.check()
