"""A program of bare azure_native resources that goes round the components makes nothing, in either engine."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import pytest

from components.spec import load_stack
from policy_packs.controls.stack_facts import PROJECT_ROOT
from rehearsal.engine import Engine, Project, StateStore
from tests.policies.stub_provider import stub_provider
from tests.policies.test_real_cli import SENTENCES, Run, leaving, run

STACK = "catalyst-sandbox"
HEAD = r'''
import pulumi
import pulumi_azure_native as azure

SUBSCRIPTION = "b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f01"
TENANT = "7e4a47aa-0000-4000-8000-000000000001"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
GROUP = "qlz-sandbox--catalyst"
HOME = f"{SCOPE}/resourceGroups/qlz-sandbox/providers"
LOG = f"{HOME}/Microsoft.OperationalInsights/workspaces/qlz-sandbox"
provider = azure.Provider("azure", subscription_id=SUBSCRIPTION, tenant_id=TENANT)
here = pulumi.ResourceOptions(provider=provider)
kept = pulumi.ResourceOptions(provider=provider, protect=True)
tags = {
    "project": "catalyst", "environment": "sandbox", "tier": "internal-research", "cost-centre": "CC-2070",
    "owner": "catalyst-team@example.org", "classification": "internal", "end-date": "2029-10-31",
}
there = {"resource_group_name": GROUP, "location": "westeurope", "tags": tags}
azure.resources.ResourceGroup("group", opts=kept, **there)
place = f"{SCOPE}/resourceGroups/{GROUP}/providers/Microsoft.Quantum"
jobs = f"""QuantumWorkspaceJobAuditLogs
| where _ResourceId =~ "{place}/Workspaces/catalyst-sandbox"
| where OperationName == "CreateJob\""""
targets = '"quantinuum.sim.h2-1e", "quantinuum.sim.h2-1sc", "rigetti.sim.qvm"'
for what, query, above in (
    ("spike", jobs, 1),
    ("other-target", jobs + f"\n| where TargetId !in~ ({targets})", 0),
    ("other-network", f"""StorageBlobLogs
| where AccountName == "account"
| where isnotempty(CallerIpAddress)
| where RequesterObjectId != "{TENANT}"
| extend Caller = tostring(split(CallerIpAddress, ":")[0])""", 0),
):
    azure.monitor.ScheduledQueryRule(
        what, rule_name=f"qlz-catalyst-sandbox-{what}", kind="LogAlert", enabled=True, opts=here, **there,
        scopes=[f"{LOG}-operational"], evaluation_frequency="PT15M", window_size="PT1H",
        actions={"action_groups": [f"{HOME}/Microsoft.Insights/actionGroups/qlz-sandbox-alerts"]},
        identity={"type": "UserAssigned", "user_assigned_identities": [
            f"{HOME}/Microsoft.ManagedIdentity/userAssignedIdentities/qlz-sandbox-alarms"
        ]},
        criteria={"all_of": [
            {"query": query, "operator": "GreaterThan", "threshold": above, "time_aggregation": "Count"}
        ]},
    )
