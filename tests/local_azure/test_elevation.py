"""Eligibilities: they grant nothing, are activated within the role's rules, and end by the clock."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from rehearsal.local_azure.names import policy_name
from tests.local_azure.arm import ACCESS_ADMINISTRATOR, CONTRIBUTOR, READER, Arm

SPACE = "providers/Microsoft.Authorization"


class Elevation:
    """A group whose Reader role somebody is eligible for."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        self.group = arm.group()
        self.person = arm.person()
        self.as_person = arm.as_(self.person)
        self.role = f"{arm.subscription}/{SPACE}/roleDefinitions/{READER}"
        self.policy = f"{self.group}/{SPACE}/roleManagementPolicies/{policy_name(self.group, READER)}"

    def request(self, by: Arm, what: str, kind: str, duration: str | None = "P30D", **more: Any) -> Any:
        expiration = {"type": "AfterDuration", "duration": duration} if duration else {"type": "NoExpiration"}
        told = {
            "roleDefinitionId": self.role,
            "principalId": self.person,
            "requestType": kind,
            "scheduleInfo": {"expiration": expiration},
            **more,
        }
        path = f"{self.group}/{SPACE}/role{what}ScheduleRequests/{uuid.uuid4()}"
        return by.request("PUT", path, {"properties": told})

    def eligible(self, **more: Any) -> dict[str, Any]:
        reply = self.request(self.arm, "Eligibility", "AdminAssign", **more)
        assert reply.status_code == 201, reply.text
        told: dict[str, Any] = reply.json()
        return told

    def activate(self, duration: str | None = "PT1H", by: Arm | None = None, **more: Any) -> Any:
        told = {"justification": "incident 7", **more}
        return self.request(by or self.as_person, "Assignment", "SelfActivate", duration, **told)

    def reads(self) -> bool:
        return self.as_person.request("GET", self.group).status_code == 200

    def rules(self, *rules: dict[str, Any]) -> None:
        reply = self.arm.request("PATCH", self.policy, {"properties": {"rules": list(rules)}})
        assert reply.status_code == 200, reply.text

    def approval_by(self, *approvers: str) -> None:
        stage = {
            "approvalStageTimeOutInDays": 1,
            "isApproverJustificationRequired": True,
            "primaryApprovers": [{"id": id, "userType": "User", "isBackup": False} for id in approvers],
        }
        setting = {"isApprovalRequired": True, "approvalMode": "SingleStage", "approvalStages": [stage]}
        kind = "RoleManagementPolicyApprovalRule"
        self.rules({"id": "Approval_EndUser_Assignment", "ruleType": kind, "setting": setting})


@pytest.fixture
def it(arm: Arm) -> Elevation:
    return Elevation(arm)


def test_an_eligibility_alone_grants_nothing(it: Elevation) -> None:
    made = it.eligible()
    assert made["properties"]["status"] == "Provisioned"
    assert not it.reads()
    listed = it.arm.get(f"{it.group}/{SPACE}/roleEligibilitySchedules?$filter=principalId eq '{it.person}'")[
        "value"
    ]
    assert [each["properties"]["principalId"] for each in listed] == [it.person]
    mine = it.as_person.get(f"{it.group}/{SPACE}/roleEligibilityScheduleInstances?$filter=asTarget()")[
        "value"
    ]
    assert len(mine) == 1


def test_an_activation_ends_by_the_clock(it: Elevation) -> None:
    it.eligible()
    assert it.activate("PT2H").status_code == 201
    assert it.reads()
    it.arm.cloud.control("clock", {"advance": 2 * 3600 - 60})
    assert it.reads()
    it.arm.cloud.control("clock", {"advance": 120})
    assert not it.reads()
    at = f"{it.group}/{SPACE}/roleAssignments?$filter=principalId eq '{it.person}'"
    assert it.arm.get(at)["value"] == []


