from __future__ import annotations

import subprocess
import sys
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from rehearsal.azure import AzureProvider
from rehearsal.azure.model import MODEL, coverage
from rehearsal.azure.rest import Arm
from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_azure.names import TENANT
from rehearsal.provider import wire
from rehearsal.provider.model.schema import UNKNOWN, Carried
from tests.azure.cases import CASES, SCOPE, SOMEBODY, role, storage
from tests.azure.conftest import GROUP, Make
from tests.azure.peer import LOCATION, SUBSCRIPTION, AzurePeer, CheckFailed, Made, half_made, urn

IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
ACCOUNT = "azure-native:storage:StorageAccount"
WORKSPACE = "azure-native:quantum:Workspace"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
ELIGIBILITY = "azure-native:authorization:PimRoleEligibilitySchedule"
OTHER = "99999999-2222-4333-8444-555555555555"


def test_the_wrong_subscription_and_tenant_are_refused(address: str) -> None:
    with pytest.raises(grpc.RpcError, match="SubscriptionNotFound") as refused:
        AzurePeer(address, subscription=OTHER)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
    with pytest.raises(grpc.RpcError, match="InvalidAuthenticationTokenTenant"):
        AzurePeer(address, tenantId=OTHER)
    AzurePeer(address, tenantId=TENANT, useOidc="true").close()


def test_unknown_settings_types_and_properties(address: str, peer: AzurePeer) -> None:
    with pytest.raises(grpc.RpcError, match="nearest: location"):
        AzurePeer(address, locatoin=LOCATION)
    with pytest.raises(grpc.RpcError, match="is not played by the Azure stand-in"):
        peer.check("azure-native:compute:VirtualMachine", {})
    with pytest.raises(CheckFailed) as refused:
        peer.check(GROUP, {"resourceGroupName": "g", "tagz": {}})
    assert "nearest: tags" in refused.value.failures["tagz"]
    given = {"resourceGroupName": "g", "workspaceName": "w", "properties": {"apiKeysEnabled": False}}
    with pytest.raises(CheckFailed) as nested:
        peer.check(WORKSPACE, given)
    assert "nearest: apiKeyEnabled" in nested.value.failures["properties.apiKeysEnabled"]
    with pytest.raises(CheckFailed) as unnamed:
        peer.check(GROUP, {"location": LOCATION})
    assert "deterministic" in unnamed.value.failures["resourceGroupName"]


def test_variants_are_told_apart(peer: AzurePeer) -> None:
    def check(rule: dict[str, Any]) -> Any:
        policy = "azure-native:authorization:RoleManagementPolicy"
        return peer.check(policy, {"scope": SCOPE, "roleManagementPolicyName": OTHER, "rules": [rule]})

    check({"ruleType": "RoleManagementPolicyExpirationRule", "id": "x", "maximumDuration": "PT1H"})
    with pytest.raises(CheckFailed) as other:
        check({"ruleType": "RoleManagementPolicyApprovalRule", "id": "x", "maximumDuration": "PT1H"})
    assert "rules[0].maximumDuration" in other.value.failures
    with pytest.raises(CheckFailed) as none:
        check({"ruleType": "Nonsense"})
    assert "must be one of" in none.value.failures["rules[0].ruleType"]


def test_errors_carry_the_code_the_message_and_the_resource(peer: AzurePeer, make: Make) -> None:
    gone = {"resourceGroupName": "absent", "resourceName": "x", "location": LOCATION}
    with pytest.raises(grpc.RpcError, match=f"{IDENTITY} it: ResourceGroupNotFound: ") as refused:
        peer.create(IDENTITY, gone)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    make.group()
    inputs = {"resourceGroupName": make.name, "resourceName": "twice", "location": LOCATION}
    make(IDENTITY, inputs)
    with pytest.raises(grpc.RpcError, match="cannot create already existing resource"):
        peer.create(IDENTITY, inputs)


