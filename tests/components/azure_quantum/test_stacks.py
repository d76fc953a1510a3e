"""The example stacks on Azure as programs: what they register, in which order, and what they export."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.azure_quantum.names import ProjectNames
from components.program import ProgramError
from tests.components.azure_quantum.conftest import NAMES, PLACE, SUBSCRIPTION, run_environment, run_project
from tests.components.azure_quantum.runner import (
    Azure,
    azure_one,
    azure_type,
    in_cloud,
    object_id,
    run_stack,
)
from tests.components.runner import Made, Run

PAIRS = (
    ("azure-sandbox", "catalyst-sandbox"),
    ("azure-dev", "catalyst-dev"),
    ("azure-prod-catalyst", "catalyst-prod"),
)


def bring_up(pair: tuple[str, str], preview: bool = False) -> tuple[Run, Run]:
    there = run_stack(pair[0], Azure(preview))
    references = {f"organization/qlz/{pair[0]}": there.exports}
    return there, run_stack(pair[1], Azure(preview, references=references))


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("pair", PAIRS, ids=[pair[1] for pair in PAIRS])
def test_the_examples_come_up(pair: tuple[str, str], preview: bool) -> None:
    there, project = bring_up(pair, preview)
    told = project.exports
    assert told["cloud"] == there.exports["cloud"] == "azure"
    assert told["account"] == there.exports["account"]
    assert told["environment"] == pair[0]
    for key in ("dataLivesIn", "keysLiveIn", "logsLiveIn"):
        assert "westeurope" in f"{told[key]}{there.exports['logsLiveIn']}"
    assert told["resultsBucket"] in told["dataLivesIn"]
    assert "public network access" in told["dataLivesIn"]
    assert bool(told["acceptedWithout"]) is (pair[1] == "catalyst-prod")
    assert there.exports["notOffered"]


@pytest.mark.parametrize("found", [run_environment, run_project], ids=["environment", "project"])
def test_every_resource_names_its_provider_and_is_in_the_subscription(found: Any) -> None:
    made = found()
    providers = {row.provider for row in in_cloud(made)}
    assert len(providers) == 1
    assert "pulumi:providers:azure-native::azure::" in providers.pop()
    (provider,) = [row for row in made.made if row.type == "pulumi:providers:azure-native"]
    assert provider.inputs["subscriptionId"] == SUBSCRIPTION
    for row in in_cloud(made):
        for key in ("scope", "resourceUri"):
            assert str(row.inputs.get(key, PLACE.scope)).startswith(PLACE.scope)


def test_names_are_known_at_preview(environment: Run, project: Run) -> None:
    allowed = {"principalId", "condition", "criteria"}
    for row in (*in_cloud(environment), *in_cloud(project)):
        assert row.unknown <= allowed, (row.name, row.unknown)


def test_names_are_the_same_each_time_and_differ_between_projects() -> None:
    assert NAMES.account == ProjectNames("catalyst", PLACE).account
    two = ProjectNames("catalyst-two", PLACE)
    for name in ("account", "vault", "group", "label"):
        assert getattr(NAMES, name) != getattr(two, name)
    assert re.fullmatch(r"[a-z0-9]{3,24}", NAMES.account)
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,22}[a-z0-9]", NAMES.vault)
    assert len({NAMES.account, PLACE.trail_account}) == 2


def test_no_two_groups_are_called_the_same() -> None:
    """A project's group, an environment's and a trail's, whatever the projects and labels are called."""
    names = {PLACE.group, PLACE.trail_group, NAMES.group, ProjectNames("trail", PLACE).group}
    assert len(names) == 4


def test_a_workspace_takes_no_keys_and_has_the_projects_providers_alone(project: Run) -> None:
    (made,) = azure_type(project, "quantum:Workspace")
    properties = made.inputs["properties"]
    assert properties["apiKeyEnabled"] is False
    assert properties["providers"] == [
        {"providerId": "quantinuum", "providerSku": "basic1"},
        {"providerId": "rigetti", "providerSku": "azure-basic-qvm-only-unlimited"},
    ]
    assert properties["storageAccount"] == NAMES.account_id


