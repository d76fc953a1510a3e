"""Role assignments decide: scopes, wildcards, exclusions, groups, conditions, and what refers to what."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.local_azure import condition
from rehearsal.local_azure.errors import ArmError
from rehearsal.local_azure.rbac import Permission, built_in, matches
from tests.local_azure.arm import ACCESS_ADMINISTRATOR, CONTRIBUTOR, QUANTUM, READER, Arm, assignment

WRITE, DELETE = (
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
)
OWNER_ROLE = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def only(*guids: str, not_to: str) -> str:
    """The form that the components write."""
    listed, on = ", ".join(guids), "Microsoft.Authorization/roleAssignments"
    return (
        f"((!(ActionMatches{{'{on}/write'}})) OR "
        f"(@Request[{on}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}} AND "
        f"@Request[{on}:PrincipalId] ForAnyOfAnyValues:GuidNotEquals {{{not_to}}})) AND "
        f"((!(ActionMatches{{'{on}/delete'}})) OR "
        f"(@Resource[{on}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}}))"
    )


def test_a_role_holds_at_its_scope_and_below_and_nowhere_else(arm: Arm) -> None:
    group, other = arm.group(), arm.group("rg-catalyst-two")
    identity, foreign = arm.identity(group), arm.identity(other)
    reader = arm.person()
    arm.give(group, READER, reader, "User")
    seen = arm.as_(reader)
    assert seen.get(identity["id"])["name"] == "id-user"
    # The other group's name begins with this one's: a scope ends at a slash.
    assert seen.refused("GET", foreign["id"]) == "403 AuthorizationFailed"
    assert seen.refused("GET", other) == "403 AuthorizationFailed"
    assert seen.refused("PUT", identity["id"], {"location": "westeurope"}) == "403 AuthorizationFailed"
    assert seen.refused("DELETE", identity["id"]) == "403 AuthorizationFailed"


def test_nobody_learns_what_exists(arm: Arm) -> None:
    group = arm.group()
    someone = arm.as_(arm.person())
    there, not_there = arm.identity(group)["id"], f"{group}/providers/Microsoft.KeyVault/vaults/none"
    assert someone.refused("GET", there) == someone.refused("GET", not_there) == "403 AuthorizationFailed"


def test_a_contributor_gives_no_roles(arm: Arm) -> None:
    group = arm.group()
    contributor = arm.person()
    arm.give(group, CONTRIBUTOR, contributor, "User")
    seen = arm.as_(contributor)
    seen.identity(group)
    path = f"{group}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    body = assignment(arm.subscription, OWNER_ROLE, contributor, "User")
    assert seen.refused("PUT", path, body) == "403 AuthorizationFailed"
    lock = f"{group}/providers/Microsoft.Authorization/locks/l"
    assert seen.refused("PUT", lock, {"properties": {"level": "ReadOnly"}}) == "403 AuthorizationFailed"


def test_a_condition_limits_which_roles_are_given_and_to_whom(arm: Arm) -> None:
    group = arm.group()
    apply = arm.person()
    arm.give(
        arm.subscription,
        ACCESS_ADMINISTRATOR,
        apply,
        "User",
        condition=only(QUANTUM, READER, not_to=apply),
        conditionVersion="2.0",
    )
    seen, researcher = arm.as_(apply), arm.person()
    path = f"{group}/providers/Microsoft.Authorization/roleAssignments/"

    def tries(role: str, who: str) -> int:
        reply = seen.request("PUT", path + str(uuid.uuid4()), assignment(arm.subscription, role, who, "User"))
        return reply.status_code

    assert tries(QUANTUM, researcher) == 201
    assert tries(OWNER_ROLE, researcher) == 403
    assert tries(QUANTUM, apply) == 403
    # Somebody else's assignment of another role is not his to take away, nor to turn into one of his.
    foreign = arm.give(group, CONTRIBUTOR, researcher, "User")
    assert seen.refused("DELETE", foreign) == "403 AuthorizationFailed"
    own = arm.give(group, READER, researcher, "User")
    assert seen.refused("PUT", own, assignment(arm.subscription, OWNER_ROLE, researcher, "User")).startswith(
        "403"
    )
    seen.delete(own)
    # What the condition does not speak of is as the role says.
    seen.put(f"{group}/providers/Microsoft.Authorization/locks/l", {"properties": {"level": "CanNotDelete"}})


@pytest.mark.parametrize(
    "text",
    [
        "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'x'",
        "!(ActionMatches{'Microsoft.Storage/storageAccounts/read'})",
        "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAllOfAllValues:GuidEquals {x}",
        "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] NumericEquals 3",
        "@Request[Microsoft.Authorization/roleAssignments:Colour] StringEquals 'x'",
        "@Environment[isPrivateLink] BoolEquals true",
        "(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}",
        "SubOperationMatches{'Blob.List'}",
        "",
    ],
)
def test_a_condition_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ArmError):
        condition.parse(text)


@given(st.text(alphabet="()!{}@[]'ANDOR ActionMatches,:.", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        test = condition.parse(text)
    except ArmError:
        return
    assert test(condition.Asked(WRITE.lower(), {}, {})) in (True, False)


def test_an_attribute_that_is_not_there_meets_nothing() -> None:
    test = condition.parse("@Request[Microsoft.Authorization/roleAssignments:PrincipalId] GuidNotEquals abc")
    assert not test(condition.Asked(WRITE.lower(), {}, {}))
    assert test(condition.Asked(WRITE.lower(), {"principalid": "other"}, {}))


@pytest.mark.parametrize(
    ("patterns", "action", "expected"),
    [
        (("*/read",), "Microsoft.KeyVault/vaults/read", True),
        (("*/read",), "Microsoft.KeyVault/vaults/write", False),
        (("Microsoft.KeyVault/*",), "microsoft.keyvault/vaults/keys/write", True),
        (("Microsoft.KeyVault/vaults/read",), "Microsoft.KeyVault/vaults/reads", False),
        (("Microsoft.Key.ault/vaults/read",), "Microsoft.KeyVault/vaults/read", False),
        ((), "a/read", False),
    ],
)
def test_wildcards(patterns: tuple[str, ...], action: str, expected: bool) -> None:
    assert matches(patterns, action) is expected


def test_an_exclusion_belongs_to_its_own_permission() -> None:
    permission = Permission(("*",), ("Microsoft.Authorization/*/Write",), (), ())
    assert permission.allows("Microsoft.KeyVault/vaults/write", data=False)
    assert not permission.allows("Microsoft.Authorization/roleAssignments/write", data=False)
    assert not permission.allows("Microsoft.Quantum/Workspaces/jobs/write", data=True)


def test_built_in_roles_have_their_guids() -> None:
    names = {guid: role["roleName"] for guid, role in built_in().items()}
    assert names[OWNER_ROLE] == "Owner"
    assert names[QUANTUM] == "Quantum Workspace Data Contributor"
    jobs = {f"Microsoft.Quantum/Workspaces/jobs/{verb}" for verb in ("read", "write")}
    assert jobs <= set(built_in()[QUANTUM]["permissions"][0]["dataActions"])


def test_conditions_of_built_in_roles_are_understood() -> None:
    found = [
        each["condition"]
        for role in built_in().values()
        for each in role["permissions"]
        if "condition" in each
    ]
    assert found
    for text in found:
        assert condition.parse(text)(condition.Asked("microsoft.keyvault/vaults/read", {}, {}))


def definition(arm: Arm, name: str, scopes: list[str] | None = None, **more: Any) -> dict[str, Any]:
    permission = {"actions": ["Microsoft.Quantum/Workspaces/read"], **more}
    told = {"roleName": name, "assignableScopes": scopes or [arm.subscription], "permissions": [permission]}
    return {"properties": told}


def test_custom_roles(arm: Arm) -> None:
    guid, name = str(uuid.uuid4()), f"role {uuid.uuid4()}"
    at = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    group = arm.group()
    arm.put(f"{at}/{guid}", definition(arm, name, [group]))
    assert (
        arm.refused("PUT", f"{at}/{uuid.uuid4()}", definition(arm, name))
        == "409 RoleDefinitionWithSameNameExists"
    )
    assert arm.refused("PUT", f"{at}/{uuid.uuid4()}", definition(arm, "x", notThere=[])).startswith("400")
    assert (
        arm.refused("PUT", f"{at}/{uuid.uuid4()}", definition(arm, "x", ["/"]))
        == "400 InvalidAssignableScopes"
    )
    assert (
        arm.refused("PUT", f"{at}/{OWNER_ROLE}", definition(arm, "x")) == "400 RoleDefinitionCannotBeChanged"
    )
    person = arm.person()
    path = f"{arm.subscription}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    body = assignment(arm.subscription, guid, person, "User")
    assert arm.refused("PUT", path, body) == "400 RoleDefinitionNotAssignableAtScope"
    given_path = arm.give(group, guid, person, "User")
    assert arm.refused("DELETE", f"{at}/{guid}") == "400 RoleDefinitionHasAssignments"
    arm.delete(given_path)
    arm.delete(f"{at}/{guid}")
    assert arm.refused("PUT", path, body) == "404 RoleDefinitionDoesNotExist"


def test_a_role_is_changed_by_who_may_wherever_it_can_be_given(arm: Arm) -> None:
    group, other = arm.group(), arm.group("rg-other")
    guid, name = str(uuid.uuid4()), f"role {uuid.uuid4()}"
    arm.put(
        f"{group}/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        definition(arm, name, [group, other]),
    )
    person = arm.person()
    arm.give(group, OWNER_ROLE, person, "User")
    path = f"{group}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    wider = definition(arm, name, [group], actions=["*"])
    assert arm.as_(person).refused("PUT", path, wider) == "403 AuthorizationFailed"
    assert arm.as_(person).refused("PUT", path, definition(arm, name, [arm.subscription])).startswith("403")


def test_assignments_are_of_somebody_and_once(arm: Arm) -> None:
    group = arm.group()
    at = f"{group}/providers/Microsoft.Authorization/roleAssignments"
    identity = arm.identity(group)["properties"]["principalId"]
    nobody = assignment(arm.subscription, READER, str(uuid.uuid4()), "ServicePrincipal")
    assert arm.refused("PUT", f"{at}/{uuid.uuid4()}", nobody) == "400 PrincipalNotFound"
    wrong = assignment(arm.subscription, READER, identity, "User")
    assert arm.refused("PUT", f"{at}/{uuid.uuid4()}", wrong) == "400 UnmatchedPrincipalType"
    right = assignment(arm.subscription, READER, identity, "ServicePrincipal")
    assert arm.refused("PUT", f"{at}/no-guid", right) == "400 InvalidRoleAssignmentId"
    path = arm.give(group, READER, identity, "ServicePrincipal")
    assert arm.refused("PUT", f"{at}/{uuid.uuid4()}", right) == "409 RoleAssignmentExists"
    other = assignment(arm.subscription, CONTRIBUTOR, identity, "ServicePrincipal")
    assert arm.refused("PUT", path, other) == "400 RoleAssignmentUpdateNotPermitted"
    assert arm.request("PUT", path, right).status_code == 200
    without_version = assignment(arm.subscription, CONTRIBUTOR, identity, condition="x")
    assert arm.refused("PUT", f"{at}/{uuid.uuid4()}", without_version) == "400 InvalidConditionVersion"


def test_assignments_are_listed_at_above_and_below(arm: Arm) -> None:
    group = arm.group()
    identity = arm.identity(group)
    person = arm.person()
    above = arm.give(arm.subscription, READER, person, "User")
    at = arm.give(group, CONTRIBUTOR, person, "User")
    below = arm.give(identity["id"], READER, person, "User")
    listed = f"{group}/providers/Microsoft.Authorization/roleAssignments"

    def ids(wanted: str) -> set[str]:
        return {each["id"] for each in arm.get(f"{listed}?$filter={wanted}")["value"]}

    assert ids(f"principalId eq '{person}'") == {above, at, below}
    assert ids("atScope()") == {above, at}
    assert arm.refused("GET", f"{listed}?$filter=colour eq 'red'") == "400 UnsupportedQuery"


def test_an_identity_is_attached_by_who_may_only(arm: Arm) -> None:
    group, other = arm.group(), arm.group("rg-identities")
    identity = arm.identity(other)
    contributor = arm.person()
    arm.give(group, CONTRIBUTOR, contributor, "User")
    path = f"{group}/providers/Microsoft.Storage/storageAccounts/st{uuid.uuid4().hex[:12]}"
    body = {
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}},
    }
    assert arm.as_(contributor).refused("PUT", path, body) == "403 LinkedAuthorizationFailed"
    assert arm.put(path, body)["identity"]["userAssignedIdentities"][identity["id"]]["principalId"]
    body["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"] + "-none": {}}}
    assert arm.refused("PUT", path, body) == "400 FailedIdentityOperation"