def test_a_policy_and_a_lock_speak_through_it(peer: AzurePeer, make: Make) -> None:
    assignment = CASES["azure-native:authorization:PolicyAssignment"](make)
    make("azure-native:authorization:PolicyAssignment", assignment.first)
    with pytest.raises(grpc.RpcError, match="RequestDisallowedByPolicy") as denied:
        peer.create(
            IDENTITY, {"resourceGroupName": make.name, "resourceName": "elsewhere", "location": "eastus"}
        )
    assert denied.value.code() is grpc.StatusCode.PERMISSION_DENIED
    scope = f"{SCOPE}/resourceGroups/{make.name}"
    held = make(IDENTITY, {"resourceGroupName": make.name, "resourceName": "held", "location": LOCATION})
    lock = {"scope": scope, "lockName": "kept", "level": "CanNotDelete"}
    make("azure-native:authorization:ManagementLockByScope", lock)
    with pytest.raises(grpc.RpcError, match="ScopeLocked"):
        peer.delete(IDENTITY, held)


def test_what_replaces(peer: AzurePeer, make: Make) -> None:
    account = storage(make)
    made = Made(
        f"{SCOPE}/resourceGroups/{make.name}/providers/Microsoft.Storage/storageAccounts/{make.name}",
        dict(account),
        dict(account),
        None,
    )
    for changed, replaces in (
        ({"location": "northeurope"}, ["location"]),
        ({"location": "West Europe"}, []),
        ({"isHnsEnabled": True}, ["isHnsEnabled"]),
        ({"accountName": "another"}, ["accountName"]),
        ({"minimumTlsVersion": "TLS1_2"}, []),
    ):
        found = peer.diff(ACCOUNT, made, {**account, **changed})
        assert list(found.replaces) == replaces, changed
        same_name = "accountName" not in changed
        assert found.deleteBeforeReplace is (bool(replaces) and same_name)


def test_a_nested_output_is_unknown_until_it_is_there(peer: AzurePeer) -> None:
    said = wire.decode(
        peer.preview(
            WORKSPACE,
            {
                "resourceGroupName": "g",
                "workspaceName": "w",
                "location": "West Europe",
                "identity": {"type": "SystemAssigned"},
                "properties": {"apiKeyEnabled": False},
            },
        )
    ).values
    assert said["location"] == "westeurope"
    assert said["identity"]["type"] == "SystemAssigned"
    assert said["identity"]["principalId"] is UNKNOWN
    assert said["properties"]["apiKeyEnabled"] is False
    assert said["properties"]["endpointUri"] is UNKNOWN
    assert said["name"] is UNKNOWN


def test_the_provider_s_location_is_taken_where_none_is_named(address: str, arm: Arm, name: str) -> None:
    here = AzurePeer(address, location="North Europe")
    made = here.create(GROUP, {"resourceGroupName": name})
    assert made.outputs["location"] == "northeurope"
    assert here.diff(GROUP, made, {"resourceGroupName": name}).changes == provider_pb2.DiffResponse.DIFF_NONE
    here.delete(GROUP, made)
    here.close()


def test_drift_is_seen_and_mended(peer: AzurePeer, arm: Arm, make: Make) -> None:
    inputs = {**storage(make), "tags": {"a": "b"}, "networkRuleSet": {"defaultAction": "Deny", "ipRules": []}}
    path = f"{SCOPE}/resourceGroups/{make.name}/providers/Microsoft.Storage/storageAccounts/{make.name}"
    made = peer.update(ACCOUNT, Made(path, dict(storage_inputs(make)), {}, None), inputs)
    body = arm.get(path, "2024-01-01")
    assert body is not None
    body["tags"]["by"] = "hand"
    body["properties"]["networkAcls"]["ipRules"] = [{"value": "192.0.2.7", "action": "Allow"}]
    sent = {key: body[key] for key in ("location", "sku", "kind", "tags")}
    acls = {"networkAcls": body["properties"]["networkAcls"], "allowSharedKeyAccess": True}
    arm.write("PUT", path, "2024-01-01", {**sent, "properties": acls})
    drifted = peer.read(ACCOUNT, made)
    assert drifted is not None
    assert drifted.inputs["tags"] == {"a": "b", "by": "hand"}
    assert drifted.inputs["networkRuleSet"]["ipRules"][0]["iPAddressOrRange"] == "192.0.2.7"
    assert drifted.inputs["allowSharedKeyAccess"] is True
    assert set(peer.diff(ACCOUNT, drifted, inputs).diffs) == {
        "tags",
        "networkRuleSet",
        "allowSharedKeyAccess",
    }
    mended = peer.update(ACCOUNT, drifted, inputs)
    assert mended.outputs["tags"] == {"a": "b"}
    assert mended.outputs["networkRuleSet"]["ipRules"] == []


