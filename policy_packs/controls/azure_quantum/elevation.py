"""I6: who may ask for more is said in a stack file, for a time; another approves, with MFA and a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.azure import ELIGIBILITY, ROLE_RULES, guid_of, low, need_azure, role_of, said
from policy_packs.controls.azure_facts import Elevation
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value

_ASKED = {"multifactorauthentication", "justification"}
_RULES = {
    "Approval_EndUser_Assignment": ("RoleManagementPolicyApprovalRule", "EndUser", "Assignment"),
    "Enablement_EndUser_Assignment": ("RoleManagementPolicyEnablementRule", "EndUser", "Assignment"),
    "Expiration_EndUser_Assignment": ("RoleManagementPolicyExpirationRule", "EndUser", "Assignment"),
    "Expiration_Admin_Eligibility": ("RoleManagementPolicyExpirationRule", "Admin", "Eligibility"),
}
"""The rules that a policy may have, by id: type, and whom and what each is about, as Azure has them."""
_MOST_DAYS = 365


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    rows = need_azure(facts).elevations
    for made in stack.of_type(ELIGIBILITY):
        if unknown := [
            p
            for k in ("scope", "principalId", "roleDefinitionId", "scheduleInfo")
            if not (p := said(made, k)).known
        ]:
            yield undecided(unknown[0], made)
            continue
        row = next((row for row in rows if _is_for(made, row)), None)
        if row is None:
            yield fail("it makes somebody eligible whom no stack file names for this role and place", made)
            continue
        yield from _ends(made, row)
        if not any(_rules_of(each, row) for each in stack.of_type(ROLE_RULES)):
            yield fail("no rules of this stack say who approves it", made)
    for made in stack.of_type(ROLE_RULES):
        row = next((row for row in rows if _rules_of(made, row)), None)
        if row is None:
            yield fail("it sets rules that no stack file names", made)
        else:
            yield from _judge_rules(made, said(made, "rules"), row)


def _is_for(made: Resource, row: Elevation) -> bool:
    mine = (low(said(made, "scope")), low(said(made, "principalId")), guid_of(role_of(made)))
    return mine == (row.scope, row.requesters, row.role)


def _rules_of(made: Resource, row: Elevation) -> bool:
    return (low(said(made, "scope")), low(said(made, "roleManagementPolicyName"))) == (row.scope, row.rule)


def _ends(made: Resource, row: Elevation) -> Iterator[Finding]:
    expiration = said(made, "scheduleInfo")["expiration"]
    end = expiration["endDateTime"].text()
    if expiration["type"].text() != "AfterDateTime" or not end:
        yield fail("it does not end", made)
    elif end[:10] > row.until:
        yield fail(f"it ends on {end[:10]}, the stack file says {row.until}", made)


def _judge_rules(made: Resource, rules: Value, row: Elevation) -> Iterator[Finding]:
    if not rules.known:
        yield undecided(rules, made)
        return
    by_id = {rule["id"].text(): rule for rule in rules}
    if len(by_id) != len(rules):
        yield fail("it has two rules of one id", made)
    for name, rule in by_id.items():
        about = (rule["ruleType"].text(), rule["target"]["caller"].text(), rule["target"]["level"].text())
        if about != _RULES.get(name):
            yield fail(f"its rule {name} is about something else than Azure's rule of that name", made)
    yield from _judge_approval(
        made, by_id.get("Approval_EndUser_Assignment", Value.missing())["setting"], row
    )
    enabled = by_id.get("Enablement_EndUser_Assignment", Value.missing())["enabledRules"]
    if missing := _ASKED - {low(each) for each in enabled}:
        yield fail(f"it does not ask for {', '.join(sorted(missing))}", made)
    longest = by_id.get("Expiration_EndUser_Assignment", Value.missing())
    hours = re.fullmatch(r"PT([0-9]+)H", longest["maximumDuration"].text())
    if longest["isExpirationRequired"].plain() is not True or not hours or int(hours[1]) > row.hours:
        yield fail(f"it lasts longer than the tier's {row.hours} hours, or for ever", made)
    eligible = by_id.get("Expiration_Admin_Eligibility", Value.missing())
    span = re.fullmatch(r"P([0-9]+)D", eligible["maximumDuration"].text())
    if eligible["isExpirationRequired"].plain() is not True or not span or int(span[1]) > _MOST_DAYS:
        yield fail("who is eligible stays so for ever, or for more than a year", made)


def _judge_approval(made: Resource, approval: Value, row: Elevation) -> Iterator[Finding]:
    """One stage, by the approvers and nobody else, however long they take."""
    stages = approval["approvalStages"].elements()
    approvers = {low(each["id"]) for stage in stages for each in stage["primaryApprovers"]}
    if approval["isApprovalRequired"].plain() is not True or approvers != {row.approvers}:
        yield fail("it is not approved by the project's approvers, and by them alone", made)
    if approval["approvalMode"].text() != "SingleStage" or len(stages) != 1:
        yield fail("it is not approved in one stage", made)
    if any(stage["isEscalationEnabled"].plain() is not False for stage in stages):
        yield fail("whoever waits long enough is approved by others", made)


CONTROL = Control(
    id="qlz-i6-azure-elevation",
    title="More rights are asked for, approved by another, and end",
    why="A right that stands for ever, or that one gives oneself, goes to whoever takes over the account.",
    fix="Name it in the stack file's elevation; give it approvers, MFA, a reason and the tier's hours.",
    requirements=("I6", "I5"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-2(2)", "AC-6(5)", "AC-5"),
        "iso-27001-2022-annex-a": ("A.8.2", "A.5.18"),
        "ncsc-cloud-principles": ("9", "12"),
        "csa-ccm-4": ("IAM-09", "IAM-10"),
    },
    types=(ELIGIBILITY, ROLE_RULES),
    judge_stack=judge_stack,
    cloud="azure",
)
