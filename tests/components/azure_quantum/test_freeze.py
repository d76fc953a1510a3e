"""The freeze on Azure: read live, kept by an up, beaten by nothing."""

from __future__ import annotations

import pytest

from components.azure_quantum.freeze import AS_WRITTEN, MARK
from components.program import ProgramError
from tests.components.azure_quantum.runner import Azure, azure_one, azure_type, run_stack
from tests.components.runner import Run

ENVIRONMENTS = {"sandbox": "azure-sandbox", "dev": "azure-dev"}
WHO = "2026-11-22T10:00:00Z by oncall"


def project(level: str = "sandbox", **options: object) -> Run:
    exports = run_stack(ENVIRONMENTS[level]).exports
    references = {f"organization/qlz/{ENVIRONMENTS[level]}": exports}
    return run_stack(f"catalyst-{level}", Azure(references=references, **options))  # type: ignore[arg-type]


GROUP = "qlz-sandbox--catalyst"


def test_a_frozen_project_keeps_its_mark_and_opens_nothing() -> None:
    frozen = project(groups={GROUP: {MARK: WHO, "owner": "x"}})
    group = azure_one(frozen, "resources:ResourceGroup", "project")
    assert group.inputs["tags"][MARK] == WHO
    assert frozen.exports["frozen"] == WHO
    assert not azure_type(frozen, "managedidentity:FederatedIdentityCredential")
    left = {row.name for row in azure_type(frozen, "authorization:RoleAssignment")}
    assert left == {
        "project-key",
        "auditors-audit",
        "auditors-billing",
        "key_administrators-administer-keys",
    }
    for kind in ("storage:StorageAccount", "keyvault:Key", "quantum:Workspace", "monitor:DiagnosticSetting"):
        assert azure_type(frozen, kind), "stores, keys and logs stay (L7)"


def test_a_responder_is_told_step_by_step() -> None:
    exports = project().exports
    told = exports["freezeSteps"]
    assert MARK in told[0]
    roles = {
        row.inputs["roleDefinitionId"].rpartition("/")[2]
        for row in azure_type(project(), "authorization:RoleAssignment")
    }
    kept = {
        row.inputs["roleDefinitionId"].rpartition("/")[2]
        for row in azure_type(project(groups={GROUP: {MARK: WHO}}), "authorization:RoleAssignment")
    }
    assert roles - kept
    for role in roles:
        assert (role in told[1]) == (role not in kept), role
    for kind in ("pipeline", "service"):
        assert any(f"qlz-catalyst-sandbox-{kind} " in step for step in told[2:4])
    assert "/revokeUserDelegationKeys?" in told[4]
    assert "job cancel" in told[5]
    assert exports["resultsBucket"] in told[4]


@pytest.mark.parametrize("tag", [MARK.upper(), "Qlz-Frozen"])
def test_tags_are_read_whatever_their_case(tag: str) -> None:
    assert project(groups={GROUP: {tag: WHO}}).exports["frozen"] == WHO


def test_an_empty_mark_is_a_mark() -> None:
    frozen = project(groups={GROUP: {MARK: ""}})
    assert frozen.exports["frozen"]
    assert azure_one(frozen, "resources:ResourceGroup", "project").inputs["tags"][MARK]


@pytest.mark.parametrize("groups", [{}, {GROUP: {"owner": "x"}}], ids=["no group yet", "no mark"])
def test_others_are_not_frozen(groups: dict[str, dict[str, str]]) -> None:
    found = project(groups=groups)
    assert found.exports["frozen"] == ""
    assert MARK not in azure_one(found, "resources:ResourceGroup", "project").inputs["tags"]
    assert azure_type(found, "managedidentity:FederatedIdentityCredential")


@pytest.mark.parametrize(
    "failing", ['Status=403 Code="AuthorizationFailed"', "Status=503", "connection refused"]
)
def test_any_other_answer_stops_the_run(failing: str) -> None:
    with pytest.raises(ProgramError, match="could not be read"):
        project(failing=failing)


def test_a_preview_without_a_cloud_judges_the_file_and_an_up_never_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exports = run_stack("azure-sandbox").exports
    references = {"organization/qlz/azure-sandbox": exports}
    monkeypatch.setenv(AS_WRITTEN, "1")
    blind = Azure(preview=True, references=references, failing="there is no cloud")
    assert run_stack("catalyst-sandbox", blind).exports["frozen"] == ""
    assert blind.asked == []
    with pytest.raises(ProgramError, match="could not be read"):
        project(failing="there is no cloud")
    frozen = project(groups={GROUP: {MARK: WHO}})
    assert frozen.exports["frozen"] == WHO, "an up takes no notice"


def test_the_group_that_is_asked_for_is_the_one_that_is_made() -> None:
    exports = run_stack("azure-sandbox").exports
    cloud = Azure(references={"organization/qlz/azure-sandbox": exports})
    found = run_stack("catalyst-sandbox", cloud)
    assert cloud.asked == [azure_one(found, "resources:ResourceGroup", "project").inputs["resourceGroupName"]]


def test_a_frozen_project_has_nobody_eligible() -> None:
    group = "qlz-dev--catalyst"
    free = run_stack("azure-dev", Azure(groups={group: {}}))
    frozen = run_stack("azure-dev", Azure(groups={group: {MARK: WHO}}))
    assert azure_type(free, "authorization:PimRoleEligibilitySchedule")
    assert not azure_type(frozen, "authorization:PimRoleEligibilitySchedule")
    assert azure_type(frozen, "authorization:RoleManagementPolicy"), "the rules stay"


def test_an_environment_that_cannot_tell_stops() -> None:
    with pytest.raises(ProgramError, match="could not be read"):
        run_stack("azure-dev", Azure(failing="Status=403"))