def storage_inputs(make: Make) -> dict[str, Any]:
    return {"resourceGroupName": make.name, "accountName": make.name, "location": LOCATION}


def test_an_import_reads_the_inputs(peer: AzurePeer, make: Make) -> None:
    make.group()
    inputs = {
        "resourceGroupName": make.name,
        "resourceName": "known",
        "location": LOCATION,
        "tags": {"a": "b"},
    }
    made = make(IDENTITY, inputs)
    found = peer.read(IDENTITY, Made(made.id, {}, {}, None))
    assert found is not None
    assert found.inputs == inputs
    assert found.outputs == made.outputs


@pytest.mark.parametrize("token", [IDENTITY, ELIGIBILITY, "azure-native:keyvault:Vault"])
def test_what_an_interrupted_create_left_is_found(peer: AzurePeer, make: Make, token: str) -> None:
    case = CASES[token](make)
    inputs = wire.decode(peer.check(token, case.first)).values
    assert peer.list(token, inputs) == []
    made = make(token, case.first)
    assert peer.list(token, inputs) == [made.id]
    found = peer.read(token, Made(made.id, made.inputs, {}, None))
    assert found is not None
    assert peer.diff(token, found, case.first).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_what_is_there_with_its_parent_counts_only_as_asked(peer: AzurePeer, make: Make) -> None:
    token = "azure-native:storage:BlobServiceProperties"
    case = CASES[token](make)
    inputs = wire.decode(peer.check(token, case.first)).values
    assert peer.list(token, inputs) == []
    made = make(token, case.first)
    assert peer.list(token, inputs) == [made.id]


def test_one_eligibility_for_each_scope_principal_and_role(peer: AzurePeer, make: Make) -> None:
    case = CASES[ELIGIBILITY](make)
    made = make(ELIGIBILITY, case.first)
    assert made.outputs["principalId"] == SOMEBODY
    assert made.outputs["scheduleInfo"] == case.first["scheduleInfo"]
    with pytest.raises(grpc.RpcError, match="RoleAssignmentExists"):
        peer.create(ELIGIBILITY, case.first)
    later = {**case.first, "scheduleInfo": {"expiration": {"type": "NoExpiration"}}}
    changed = peer.diff(ELIGIBILITY, made, later)
    assert (list(changed.replaces), changed.deleteBeforeReplace) == (["scheduleInfo"], True)


def test_a_role_policy_gets_its_rules_back(peer: AzurePeer, make: Make, arm: Arm) -> None:
    token = "azure-native:authorization:RoleManagementPolicy"
    case = CASES[token](make)
    path = f"{case.first['scope']}/providers/Microsoft.Authorization/roleManagementPolicies"
    path = f"{path}/{case.first['roleManagementPolicyName']}"

    def longest() -> str:
        body = arm.get(path, "2024-09-01-preview")
        assert body is not None
        rules = {rule["id"]: rule for rule in body["properties"]["rules"]}
        return str(rules["Expiration_EndUser_Assignment"]["maximumDuration"])

    before = longest()
    made = peer.create(token, case.first)
    assert longest() == "PT2H" != before
    assert "rules" in made.outputs["__orig_state"]
    emptied = peer.update(token, made, {**case.first, "rules": []})
    assert longest() == before
    again = peer.update(token, emptied, case.second)
    assert longest() == "PT1H"
    peer.delete(token, again)
    assert longest() == before


def test_a_key_is_not_changed_in_silence(peer: AzurePeer, make: Make) -> None:
    token = "azure-native:keyvault:Key"
    case = CASES[token](make)
    made = make(token, case.first)
    properties = {**case.first["properties"], "keyOps": ["sign", "verify"]}
    with pytest.raises(grpc.RpcError, match=r"did not take properties\.keyOps as asked") as refused:
        peer.update(token, made, {**case.first, "properties": properties})
    assert half_made(refused.value).id == made.id


def test_secrets_stay_secret(peer: AzurePeer, make: Make) -> None:
    given = {"resourceGroupName": make.name, "location": LOCATION, "tags": {"a": "plain", "b": "hidden"}}
    secrets: list[wire.Path] = [("tags", "b")]
    for struct in (peer.preview(GROUP, given, secrets), peer.create(GROUP, given, secrets).raw):
        outputs = wire.decode(struct)
        assert ("tags", "b") in outputs.secrets
        assert ("location",) not in outputs.secrets
    path = f"{SCOPE}/resourceGroups/{make.name}"
    peer.delete(GROUP, Made(path, {}, {}, None))