pipeline = azure.managedidentity.UserAssignedIdentity(
    "pipeline", resource_name_="qlz-catalyst-sandbox-pipeline", opts=here, **there
)
'''
MADE = {"group", "spike", "other-target", "other-network", "pipeline"}
BYPASSES = """
away = azure.Provider("away", subscription_id=SUBSCRIPTION[:-1] + "9", tenant_id=TENANT)
azure.resources.ResourceGroup("elsewhere", opts=pulumi.ResourceOptions(provider=away), **there)
azure.resources.ResourceGroup(
    "abroad", resource_group_name="abroad", location="eastus", tags=tags, opts=here
)
azure.compute.VirtualMachine("machine", opts=here, **there)
azure.resources.Deployment("template", resource_group_name=GROUP, opts=here, properties={
    "mode": "Incremental", "template": {"resources": [{"type": "Microsoft.Storage/storageAccounts"}]},
})
account = azure.storage.StorageAccount(
    "open", account_name="openopenopen", kind="StorageV2", sku={"name": "Standard_GRS"}, opts=here,
    allow_shared_key_access=True, allow_blob_public_access=True, **there,
)
azure.quantum.Workspace(
    "keyed", workspace_name="catalyst-sandbox", opts=here, **there,
    identity={"type": "SystemAssigned"},
    properties=azure.quantum.WorkspaceResourcePropertiesArgs(
        storage_account=account.id,
        providers=[azure.quantum.ProviderArgs(provider_id="ionq", provider_sku="pay-as-you-go-cred")],
    ),
)
azure.keyvault.Vault("weak", vault_name="weak-vault", opts=here, **there, properties={
    "tenant_id": TENANT, "sku": {"family": "A", "name": azure.keyvault.SkuName.STANDARD},
    "access_policies": [{"object_id": TENANT, "tenant_id": TENANT, "permissions": {"keys": ["get"]}}],
})
ROLES = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions"
for name, scope in (("owner", SCOPE), ("owner-of-group", f"{SCOPE}/resourceGroups/{GROUP}")):
    azure.authorization.RoleAssignment(
        name, scope=scope, principal_id=pipeline.principal_id, principal_type="ServicePrincipal", opts=here,
        role_definition_id=f"{ROLES}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    )
azure.authorization.RoleDefinition(
    "everything", scope=SCOPE, role_name="x", assignable_scopes=["/"], opts=here,
    role_definition_id=TENANT, permissions=[{"actions": ["*"], "data_actions": ["*"]}],
)
for name, subject in (("any", "repo:example-org/*"), ("pull", "repo:example-org/catalyst:pull_request")):
    azure.managedidentity.FederatedIdentityCredential(
        name, federated_identity_credential_resource_name=name, resource_group_name=GROUP, opts=here,
        resource_name_="qlz-catalyst-sandbox-pipeline", subject=subject,
        issuer="https://token.actions.githubusercontent.com", audiences=["api://AzureADTokenExchange"],
    )
azure.authorization.PolicyExemption(
    "exempt", scope=SCOPE, exemption_category="Waiver", opts=here,
    policy_assignment_id=f"{SCOPE}/providers/Microsoft.Authorization/policyAssignments/qlz-sandbox-locations",
)
azure.authorization.PimRoleEligibilitySchedule(
    "eligible", scope=SCOPE, principal_id=TENANT, role_definition_id=f"{ROLES}/{TENANT}", opts=here,
    schedule_info={"expiration": {"type": "NoExpiration"}},
)
azure.monitor.DiagnosticSetting(
    "drain", resource_uri=f"{SCOPE}/resourceGroups/{GROUP}", event_hub_name="x", opts=here,
    workspace_id=f"{LOG}-mine", logs=[{"category": "AuditEvent", "enabled": True}],
)
class Wrap(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("acme:innocent:Wrap", "wrap", None, pulumi.ResourceOptions(providers=[provider]))
        azure.managedidentity.UserAssignedIdentity(
            "wrapped", resource_group_name="qlz-sandbox--optimus", location="westeurope", tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
Wrap()
"""
STOPPED = [
    ("qlz-w3-azure-account-lock", "away", "its subscriptionId is"),
    ("qlz-r1-azure-locations", "abroad", "its location is 'eastus'"),
    ("qlz-t4-azure-own-groups", "abroad", "it is in the group 'abroad'"),
    ("qlz-c1-azure-reviewed-types", "machine", "not a type"),
    ("qlz-c1-azure-reviewed-types", "template", "not a type"),
    ("qlz-c1-azure-reviewed-types", "exempt", "not a type"),
    ("qlz-r1-azure-locations", "open", "copies it to another region"),
    ("qlz-i1-azure-no-keys", "open", "its shared keys are not off"),
    ("qlz-t4-azure-bucket-settings", "open", "it may be opened to the public"),
    ("qlz-k2-azure-customer-keys", "open", "a key of Azure's own"),
    ("qlz-l7-azure-protected", "open", "it is not protected"),
    ("qlz-c2-azure-results-retention", "open", "says nowhere"),
    ("qlz-i1-azure-no-keys", "keyed", "its API keys are not off"),
    ("qlz-d1-azure-device-lock", "keyed", "ionq on the plan pay-as-you-go-cred"),
    ("qlz-l1-azure-log-sinks", "keyed", "is not recorded in the operational log"),
    ("qlz-l7-azure-delete-locks", "keyed", "nothing locks it"),
    ("qlz-k5-azure-vault-settings", "weak", "it has access policies"),
    ("qlz-i8-azure-least-privilege", "owner", "it makes somebody Owner"),
    ("qlz-i8-azure-least-privilege", "owner-of-group", "it makes somebody Owner"),
    ("qlz-w3-azure-environment-only", "everything", "so a project may not make it"),
    ("qlz-i8-azure-reviewed-actions", "everything", "none of the reviewed roles"),
    ("qlz-k7-azure-key-users", "everything", "so that whoever has it uses keys"),
    ("qlz-i2-azure-trust", "any", "holds a wildcard"),
    ("qlz-i2-azure-trust", "pull", "it lets in"),
    ("qlz-i6-azure-elevation", "eligible", "whom no stack file names"),
    ("qlz-l1-azure-log-sinks", "drain", "none of the environment's logs"),
    ("qlz-t4-azure-own-groups", "wrapped", "it is in the group"),
]


def embedded(folder: Path, program: str, *, leaves: bool = False) -> Run:
    """The same under the embedded engine."""
    for part in ("components", "policy_packs", "stacks"):
        shutil.copytree(PROJECT_ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", folder)
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    (folder / "__main__.py").write_text(textwrap.dedent(program), encoding="utf-8")
    if leaves:
        leaving(folder, STACK)
    with stub_provider() as provider:
        engine = Engine(
            Project.load(folder),
            StateStore(folder / "state", "a passphrase of this test"),
            providers={"azure-native": f"127.0.0.1:{provider.port}"},
            policy_packs=[folder / "policy_packs" / "baseline"],
        )
        done = engine.up(STACK, load_stack(folder, STACK).config)
        text = "\n".join(found.message for found in done.violations) + str(done.error or "")
        names = tuple(urn.rsplit("::", 1)[1] for urn in provider.created)
        return Run(0 if done.result == "ok" else 1, text, names)


@pytest.fixture(scope="module", params=["embedded", pytest.param("pulumi", marks=pytest.mark.cli)])
def bypassing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        return embedded(folder, HEAD + BYPASSES)
    if shutil.which("pulumi") is None:
        pytest.skip("the Pulumi CLI is not on PATH")
    return run(folder, HEAD + BYPASSES, STACK)


def test_what_complies_is_created(tmp_path: Path) -> None:
    """Without this, the tests below would also pass where nothing can be created at all."""
    done = embedded(tmp_path, HEAD + SENTENCES, leaves=True)
    assert (done.code, set(done.created)) == (0, MADE), done.output


def test_nothing_is_created(bypassing: Run) -> None:
    assert bypassing.code != 0
    assert bypassing.created == ()


@pytest.mark.parametrize(("control", "resource", "what"), STOPPED)
def test_each_is_stopped_by_its_control(bypassing: Run, control: str, resource: str, what: str) -> None:
    text = " ".join(bypassing.output.split())
    said = text.split(f"{control}: {resource} (")[1:]
    assert any(what in part.split("Why:")[0] for part in said), text
