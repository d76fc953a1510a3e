"""Who may do what in an environment and a project on Azure, tried against the role definitions."""

from __future__ import annotations

import pytest

from components.azure_quantum.environment_roles import DEFINITIONS
from components.azure_quantum.names import ProjectNames
from components.azure_quantum.permissions import KEY_USE
from components.azure_quantum.policy import BUILT_IN
from tests.components.azure_quantum.conftest import GROUPS, NAMES, PLACE, run_project
from tests.components.azure_quantum.rbac import Access, gives, takes
from tests.components.azure_quantum.runner import azure_one, azure_type, object_id
from tests.components.runner import Run

JOBS = "Microsoft.Quantum/Workspaces/jobs"
BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
KEY = "Microsoft.KeyVault/vaults/keys"
OTHER = ProjectNames("catalyst-two", PLACE)
PEOPLE = {
    "researcher": GROUPS.researchers,
    "auditor": GROUPS.auditors,
    "key administrator": GROUPS.key_administrators,
    "approver": GROUPS.approvers,
    "pipeline": object_id("pipeline"),
    "service": object_id("service"),
    "workspace": object_id("workspace"),
}
DATA = {
    "submit": (f"{JOBS}/write", {"researcher", "pipeline", "service"}),
    "read jobs": (f"{JOBS}/read", {"researcher", "auditor", "pipeline", "service"}),
    "read results": (f"{BLOB}/read", {"researcher", "pipeline", "workspace"}),
    "write results": (f"{BLOB}/write", {"workspace"}),
    "delete results": (f"{BLOB}/delete", {"workspace"}),
    "rotate the key": (f"{KEY}/rotate/action", {"key administrator"}),
    "unwrap by the key": (f"{KEY}/unwrap/action", set()),
    "decrypt by the key": (f"{KEY}/decrypt/action", set()),
}
CONTROL = (
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/locks/delete",
    "Microsoft.Storage/storageAccounts/regenerateKey/action",
    "Microsoft.Quantum/Workspaces/listKeys/action",
    "Microsoft.Quantum/Workspaces/write",
    "Microsoft.Resources/tags/write",
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
)


@pytest.fixture(scope="module")
def access(environment_up: Run, project_up: Run) -> Access:
    return Access().add(environment_up).add(project_up)


@pytest.mark.parametrize("what", DATA)
@pytest.mark.parametrize("who", PEOPLE)
def test_data(access: Access, who: str, what: str) -> None:
    action, allowed = DATA[what]
    assert access.allows(PEOPLE[who], action, NAMES.group_id, data=True) is (who in allowed)
    assert not access.allows(PEOPLE[who], action, OTHER.group_id, data=True), "another project's (T4)"


@pytest.mark.parametrize("action", CONTROL)
@pytest.mark.parametrize("who", [kind for kind in PEOPLE if kind != "workspace"])
def test_nobody_of_a_project_changes_what_guards_it(access: Access, who: str, action: str) -> None:
    assert not access.allows(PEOPLE[who], action, NAMES.group_id)


def test_where_people_do_not_submit_they_read_metadata_and_results() -> None:
    found = Access().add(run_project(people_submit=False))
    kinds = {
        made.inputs["roleDefinitionId"].rpartition("/")[2]
        for made in azure_type(run_project(people_submit=False), "authorization:RoleAssignment")
        if made.inputs["principalId"] == GROUPS.researchers
    }
    assert kinds == {PLACE.role_guid("metadata"), PLACE.role_guid("results")}
    assert len(found.given) == len(azure_type(run_project(), "authorization:RoleAssignment"))


def test_the_store_uses_its_key_and_nobody_else_does(access: Access) -> None:
    assert access.allows(object_id("project"), f"{KEY}/unwrap/action", NAMES.group_id, data=True)
    assert not access.allows(object_id("project"), f"{KEY}/rotate/action", NAMES.group_id, data=True)
    for role in DEFINITIONS:
        assert not KEY_USE & set(role.data_actions), role.kind


def test_who_uses_a_key_does_not_administer_it(access: Access) -> None:
    for principal in {row["principalId"] for row in access.given}:
        uses = any(
            access.allows(principal, f"{KEY}/{verb}/action", NAMES.group_id, data=True)
            for verb in ("wrap", "unwrap")
        )
        administers = access.allows(principal, f"{KEY}/create/action", NAMES.group_id, data=True)
        assert not (uses and administers)


@pytest.mark.parametrize("kind", ["plan", "environment-apply", "project-apply"])
def test_pipelines_touch_no_data_and_read_no_logs(access: Access, kind: str) -> None:
    who = object_id(kind)
    for action, _ in DATA.values():
        assert not access.allows(who, action, NAMES.group_id, data=True)
    for action in (
        "Microsoft.OperationalInsights/workspaces/query/read",
        "Microsoft.OperationalInsights/workspaces/query/StorageBlobLogs/read",
        "Microsoft.Insights/logs/QuantumWorkspaceJobAuditLogs/read",
        "Microsoft.Quantum/Workspaces/listKeys/action",
    ):
        assert not access.allows(who, action, PLACE.scope), action
    # Azure asks for it of whoever sends a log to an account; keys open no account of ours.
    lists = access.allows(who, "Microsoft.Storage/storageAccounts/listKeys/action", PLACE.scope)
    assert lists is (kind == "environment-apply")
    assert access.allows(who, "Microsoft.Quantum/Workspaces/read", NAMES.group_id)