@pytest.mark.parametrize("which", ["environment_up", "project_up"])
def test_storage_is_closed(which: str, request: pytest.FixtureRequest) -> None:
    (made,) = azure_type(request.getfixturevalue(which), "storage:StorageAccount")
    inputs = made.inputs
    assert inputs["allowSharedKeyAccess"] is False
    assert inputs["allowBlobPublicAccess"] is False
    assert inputs["allowCrossTenantReplication"] is False
    assert inputs["isLocalUserEnabled"] is False
    assert inputs["minimumTlsVersion"] == "TLS1_2"
    assert inputs["enableHttpsTrafficOnly"] is True
    assert inputs["sku"] == {"name": "Standard_LRS"}, "copies stay in the location (R1)"
    assert inputs["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert "keyVersion" not in inputs["encryption"]["keyVaultProperties"], "a rotated key is taken up"


@pytest.mark.parametrize("which", ["environment_up", "project_up"])
def test_vaults_are_guarded_and_keys_rotate(which: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(which)
    (vault,) = azure_type(found, "keyvault:Vault")
    properties = vault.inputs["properties"]
    assert properties["enableRbacAuthorization"] is True
    assert properties["enablePurgeProtection"] is True
    assert properties["networkAcls"]["defaultAction"] == "Deny"
    assert "accessPolicies" not in properties
    (key,) = azure_type(found, "keyvault:Key")
    actions = key.inputs["properties"]["rotationPolicy"]["lifetimeActions"]
    assert {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P1Y"}} in actions
    assert set(key.inputs["properties"]["keyOps"]) == {"wrapKey", "unwrapKey"}


def test_a_vault_lets_in_public_networks_alone(project: Run) -> None:
    (vault,) = azure_type(project, "keyvault:Vault")
    assert vault.inputs["properties"]["networkAcls"]["ipRules"] == [{"value": "192.0.2.0/24"}]


def test_results_are_gone_in_time_and_only_the_trail_is_immutable(environment: Run, project: Run) -> None:
    (policy,) = azure_type(project, "storage:ManagementPolicy")
    (rule,) = policy.inputs["policy"]["rules"]
    days = rule["definition"]["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"]
    (service,) = azure_type(project, "storage:BlobServiceProperties")
    assert days + service.inputs["deleteRetentionPolicy"]["days"] == 90
    assert not azure_type(project, "storage:BlobContainerImmutabilityPolicy")
    (locked,) = azure_type(environment, "storage:BlobContainerImmutabilityPolicy")
    assert locked.inputs["immutabilityPeriodSinceCreationInDays"] == 30


def before(found: Run, made: Made) -> set[str]:
    """Types and names of what must exist before this one."""
    by_urn = {row.urn: f"{row.type.removeprefix('azure-native:')} {row.name}" for row in found.made}
    return {by_urn[urn] for urn in found.before(made) if urn in by_urn}


def test_nobody_comes_into_an_environment_before_its_locks_and_logs(environment: Run) -> None:
    opened = azure_type(environment, "managedidentity:FederatedIdentityCredential")
    assert len(opened) == 6
    for made in opened:
        earlier = before(environment, made)
        for needed in (
            "authorization:PolicyAssignment locations",
            "authorization:PolicyAssignment shared-keys",
            "authorization:PolicyAssignment own-credentials",
            "monitor:DiagnosticSetting activity-trail",
            "monitor:ScheduledQueryRule break-glass",
            "monitor:ActivityLogAlert rights",
        ):
            assert needed in earlier, (made.name, needed)


def test_alarms_query_as_an_identity_that_reads_both_logs_and_nobody_enters(
    environment_up: Run, project_up: Run
) -> None:
    name, principal = PLACE.identity("alarms"), object_id("alarms")
    given = azure_type(environment_up, "authorization:RoleAssignment")
    assert {row.inputs["scope"] for row in given if row.inputs["principalId"] == principal} == {
        PLACE.log_id(PLACE.operational_log),
        PLACE.log_id(PLACE.security_log),
    }
    entered = azure_type(environment_up, "managedidentity:FederatedIdentityCredential")
    assert name not in {row.inputs["resourceName"] for row in entered}
    for found in (environment_up, project_up):
        for rule in azure_type(found, "monitor:ScheduledQueryRule"):
            assert rule.inputs["identity"]["userAssignedIdentities"] == [PLACE.alarms_identity_id], rule.name


def test_nobody_comes_into_a_project_before_its_locks_logs_and_alarms(project: Run) -> None:
    for kind in ("managedidentity:FederatedIdentityCredential", "authorization:RoleAssignment"):
        for made in azure_type(project, kind):
            if made.name == "project-key":
                continue
            earlier = before(project, made)
            for needed in (
                "authorization:ManagementLockByScope workspace",
                "monitor:DiagnosticSetting project-jobs",
                "monitor:ScheduledQueryRule other-target",
            ):
                assert needed in earlier, (made.name, needed)


def test_credentials_come_one_after_another(environment: Run) -> None:
    second = azure_one(environment, "managedidentity:FederatedIdentityCredential", "plan-github-ids")
    assert "managedidentity:FederatedIdentityCredential plan-github" in before(environment, second)


def test_no_role_is_given_at_a_resource_that_is_locked(environment: Run, project: Run) -> None:
    """A lock keeps assignments from being taken away, and a freeze has to take them."""
    locks = {
        row.inputs["scope"]
        for found in (environment, project)
        for row in azure_type(found, "authorization:ManagementLockByScope")
    }
    assert len(locks) == 4
    for found in (environment, project):
        for row in azure_type(found, "authorization:RoleAssignment"):
            assert not any((row.inputs["scope"] + "/").startswith(lock + "/") for lock in locks), row.name


def test_protection_follows_the_lifecycle() -> None:
    kept = {row.type for row in in_cloud(run_project()) if row.protect}
    assert {"azure-native:quantum:Workspace", "azure-native:storage:StorageAccount"} <= kept
    gone = run_project(active=False)
    assert not [row for row in gone.made if row.protect]
    assert not azure_type(gone, "authorization:ManagementLockByScope")
    assert not [row for row in run_environment(protect=False).made if row.protect]


def test_the_trail_outlives_its_environment(environment: Run) -> None:
    for kind in ("storage:StorageAccount", "keyvault:Vault", "keyvault:Key", "storage:BlobContainer"):
        (made,) = azure_type(environment, kind)
        assert made.retain, kind
    assert azure_one(environment, "resources:ResourceGroup", "trail").retain
    assert not azure_one(environment, "resources:ResourceGroup", "environment").retain


def test_a_project_refuses_an_environment_that_is_not_up() -> None:
    with pytest.raises(ProgramError, match="bring the stack azure-sandbox up first"):
        run_stack("catalyst-sandbox", Azure())


@pytest.mark.parametrize("key", ["tenant", "account", "region", "level"])
def test_a_project_refuses_an_environment_that_is_another(key: str) -> None:
    exports = {**run_stack("azure-sandbox").exports, key: "another"}
    cloud = Azure(references={"organization/qlz/azure-sandbox": exports})
    with pytest.raises(ProgramError, match="but its environment azure-sandbox has another"):
        run_stack("catalyst-sandbox", cloud)


def test_a_project_refuses_roles_of_another_version() -> None:
    exports = run_stack("azure-sandbox").exports
    exports["roleIds"] = {**exports["roleIds"], "submit": "/providers/…/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}
    cloud = Azure(references={"organization/qlz/azure-sandbox": exports})
    with pytest.raises(ProgramError, match="has no role submit"):
        run_stack("catalyst-sandbox", cloud)


def test_pipelines_come_in_by_name_and_by_ids(project: Run) -> None:
    found = {
        row.name: row.inputs for row in azure_type(project, "managedidentity:FederatedIdentityCredential")
    }
    assert found["pipeline-github"]["subject"] == "repo:example-org/catalyst:environment:sandbox"
    by_ids = "repo:example-org@987654/catalyst@123456789:environment:sandbox"
    assert found["pipeline-github-ids"]["subject"] == by_ids
    assert found["service-service"]["subject"] == "system:serviceaccount:catalyst:scheduler"
    assert all(row["audiences"] == ["api://AzureADTokenExchange"] for row in found.values())