def test_an_eligibility_ends_by_the_clock(it: Elevation) -> None:
    it.eligible(duration="P1D")
    it.arm.cloud.control("clock", {"advance": 86400 + 60})
    assert it.activate().json()["error"]["code"] == "RoleAssignmentDoesNotExist"


def failed(reply: Any) -> str:
    error = reply.json()["error"]
    assert error["code"] == "RoleAssignmentRequestPolicyValidationFailed"
    return str(error["message"])


def test_what_the_rules_demand(it: Elevation) -> None:
    it.eligible()
    assert "JustificationRule" in failed(it.activate(justification=" "))
    assert "ExpirationRule" in failed(it.activate("PT9H"))
    assert "ExpirationRule" in failed(it.activate(None))
    assert "MfaRule" in failed(it.activate(by=it.arm.as_(it.person, mfa=False)))
    assert not it.reads()
    expiry = {"id": "Expiration_EndUser_Assignment", "ruleType": "RoleManagementPolicyExpirationRule"}
    it.rules({**expiry, "isExpirationRequired": True, "maximumDuration": "PT30M"})
    assert "ExpirationRule" in failed(it.activate("PT1H"))
    assert it.activate("PT30M").status_code == 201


def test_an_eligibility_is_limited_too(it: Elevation) -> None:
    reply = it.request(it.arm, "Eligibility", "AdminAssign", None)
    assert "ExpirationRule" in failed(reply)


def test_another_approves(it: Elevation) -> None:
    approver, someone = it.arm.person(), it.arm.person()
    it.approval_by(approver, it.person)
    it.eligible()
    waiting = it.activate().json()["properties"]
    assert waiting["status"] == "PendingApproval"
    assert not it.reads()
    stage = it.arm.as_(approver).get(waiting["approvalId"])["properties"]["stages"][0]["id"]
    yes = {"properties": {"reviewResult": "Approve", "justification": "seen"}}
    assert it.arm.as_(someone).refused("PATCH", stage, yes) == "403 ApproverNotAuthorized"
    assert it.as_person.refused("PATCH", stage, yes) == "403 SelfApprovalNotAllowed"
    silent = {"properties": {"reviewResult": "Approve"}}
    assert it.arm.as_(approver).refused("PATCH", stage, silent) == "400 ApproverJustificationRequired"
    assert it.arm.as_(approver).request("PATCH", stage, yes).status_code == 200
    assert it.reads()
    assert it.arm.as_(approver).refused("PATCH", stage, yes) == "400 ApprovalAlreadyCompleted"


def test_a_denied_or_cancelled_request_gives_nothing(it: Elevation) -> None:
    approver = it.arm.person()
    it.approval_by(approver)
    it.eligible()
    waiting = it.activate().json()
    no = {"properties": {"reviewResult": "Deny", "justification": "why?"}}
    stage = f"{waiting['properties']['approvalId']}/stages/{waiting['name']}"
    assert it.arm.as_(approver).request("PATCH", stage, no).status_code == 200
    other = it.activate().json()
    assert it.as_person.request("POST", f"{other['id']}/cancel").status_code == 200
    assert not it.reads()


def test_nobody_activates_for_somebody_else_or_without_eligibility(it: Elevation) -> None:
    it.eligible()
    thief = it.arm.as_(it.arm.person())
    assert it.activate(by=thief).status_code == 403
    own = it.activate(by=thief, principalId=thief.principal)
    assert own.json()["error"]["code"] == "RoleAssignmentDoesNotExist"
    higher = it.activate(roleDefinitionId=it.role.replace(READER, CONTRIBUTOR))
    assert higher.json()["error"]["code"] == "RoleAssignmentDoesNotExist"


def test_nobody_makes_himself_eligible(it: Elevation) -> None:
    assert it.request(it.as_person, "Eligibility", "AdminAssign").status_code == 403
    body: dict[str, Any] = {"properties": {"rules": []}}
    assert it.as_person.refused("PATCH", it.policy, body) == "403 AuthorizationFailed"