@pytest.mark.parametrize(
    "action",
    [
        "Microsoft.Quantum/Workspaces/write",
        "Microsoft.Resources/subscriptions/resourceGroups/write",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleDefinitions/write",
    ],
)
def test_a_plan_changes_nothing(access: Access, action: str) -> None:
    assert not access.allows(object_id("plan"), action, NAMES.group_id)


@pytest.mark.parametrize(
    "action",
    [
        "Microsoft.Authorization/policyAssignments/delete",
        "Microsoft.Authorization/policyDefinitions/write",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
        "Microsoft.Authorization/roleManagementPolicies/write",
        "Microsoft.OperationalInsights/workspaces/delete",
        "Microsoft.Insights/actionGroups/write",
        "Microsoft.Insights/activityLogAlerts/delete",
    ],
)
def test_what_is_above_the_projects_is_not_project_applys(access: Access, action: str) -> None:
    assert not access.allows(object_id("project-apply"), action, PLACE.scope)
    assert access.allows(object_id("environment-apply"), action, PLACE.scope)


def condition_of(found: Run, name: str) -> str:
    return str(azure_one(found, "authorization:RoleAssignment", name).inputs.get("condition", ""))


def test_project_apply_gives_the_projects_roles_and_none_to_itself(
    environment_up: Run, project_up: Run
) -> None:
    condition, own = condition_of(environment_up, "project-apply"), object_id("project-apply")
    for made in azure_type(project_up, "authorization:RoleAssignment"):
        role = made.inputs["roleDefinitionId"].rpartition("/")[2]
        assert gives(condition, role, made.inputs["principalId"]), made.name
        assert takes(condition, role)
        assert not gives(condition, role, own), "itself"
    for kind in ("plan", "project-apply", "environment-apply", "responder", "break-glass", "rotate-key"):
        assert not gives(condition, PLACE.role_guid(kind), GROUPS.researchers), kind
    for owner in ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"):
        assert not gives(condition, owner, GROUPS.researchers), "Owner, User Access Administrator"


def test_environment_apply_gives_what_it_makes_but_not_its_own_role(environment_up: Run) -> None:
    condition = condition_of(environment_up, "environment-apply")
    for made in azure_type(environment_up, "authorization:RoleAssignment"):
        role = made.inputs["roleDefinitionId"].rpartition("/")[2]
        allowed = gives(condition, role, made.inputs["principalId"])
        assert allowed is (made.name != "environment-apply"), made.name


def test_the_responder_takes_data_roles_and_gives_none(environment_up: Run, access: Access) -> None:
    who = next(
        made.inputs
        for made in azure_type(environment_up, "authorization:RoleAssignment")
        if made.name == "responders"
    )
    group, condition = str(who["principalId"]), str(who["condition"])
    assert not access.allows(group, "Microsoft.Authorization/roleAssignments/write", NAMES.group_id)
    assert access.allows(group, "Microsoft.Resources/tags/write", NAMES.group_id)
    assert access.allows(group, f"{JOBS}/write", NAMES.group_id, data=True), "to cancel"
    assert not access.allows(group, f"{BLOB}/read", NAMES.group_id, data=True)
    assert takes(condition, PLACE.role_guid("submit"))
    assert takes(condition, BUILT_IN["storage-blob-data-contributor"])
    for kind in ("plan", "project-apply", "environment-apply", "audit"):
        assert not takes(condition, PLACE.role_guid(kind))


def test_break_glass_gives_back_ways_in_and_none_to_itself(environment_up: Run, access: Access) -> None:
    condition = condition_of(environment_up, "break-glass")
    who = str(azure_one(environment_up, "authorization:RoleAssignment", "break-glass").inputs["principalId"])
    assert gives(condition, PLACE.role_guid("responder"), GROUPS.auditors)
    assert not gives(condition, PLACE.role_guid("responder"), who)
    assert not gives(condition, PLACE.role_guid("environment-apply"), GROUPS.auditors)
    for action, _ in DATA.values():
        assert not access.allows(who, action, NAMES.group_id, data=True)


def test_each_log_has_readers_of_its_own(access: Access, environment_up: Run) -> None:
    query = "Microsoft.OperationalInsights/workspaces/query/read"
    operational, security = (PLACE.log_id(name) for name in (PLACE.operational_log, PLACE.security_log))
    rows = {
        made.name: str(made.inputs["principalId"])
        for made in azure_type(environment_up, "authorization:RoleAssignment")
    }
    assert access.allows(rows["platform"], query, operational)
    assert not access.allows(rows["platform"], query, security)
    assert access.allows(rows["security"], query, security)
    assert not access.allows(rows["security"], query, operational)
    assert not access.allows(GROUPS.auditors, query, operational), "by way of the project's resources only"


def test_a_freeze_takes_everything_that_submits_or_reads(environment_up: Run, frozen_up: Run) -> None:
    found = Access().add(environment_up).add(frozen_up)
    for who, principal in PEOPLE.items():
        for action in (f"{JOBS}/write", f"{JOBS}/read", f"{BLOB}/read", f"{BLOB}/write"):
            assert not found.allows(principal, action, NAMES.group_id, data=True), who
    assert found.allows(object_id("project"), f"{KEY}/unwrap/action", NAMES.group_id, data=True), (
        "stores stay"
    )
    assert found.allows(GROUPS.key_administrators, f"{KEY}/rotate/action", NAMES.group_id, data=True)