def test_a_group_is_looked_up(peer: AzurePeer, make: Make) -> None:
    lookup = "azure-native:resources:getResourceGroup"
    with pytest.raises(grpc.RpcError, match=f"ResourceGroupNotFound: Resource group '{make.name}'") as gone:
        peer.invoke(lookup, {"resourceGroupName": make.name})
    assert gone.value.code() is grpc.StatusCode.NOT_FOUND
    make(GROUP, {"resourceGroupName": make.name, "location": LOCATION, "tags": {"frozen": "why"}})
    found = peer.invoke(lookup, {"resourceGroupName": make.name})
    assert found["tags"] == {"frozen": "why"}
    assert found["id"] == f"{SCOPE}/resourceGroups/{make.name}"
    with pytest.raises(grpc.RpcError, match="answers no lookups"):
        peer.invoke("azure-native:storage:listStorageAccountKeys", {})
    with pytest.raises(grpc.RpcError, match="takes resourceGroupName"):
        peer.invoke(lookup, {})


def test_another_name_for_the_tenant(cloud: LocalAzure, name: str) -> None:
    provider = AzureProvider(cloud.endpoint, cloud.ca_file, SUBSCRIPTION, OTHER, cloud.token, TENANT)
    peer = AzurePeer(provider.serve(), tenantId=OTHER)
    make = Make(peer, name)
    make.group()
    made = make(IDENTITY, {"resourceGroupName": name, "resourceName": "known", "location": LOCATION})
    assert made.outputs["tenantId"] == OTHER
    make.undo()
    peer.close()
    provider.stop()


def test_what_is_only_recorded_is_reported(cloud: LocalAzure) -> None:
    provider = AzureProvider(cloud.endpoint, cloud.ca_file, SUBSCRIPTION, TENANT, cloud.token)
    peer = AzurePeer(provider.serve())
    config = wire.encode({"subscriptionId": SUBSCRIPTION, "clientId": OTHER, "useOidc": "true"})
    peer.stub.CheckConfig(provider_pb2.CheckRequest(news=config))
    scope = f"{SCOPE}/resourceGroups/x"
    asked = {"scope": scope, "principalId": SOMEBODY, "roleDefinitionId": role(OTHER), "justification": "why"}
    peer.check(ELIGIBILITY, asked)
    assert provider.recorded_in_use() == {
        "pulumi:providers:azure-native": {"clientId", "useOidc"},
        ELIGIBILITY: {"justification"},
    }
    peer.close()
    provider.stop()


def test_coverage_covers_everything() -> None:
    covered = {found.type: found for found in coverage()}
    assert set(covered) == {*MODEL, "pulumi:providers:azure-native"}
    workspace = {item.property: item.carried for item in covered[WORKSPACE].properties}
    assert workspace["properties.apiKeyEnabled"] is Carried.EMULATED
    rules = [item.property for item in covered["azure-native:authorization:RoleManagementPolicy"].properties]
    assert "rules<RoleManagementPolicyExpirationRule>.maximumDuration" in rules


def test_the_model_needs_no_cloud_libraries_and_the_provider_no_azure_sdk() -> None:
    for module, unwanted in (
        ("rehearsal.azure.model", {"grpc", "pulumi", "pulumi_azure_native", "azure"}),
        ("rehearsal.azure.stand_in", {"pulumi_azure_native", "azure", "requests", "boto3"}),
    ):
        code = f"import sys, {module}; print({unwanted!r} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "set()", module


def test_a_provider_in_another_subscription_is_another_provider(peer: AzurePeer) -> None:
    old = wire.encode({"subscriptionId": SUBSCRIPTION, "location": LOCATION})
    for new, replaces in (({"subscriptionId": OTHER}, ["subscriptionId"]), ({"location": "x"}, [])):
        news = wire.encode({"subscriptionId": SUBSCRIPTION, "location": LOCATION, **new})
        asked = provider_pb2.DiffRequest(olds=old, old_inputs=old, news=news, urn=urn("x:y:z"))
        assert list(peer.stub.DiffConfig(asked).replaces) == replaces