def test_a_condition_on_assignments_does_not_reach_eligibilities(it: Elevation) -> None:
    """As in Azure: who may write eligibility requests is limited by nothing."""
    on = "Microsoft.Authorization/roleAssignments"
    nothing = f"!(ActionMatches{{'{on}/write'}}) AND !(ActionMatches{{'{on}/delete'}})"
    administrator = it.arm.person()
    more = {"condition": nothing, "conditionVersion": "2.0"}
    it.arm.give(it.group, ACCESS_ADMINISTRATOR, administrator, "User", **more)
    assert it.request(it.arm.as_(administrator), "Eligibility", "AdminAssign").status_code == 201


def test_a_condition_that_is_not_understood_is_refused_here_too(it: Elevation) -> None:
    reply = it.request(
        it.arm, "Eligibility", "AdminAssign", condition="colour == 'red'", conditionVersion="2.0"
    )
    assert reply.json()["error"]["code"] == "RoleAssignmentConditionNotValid"


def test_through_a_group(it: Elevation) -> None:
    group = str(uuid.uuid4())
    it.arm.cloud.control("principals", {"principals": [{"id": group, "type": "Group"}]})
    it.eligible(principalId=group, principalType="Group")
    member = it.arm.person(group)
    assert it.activate(by=it.arm.as_(member), principalId=member).status_code == 201
    assert it.arm.as_(member).request("GET", it.group).status_code == 200


def test_a_freeze_ends_what_is_active_and_eligible(it: Elevation) -> None:
    it.eligible()
    it.activate()
    assert it.request(it.arm, "Assignment", "AdminRemove", None).json()["properties"]["status"] == "Revoked"
    assert not it.reads()
    it.activate()
    assert it.request(it.arm, "Eligibility", "AdminRemove", None).status_code == 201
    assert it.reads()
    assert it.request(it.arm, "Assignment", "AdminRemove", None).status_code == 201
    assert not it.reads()
    assert it.activate().json()["error"]["code"] == "RoleAssignmentDoesNotExist"
    assert it.request(it.arm, "Assignment", "AdminRemove", None).status_code == 404


def test_the_holder_ends_it_after_five_minutes(it: Elevation) -> None:
    it.eligible()
    it.activate()
    assert (
        it.request(it.as_person, "Assignment", "SelfDeactivate").json()["error"]["code"]
        == "ActiveDurationTooShort"
    )
    it.arm.cloud.control("clock", {"advance": 301})
    assert it.request(it.as_person, "Assignment", "SelfDeactivate").status_code == 201
    assert not it.reads()


def test_policies_are_there_and_cannot_be_made(it: Elevation) -> None:
    wanted = f"$filter=roleDefinitionId eq '{it.role}'"
    found = it.arm.get(f"{it.group}/{SPACE}/roleManagementPolicyAssignments?{wanted}")["value"]
    assert [each["properties"]["policyId"] for each in found] == [it.policy]
    assert it.arm.refused("PUT", it.policy, {}) == "405 MethodNotAllowed"
    assert it.arm.refused("DELETE", it.policy) == "405 MethodNotAllowed"
    other = f"{it.group}/{SPACE}/roleManagementPolicies/{uuid.uuid4()}"
    assert it.arm.refused("PATCH", other, {}) == "404 RoleManagementPolicyNotFound"
    wrong = {"id": "Expiration_EndUser_Assignment", "ruleType": "RoleManagementPolicyEnablementRule"}
    assert it.arm.refused("PATCH", it.policy, {"properties": {"rules": [wrong]}}) == "400 InvalidPolicyRule"
    wrong = {"id": "Nothing", "ruleType": "RoleManagementPolicyExpirationRule"}
    assert it.arm.refused("PATCH", it.policy, {"properties": {"rules": [wrong]}}) == "400 InvalidPolicyRule"
