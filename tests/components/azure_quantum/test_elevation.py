"""Elevation on Azure: rules before rights, and who has them."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from components.azure_quantum.elevation import standing
from components.programs.azure_environment import build_azure_environment
from components.spec import AzureEnvironmentStack, AzureProjectStack, load_stack
from tests.components.azure_quantum.conftest import GROUPS, NAMES, PLACE, elevation_args, run_environment
from tests.components.azure_quantum.runner import ROOT, Azure, azure_one, azure_type, run, run_stack
from tests.components.runner import Run


def test_rules_demand_approval_by_another_mfa_a_reason_and_an_end(environment: Run) -> None:
    made = azure_one(environment, "authorization:RoleManagementPolicy", "catalyst-production-queue")
    rules = {rule["id"]: rule for rule in made.inputs["rules"]}
    setting = rules["Approval_EndUser_Assignment"]["setting"]
    assert setting["isApprovalRequired"] is True
    (stage,) = setting["approvalStages"]
    assert [row["id"] for row in stage["primaryApprovers"]] == [GROUPS.approvers]
    enabled = set(rules["Enablement_EndUser_Assignment"]["enabledRules"])
    assert enabled == {"MultiFactorAuthentication", "Justification", "Ticketing"}
    assert rules["Expiration_EndUser_Assignment"]["maximumDuration"] == "PT8H"
    assert rules["Expiration_EndUser_Assignment"]["isExpirationRequired"] is True
    assert rules["Expiration_Admin_Eligibility"]["isExpirationRequired"] is True
    assert made.inputs["scope"] == NAMES.group_id


def test_people_are_eligible_after_the_rules_until_a_day(environment: Run) -> None:
    made = azure_one(environment, "authorization:PimRoleEligibilitySchedule", "catalyst-rotate-key")
    rules = azure_one(environment, "authorization:RoleManagementPolicy", "catalyst-rotate-key")
    assert rules.urn in environment.before(made)
    assert made.inputs["principalId"] == GROUPS.researchers
    assert made.inputs["roleDefinitionId"].endswith(PLACE.role_guid("rotate-key"))
    expiration = made.inputs["scheduleInfo"]["expiration"]
    assert expiration == {"type": "AfterDateTime", "endDateTime": "2027-10-31T23:59:59Z"}


def test_without_a_recorded_rule_there_is_no_right() -> None:
    found = run_environment(elevation=(elevation_args(rules={}),))
    assert not azure_type(found, "authorization:PimRoleEligibilitySchedule")


@pytest.mark.parametrize(("day", "still"), [(date(2027, 10, 31), True), (date(2027, 11, 1), False)])
def test_the_last_day_counts(day: date, still: bool) -> None:
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert standing(date(2027, 10, 31), now) is still
    loaded = load_stack(Path(ROOT), "azure-dev")
    stack = loaded.stack
    assert isinstance(stack, AzureEnvironmentStack)
    projects = [row for row in loaded.projects if isinstance(row, AzureProjectStack)]
    cloud = Azure(groups={"qlz-dev--catalyst": {}})
    found = run(lambda: build_azure_environment(stack, projects, now), "azure-dev", cloud)
    assert bool(azure_type(found, "authorization:PimRoleEligibilitySchedule")) is still
    assert azure_type(found, "authorization:RoleManagementPolicy")


def test_nothing_is_made_for_a_group_that_is_not_there() -> None:
    found = run_stack("azure-dev", Azure())
    assert not azure_type(found, "authorization:RoleManagementPolicy")


def test_the_longest_grant_is_the_tiers() -> None:
    found = run_stack("azure-prod-catalyst", Azure(groups={"qlz-prod--catalyst": {}}))
    made = azure_one(found, "authorization:RoleManagementPolicy", "catalyst-production-queue")
    rules = {rule["id"]: rule for rule in made.inputs["rules"]}
    assert rules["Expiration_EndUser_Assignment"]["maximumDuration"] == "PT8H", "pre-production: 8 hours"
    dev = run_stack("azure-dev", Azure(groups={"qlz-dev--catalyst": {}}))
    made = azure_one(dev, "authorization:RoleManagementPolicy", "catalyst-rotate-key")
    rules = {rule["id"]: rule for rule in made.inputs["rules"]}
    assert rules["Expiration_EndUser_Assignment"]["maximumDuration"] == "PT12H", "internal research: 12"


def test_the_command_that_finds_a_rule_is_one_that_a_shell_reads() -> None:
    there = run_stack("azure-sandbox", Azure())
    references = {"organization/qlz/azure-sandbox": there.exports}
    told = run_stack("catalyst-sandbox", Azure(references=references)).exports["elevationRules"]
    words = shlex.split(told["rotate-key"])
    assert words[:3] == ["az", "rest", "--url"]
    (asked,) = parse_qs(urlsplit(words[3]).query)["$filter"]
    assert asked == f"roleDefinitionId eq '{there.exports['roleIds']['rotate-key']}'"
    assert words[4:] == ["--query", "value[0].properties.policyId"]


def test_the_mark_and_the_policies_are_not_changed_unheard(environment: Run) -> None:
    watched = {
        row["equals"]
        for alert in azure_type(environment, "monitor:ActivityLogAlert")
        for row in alert.inputs["condition"]["allOf"][1]["anyOf"]
    }
    assert {
        "Microsoft.Authorization/policyExemptions/write",
        "Microsoft.Resources/subscriptions/resourceGroups/write",
        "Microsoft.Resources/tags/write",
    } <= watched
