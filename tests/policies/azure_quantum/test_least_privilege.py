from __future__ import annotations

from policy_packs.controls.azure_quantum.least_privilege import CONTROL
from tests.policies.azure_quantum.things import (
    BLOB_DATA,
    ENVIRONMENT,
    GROUP_ID,
    KEEPERS,
    OTHER,
    PEOPLE,
    PROJECT,
    ROLE,
    SCOPE,
    WORKSPACE_ID,
    given,
    identity,
    workspace,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
PIPELINE, STORAGE = identity("pipeline"), identity("storage")
MADE = identity("pipeline", OTHER)


def to_come(role: str, *behind: str) -> Res:
    return given(role, UNKNOWN, refs={"principalId": behind})


CASES.passes("a group", given(ROLE["submit"]))
CASES.passes("an identity to come", [PIPELINE, to_come(ROLE["submit"], "pipeline")])
CASES.passes("an identity that is there", [MADE, given(ROLE["submit"], OTHER)])
CASES.passes("the workspace", [workspace(), to_come(BLOB_DATA, "workspace")])
CASES.passes(
    "the plan",
    [identity("plan", OTHER, "sandbox"), given(ROLE["plan"], OTHER, SCOPE)],
    declared=ENVIRONMENT,
)
for name, guid in {
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
}.items():
    CASES.fails(name, given(guid), f"it makes somebody {name}")
    CASES.fails(f"{name} in capitals", given(guid.upper()), f"it makes somebody {name}")
CASES.fails(
    "a role of Azure's",
    given("c1410b24-3e69-4857-8f86-4d0a2e603250"),
    "which this stack gives nobody",
)
CASES.fails(
    "a role of the environment's",
    given(ROLE["project-apply"]),
    "project-apply, which this stack gives",
)
CASES.fails("a stranger", given(ROLE["submit"], OTHER), "who is not to have it")
CASES.fails("a group of another kind", given(ROLE["results"], KEEPERS), "who is not to have it")
CASES.fails("another identity's", [STORAGE, to_come(ROLE["submit"], "storage")], "who is not to have it")
CASES.fails("everywhere", given(ROLE["submit"], scope=SCOPE), "and not where it belongs")
CASES.fails("at a locked resource", given(ROLE["submit"], scope=WORKSPACE_ID), "and not where it belongs")
CASES.fails("in another's group", given(ROLE["submit"], scope=f"{GROUP_ID}-two"), "and not where it belongs")
CASES.fails(
    "of another tenant",
    given(ROLE["submit"], delegatedManagedIdentityResourceId="x"),
    "another tenant",
)
CASES.fails(
    "a project's people above",
    given(ROLE["plan"], PEOPLE, SCOPE),
    "not to have",
    declared=ENVIRONMENT,
)
CASES.unknown("from nowhere", given(ROLE["submit"], UNKNOWN), "whom it is for is unknown")
CASES.unknown(
    "from two",
    [PIPELINE, STORAGE, to_come(ROLE["submit"], "pipeline", "storage")],
    "whom it is for",
)
CASES.unknown("which role", given(ROLE["submit"], roleDefinitionId=UNKNOWN), "roleDefinitionId is unknown")
CASES.unknown("where", given(ROLE["submit"], scope=UNKNOWN), "scope is unknown")


def test_a_value_goes_before_where_it_comes_from() -> None:
    """A program can make a value depend on an identity and name another."""
    cases = Cases(CONTROL, PROJECT)
    cases.fails(
        "x", [MADE, given(ROLE["submit"], KEEPERS, refs={"principalId": ["pipeline"]})], "not to have it"
    )
    cases.all[0].check()


def test_case(case: Case) -> None:
    case.check()
