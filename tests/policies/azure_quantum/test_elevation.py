from __future__ import annotations

from typing import Any

from policy_packs.controls.azure_quantum.elevation import CONTROL
from tests.policies.azure_quantum.things import (
    APPROVERS,
    ENVIRONMENT,
    GROUP_ID,
    KEEPERS,
    PEOPLE,
    PROJECT,
    ROLE,
    RULE,
    SCOPE,
    az,
    merged,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
APPROVAL, ASKED = "Approval_EndUser_Assignment", "Enablement_EndUser_Assignment"
LONGEST, STANDING = "Expiration_EndUser_Assignment", "Expiration_Admin_Eligibility"
STAGE = {"isEscalationEnabled": False, "primaryApprovers": [{"id": APPROVERS}]}
OF = {"caller": "EndUser", "level": "Assignment"}
RULES: dict[str, dict[str, Any]] = {
    APPROVAL: {
        "ruleType": "RoleManagementPolicyApprovalRule",
        "target": OF,
        "setting": {
            "isApprovalRequired": True,
            "approvalMode": "SingleStage",
            "approvalStages": [STAGE],
        },
    },
    ASKED: {
        "ruleType": "RoleManagementPolicyEnablementRule",
        "target": OF,
        "enabledRules": ["MultiFactorAuthentication", "Justification", "Ticketing"],
    },
    LONGEST: {
        "ruleType": "RoleManagementPolicyExpirationRule",
        "target": OF,
        "isExpirationRequired": True,
        "maximumDuration": "PT4H",
    },
    STANDING: {
        "ruleType": "RoleManagementPolicyExpirationRule",
        "target": {"caller": "Admin", "level": "Eligibility"},
        "isExpirationRequired": True,
        "maximumDuration": "P365D",
    },
}


def rules(changes: dict[str, Any] | None = None, name: object = RULE) -> Res:
    rows = [{"id": each, **found} for each, found in merged(RULES, changes or {}).items()]
    props = {"scope": GROUP_ID, "roleManagementPolicyName": name, "rules": rows}
    return az("authorization:RoleManagementPolicy", props, "rules")


def eligible(
    principal: object = PEOPLE, role: str = ROLE["submit"], scope: str = GROUP_ID, **expiration: object
) -> Res:
    ends = {"type": "AfterDateTime", "endDateTime": "2027-10-31T23:59:59Z", **expiration}
    definition = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    props = {
        "scope": scope,
        "principalId": principal,
        "roleDefinitionId": definition,
        "scheduleInfo": {"expiration": ends},
    }
    return az("authorization:PimRoleEligibilitySchedule", props, "eligible")


def doubled() -> Res:
    rows = [{"id": each, **found} for each, found in (*RULES.items(), (LONGEST, RULES[LONGEST]))]
    props = {"scope": GROUP_ID, "roleManagementPolicyName": RULE, "rules": rows}
    return az("authorization:RoleManagementPolicy", props, "rules")


def stage(*approvers: str) -> dict[str, Any]:
    return {
        "setting": {"approvalStages": [{**STAGE, "primaryApprovers": [{"id": each} for each in approvers]}]}
    }


CASES.passes("as it is to be", [rules(), eligible()])
CASES.passes("rules without anybody", rules())
CASES.passes(
    "sooner",
    [rules({LONGEST: {"maximumDuration": "PT1H"}}), eligible(endDateTime="2027-01-01T00:00:00Z")],
)
CASES.fails("no rules", eligible(), "no rules of this stack say who approves it")
CASES.fails("another's rules", [rules(name=KEEPERS), eligible()], "sets rules that no stack file names")
CASES.fails("others", [rules(), eligible(KEEPERS)], "whom no stack file names")
CASES.fails("for more", [rules(), eligible(role=ROLE["administer-keys"])], "whom no stack file names")
CASES.fails("everywhere", [rules(), eligible(scope=SCOPE)], "whom no stack file names")
CASES.fails("for ever", [rules(), eligible(type="NoExpiration")], "it does not end")
CASES.fails(
    "longer",
    [rules(), eligible(endDateTime="2028-01-01T00:00:00Z")],
    "the stack file says 2027-10-31",
)
CASES.fails("nobody asked", rules({APPROVAL: {"setting": {"isApprovalRequired": False}}}), "not approved by")
CASES.fails(
    "approved by oneself",
    rules({APPROVAL: stage(PEOPLE)}),
    "not approved by the project's approvers",
)
CASES.fails("by more", rules({APPROVAL: stage(APPROVERS, PEOPLE)}), "not approved by the project's approvers")
CASES.fails(
    "no MFA",
    rules({ASKED: {"enabledRules": ["Justification"]}}),
    "ask for multifactorauthentication",
)
CASES.fails(
    "no reason",
    rules({ASKED: {"enabledRules": ["MultiFactorAuthentication"]}}),
    "ask for justification",
)
CASES.fails("a day", rules({LONGEST: {"maximumDuration": "PT24H"}}), "longer than the tier's 4 hours")
CASES.fails("days", rules({LONGEST: {"maximumDuration": "P3D"}}), "longer than the tier's 4 hours")
CASES.fails("no end", rules({LONGEST: {"isExpirationRequired": False}}), "or for ever")
CASES.fails("rules left out", rules({LONGEST: None}), "or for ever")
CASES.fails("eligible for ever", rules({STANDING: {"isExpirationRequired": False}}), "stays so for ever")
for name, changes, says in (
    ("others after a minute", {"approvalStages": [{**STAGE, "isEscalationEnabled": True}]}, "by others"),
    ("who knows", {"approvalStages": [{"primaryApprovers": [{"id": APPROVERS}]}]}, "by others"),
    ("in no stage", {"approvalMode": "NoApproval"}, "not approved in one stage"),
    ("in two stages", {"approvalStages": [STAGE, STAGE]}, "not approved in one stage"),
):
    CASES.fails(f"approved {name}", rules({APPROVAL: {"setting": changes}}), says)
ABOUT = "something else than Azure's rule"
CASES.fails("another type", rules({APPROVAL: {"ruleType": "RoleManagementPolicyExpirationRule"}}), ABOUT)
CASES.fails("of another", rules({APPROVAL: {"target": {"caller": "Admin"}}}), ABOUT)
CASES.fails(
    "assigned for ever by an administrator",
    rules({"Expiration_Admin_Assignment": {"isExpirationRequired": False}}),
    ABOUT,
)
CASES.fails("eligible for a decade", rules({STANDING: {"maximumDuration": "P3650D"}}), "more than a year")
CASES.fails(
    "a project makes somebody eligible",
    [rules(), eligible()],
    "whom no stack file names",
    declared=PROJECT,
)
CASES.fails("a rule twice", doubled(), "two rules of one id")
CASES.unknown("who", [rules(), eligible(UNKNOWN)], "principalId is unknown")
CASES.unknown("how long", rules({LONGEST: {"maximumDuration": UNKNOWN}}), "maximumDuration is unknown")


def test_case(case: Case) -> None:
    case.check()
