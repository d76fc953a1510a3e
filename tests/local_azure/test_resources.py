"""Locks, vaults, storage, identities, logs, alerts and budgets: what each refuses and what it keeps."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient

from rehearsal.local_azure.credential import LocalCredential
from rehearsal.local_azure.names import TENANT
from tests.local_azure.arm import KEY_USER, QUANTUM, Arm, unique

VAULT = {"tenantId": TENANT, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True}
"""The properties that `Arm.vault` writes."""


def lock(arm: Arm, scope: str, level: str = "CanNotDelete") -> str:
    path = f"{scope}/providers/Microsoft.Authorization/locks/{unique('l')}"
    arm.put(path, {"properties": {"level": level}})
    return path


class TestLocks:
    def test_nothing_below_a_lock_is_deleted_and_nothing_that_holds_one(self, arm: Arm) -> None:
        group = arm.group()
        account = arm.account(group)
        path = lock(arm, account)
        container = f"{account}/blobServices/default/containers/results"
        arm.put(container, {"properties": {}})
        for target in (account, group, container):
            assert arm.refused("DELETE", target) == "409 ScopeLocked"
        arm.request("PATCH", account, {"tags": {"a": "1"}}).raise_for_status()
        arm.delete(path)
        arm.delete(account)

    def test_a_lock_keeps_roles_from_being_taken_away(self, arm: Arm) -> None:
        """So does Azure's: a freeze has to remove the lock first, or the role stays."""
        group = arm.group()
        role = arm.give(group, QUANTUM, arm.person(), "User")
        path = lock(arm, group)
        assert arm.refused("DELETE", role) == "409 ScopeLocked"
        arm.delete(path)
        arm.delete(role)

    def test_read_only_stops_every_change(self, arm: Arm) -> None:
        group = arm.group()
        account = arm.account(group)
        lock(arm, arm.subscription, "ReadOnly")
        assert arm.refused("PATCH", account, {"tags": {}}) == "409 ScopeLocked"
        assert arm.refused("POST", f"{account}/listKeys") == "409 ScopeLocked"
        tags = f"{group}/providers/Microsoft.Resources/tags/default"
        assert arm.refused("PUT", tags, {"properties": {"tags": {}}}) == "409 ScopeLocked"
        assert arm.refused("DELETE", account) == "409 ScopeLocked"
        assert (
            arm.refused("PUT", f"{arm.subscription}/resourceGroups/x", {"location": "westeurope"})
            == "409 ScopeLocked"
        )
        assert arm.get(account)["name"]

    def test_levels(self, arm: Arm) -> None:
        path = f"{arm.group()}/providers/Microsoft.Authorization/locks/l"
        assert arm.refused("PUT", path, {"properties": {"level": "None"}}) == "400 InvalidLockLevel"


class TestVaults:
    def test_a_deleted_vault_stays_reserved_and_comes_back_with_its_keys(self, arm: Arm) -> None:
        group, name = arm.group(), unique("kv-")
        vault = arm.vault(group, name, enablePurgeProtection=True)
        key = arm.put(f"{vault}/keys/results", {"properties": {"kty": "RSA", "keySize": 3072}})
        arm.delete(vault)
        assert arm.refused("GET", vault) == "404 ResourceNotFound"
        body: dict[str, Any] = {"location": "westeurope", "properties": {**VAULT, "createMode": "default"}}
        assert arm.refused("PUT", vault, body) == "409 ConflictError"
        at = f"{arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/{name}"
        assert arm.get(at)["properties"]["vaultId"] == vault
        assert [each["name"] for each in self._deleted(arm)] == [name]
        assert arm.refused("POST", f"{at}/purge") == "405 MethodNotAllowed"
        body["properties"]["createMode"] = "recover"
        arm.put(vault, body)
        assert (
            arm.get(f"{vault}/keys/results")["properties"]["keyUriWithVersion"]
            == key["properties"]["keyUriWithVersion"]
        )
        assert self._deleted(arm) == []

    @staticmethod
    def _deleted(arm: Arm) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = arm.get(
            f"{arm.subscription}/providers/Microsoft.KeyVault/deletedVaults"
        )["value"]
        return found

    def test_also_when_the_group_goes(self, arm: Arm) -> None:
        group, name = arm.group(), unique("kv-")
        vault = arm.vault(group, name, enablePurgeProtection=True)
        arm.put(f"{vault}/keys/results", {"properties": {"kty": "RSA"}})
        arm.delete(group)
        arm.group()
        body: dict[str, Any] = {"location": "westeurope", "properties": {**VAULT, "createMode": "recover"}}
        arm.put(vault, body)
        assert arm.get(f"{vault}/keys/results")["name"] == "results"
        # The protection was not asked for again, and holds nevertheless.
        assert arm.get(vault)["properties"]["enablePurgeProtection"] is True

    def test_it_is_free_again_after_its_days_or_a_purge(self, arm: Arm) -> None:
        group, name = arm.group(), unique("kv-")
        vault = arm.vault(group, name, enablePurgeProtection=True, softDeleteRetentionInDays=7)
        arm.delete(vault)
        arm.cloud.control("clock", {"advance": 8 * 86400})
        assert self._deleted(arm) == []
        arm.vault(group, name)
        arm.delete(vault)
        at = f"{arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/{name}"
        assert arm.request("POST", f"{at}/purge").status_code == 200
        arm.vault(group, name)

    def test_what_cannot_be_taken_back(self, arm: Arm) -> None:
        vault = arm.vault(arm.group(), unique("kv-"), enablePurgeProtection=True)
        off = {"location": "westeurope", "properties": {**VAULT, "enablePurgeProtection": False}}
        assert arm.refused("PUT", vault, off) == "400 BadRequest"
        shorter = {
            "location": "westeurope",
            "properties": {**VAULT, "softDeleteRetentionInDays": 7},
        }
        assert arm.refused("PUT", vault, shorter) == "400 BadRequest"

    def test_a_key_is_made_once_and_never_deleted(self, arm: Arm) -> None:
        vault = arm.vault(arm.group(), unique("kv-"))
        first = arm.put(f"{vault}/keys/k", {"properties": {"kty": "RSA"}})
        assert arm.put(f"{vault}/keys/k", {"properties": {"kty": "RSA", "keySize": 4096}}) == first
        assert arm.refused("DELETE", f"{vault}/keys/k") == "405 MethodNotAllowed"
        assert (
            arm.refused("PUT", f"{vault}-none/keys/k", {"properties": {"kty": "RSA"}})
            == "404 ParentResourceNotFound"
        )


class TestStorage:
    def test_a_key_of_the_customers_needs_vault_key_identity_and_permission(self, arm: Arm) -> None:
        group, name = arm.group(), unique("kv-")
        user = arm.identity(group)
        path = f"{group}/providers/Microsoft.Storage/storageAccounts/{unique('st')}"
        own = {"keyname": "results", "keyvaulturi": f"https://{name}.vault.azure.net"}
        body = {
            "location": "westeurope",
            "sku": {"name": "Standard_LRS"},
            "kind": "StorageV2",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {user["id"]: {}}},
            "properties": {
                "encryption": {
                    "keySource": "Microsoft.Keyvault",
                    "keyvaultproperties": own,
                    "identity": {"userAssignedIdentity": user["id"]},
                }
            },
        }
        assert arm.refused("PUT", path, body) == "400 KeyVaultEncryptionKeyNotFound"
        vault = arm.vault(group, name)
        arm.put(f"{vault}/keys/results", {"properties": {"kty": "RSA"}})
        assert arm.refused("PUT", path, body) == "409 KeyVaultPolicyRecoveryInvalid"
        arm.vault(group, name, enablePurgeProtection=True)
        assert arm.refused("PUT", path, body) == "403 KeyVaultAuthenticationFailure"
        arm.give(f"{vault}/keys/results", KEY_USER, user["properties"]["principalId"], "ServicePrincipal")
        made = arm.put(path, body)["properties"]["encryption"]
        assert made["keyvaultproperties"]["currentVersionedKeyIdentifier"].startswith(own["keyvaulturi"])

    def test_immutability_holds_blobs_and_lets_go(self, arm: Arm) -> None:
        group = arm.group()
        account = arm.account(group)
        container = f"{account}/blobServices/default/containers/exports"
        arm.put(container, {"properties": {}})
        policy = f"{container}/immutabilityPolicies/default"
        arm.put(policy, {"properties": {"immutabilityPeriodSinceCreationInDays": 2}})
        base = f"{arm.cloud.endpoints['blob']}/{account.rpartition('/')[2]}"
        client = BlobServiceClient(
            base, credential=LocalCredential(arm.cloud), connection_verify=str(arm.cloud.ca_file)
        ).get_container_client("exports")
        client.upload_blob("log", b"one")
        for change in (
            lambda: client.delete_blob("log"),
            lambda: client.upload_blob("log", b"two", overwrite=True),
        ):
            with pytest.raises(HttpResponseError, match="BlobImmutableDueToPolicy"):
                change()
        assert arm.refused("DELETE", container) == "409 ContainerImmutabilityPolicyFailure"
        etag = arm.get(policy)["etag"]
        assert arm.refused("POST", f"{policy}/lock") == "412 PreconditionFailed"
        arm.request("POST", f"{policy}/lock", headers={"If-Match": etag}).raise_for_status()
        assert arm.refused("DELETE", policy) == "409 ContainerImmutabilityPolicyLocked"
        assert arm.refused("DELETE", account) == "409 StorageAccountHasImmutableContainers"
        arm.cloud.control("clock", {"advance": 3 * 86400})
        # Tokens go by the wall clock; blobs by the local one.
        client.delete_blob("log")
        arm.delete(account)

    def test_keys_are_told_but_open_nothing(self, arm: Arm) -> None:
        account = arm.account(arm.group())
        keys = arm.request("POST", f"{account}/listKeys").json()["keys"]
        client = BlobServiceClient(
            f"{arm.cloud.endpoints['blob']}/{account.rpartition('/')[2]}",
            credential={"account_name": account.rpartition("/")[2], "account_key": keys[0]["value"]},
            connection_verify=str(arm.cloud.ca_file),
            retry_total=0,
        )
        with pytest.raises(HttpResponseError, match="KeyBasedAuthenticationNotPermitted"):
            client.create_container("x-container")

    def test_what_is_long_comes_in_blocks_and_goes_in_ranges(self, arm: Arm) -> None:
        account = arm.account(arm.group())
        client = BlobServiceClient(
            f"{arm.cloud.endpoints['blob']}/{account.rpartition('/')[2]}",
            credential=LocalCredential(arm.cloud),
            connection_verify=str(arm.cloud.ca_file),
            max_single_put_size=8,
            max_block_size=8,
            max_single_get_size=8,
            max_chunk_get_size=8,
        )
        held = client.create_container("results")
        data = bytes(range(60))
        held.upload_blob("a/b c.bin", data, metadata={"shots": "10"})
        blob = held.get_blob_client("a/b c.bin")
        assert blob.download_blob().readall() == data
        assert blob.get_blob_properties().metadata == {"shots": "10"}
        with pytest.raises(HttpResponseError, match="BlobAlreadyExists"):
            held.upload_blob("a/b c.bin", b"x")
        assert [each.name for each in held.list_blobs(name_starts_with="a/")] == ["a/b c.bin"]
        assert [each.name for each in client.list_containers()] == ["results"]
        assert arm.get(f"{account}/blobServices/default/containers/results")["name"] == "results"
        held.delete_blob("a/b c.bin")
        assert not blob.exists()

    def test_what_it_refuses(self, arm: Arm) -> None:
        account = arm.account(arm.group())
        public = {"properties": {"publicAccess": "Blob"}}
        path = f"{account}/blobServices/default/containers/open"
        assert arm.refused("PUT", path, public) == "409 PublicAccessNotPermitted"
        rule = {
            "name": "r",
            "type": "Lifecycle",
            "enabled": True,
            "definition": {"actions": {"baseBlob": {}}},
        }
        policy = {"properties": {"policy": {"rules": [rule]}}}
        lifecycle = f"{account}/managementPolicies/default"
        assert arm.refused("PUT", lifecycle, policy) == "400 InvalidManagementPolicy"
        rule["definition"] = {
            "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 30}}},
            "filters": {"blobTypes": ["blockBlob"]},
        }
        arm.put(lifecycle, policy)
        assert arm.refused("PUT", lifecycle.replace("default", "other"), policy) == "400 InvalidResourceName"
        unknown: dict[str, Any] = {"properties": {"encryption": {"encryptionIdentity": {}}}}
        assert arm.refused("PATCH", account, unknown) == "400 InvalidRequestContent"


class TestWorkspaces:
    def test_what_it_refuses(self, arm: Arm) -> None:
        group = arm.group()
        account = arm.account(group)
        path = f"{group}/providers/Microsoft.Quantum/workspaces/qw"

        def tries(location: str = "westeurope", **properties: Any) -> str:
            told = {"storageAccount": account, "providers": [], **properties}
            return arm.refused("PUT", path, {"location": location, "properties": told})

        assert tries("uksouth") == "400 LocationNotAvailableForResourceType"
        assert tries(storageAccount=account + "none") == "400 LinkedInvalidPropertyId"
        assert tries(storageAccount=None) == "400 InvalidRequestContent"
        plan = {"providerId": "rigetti", "providerSku": "made-up"}
        assert tries(providers=[plan]) == "400 InvalidProviderSku"
        plan["providerSku"] = "azure-basic-qvm-only-unlimited"
        assert tries(providers=[plan, plan]) == "400 DuplicateProvider"
        assert tries(network="none") == "400 InvalidRequestContent"

    def test_keys_are_on_unless_they_are_switched_off(self, arm: Arm) -> None:
        group = arm.group()
        made = arm.workspace(group, arm.account(group), apiKeyEnabled=None)
        assert made["properties"]["apiKeyEnabled"] is True
        assert arm.request("POST", made["id"] + "/listKeys").json()["primaryKey"]["key"]


class TestMonitoring:
    def log(self, arm: Arm, group: str, name: str = "log-a") -> str:
        path = f"{group}/providers/Microsoft.OperationalInsights/workspaces/{name}"
        arm.put(path, {"location": "westeurope", "properties": {"retentionInDays": 30}})
        return path

    def test_diagnostic_settings(self, arm: Arm) -> None:
        group = arm.group()
        log, other = self.log(arm, group), self.log(arm, group, "log-b")
        work = arm.workspace(group, arm.account(group))["id"]
        at = f"{work}/providers/Microsoft.Insights/diagnosticSettings"

        def tries(name: str, sink: str, category: str = "AuditEvent", **more: Any) -> str:
            logs = [{"category": category, "enabled": True}]
            return arm.refused(
                "PUT", f"{at}/{name}", {"properties": {"workspaceId": sink, "logs": logs, **more}}
            )

        assert tries("a", log, "Nothing") == "400 BadRequest"
        assert tries("a", log + "-none") == "400 ResourceNotFound"
        assert tries("a", log, metrics=[{"category": "AllMetrics", "enabled": True}]) == "400 BadRequest"
        body = {"properties": {"workspaceId": log, "logs": [{"category": "AuditEvent", "enabled": True}]}}
        arm.put(f"{at}/a", body)
        assert tries("b", log) == "409 Conflict"
        body["properties"]["workspaceId"] = other
        arm.put(f"{at}/b", body)
        assert len(arm.get(at)["value"]) == 2
        activity = f"{arm.subscription}/providers/Microsoft.Insights/diagnosticSettings/activity"
        arm.put(
            activity,
            {"properties": {"workspaceId": log, "logs": [{"category": "Administrative", "enabled": True}]}},
        )
        someone = arm.person()
        arm.give(work, "749f88d5-cbae-40b8-bcfc-e573ddc772fa", someone, "User")
        reply = arm.as_(someone).refused("PUT", f"{at}/c", body)
        assert reply == "403 LinkedAuthorizationFailed"

    def test_tables(self, arm: Arm) -> None:
        log = self.log(arm, arm.group())
        table = arm.put(
            f"{log}/tables/QuantumWorkspaceJobAuditLogs", {"properties": {"totalRetentionInDays": 365}}
        )
        assert table["properties"]["archiveRetentionInDays"] == 335
        assert arm.refused("PUT", f"{log}/tables/NoSuchTable", {"properties": {}}) == "400 InvalidParameter"
        less = {"properties": {"retentionInDays": 60, "totalRetentionInDays": 30}}
        assert arm.refused("PUT", f"{log}/tables/StorageBlobLogs", less) == "400 InvalidParameter"
        assert arm.refused("DELETE", f"{log}/tables/QuantumWorkspaceJobAuditLogs") == "400 InvalidParameter"
        arm.delete(log)

    def test_alerts(self, arm: Arm) -> None:
        group = arm.group()
        log = self.log(arm, group)
        receivers = f"{group}/providers/Microsoft.Insights/actionGroups/ag"
        query = {
            "query": "StorageBlobLogs",
            "timeAggregation": "Count",
            "operator": "GreaterThan",
            "threshold": 0,
        }
        rule = {
            "scopes": [log],
            "evaluationFrequency": "PT5M",
            "windowSize": "PT15M",
            "severity": 1,
            "criteria": {"allOf": [query]},
            "actions": {"actionGroups": [receivers]},
        }
        path = f"{group}/providers/Microsoft.Insights/scheduledQueryRules/spike"
        body = {"location": "westeurope", "properties": rule}
        assert arm.refused("PUT", path, body) == "400 LinkedInvalidPropertyId"
        told = {
            "groupShortName": "qlz",
            "enabled": True,
            "emailReceivers": [{"name": "o", "emailAddress": "o@example.org"}],
        }
        arm.put(receivers, {"location": "Global", "properties": told})
        assert arm.put(path, body)["properties"]["enabled"] is True
        body["properties"] = {**rule, "windowSize": "PT1M"}
        assert arm.refused("PUT", path, body) == "400 InvalidWindowSize"
        alert = f"{group}/providers/Microsoft.Insights/activityLogAlerts/roles"
        condition = {"allOf": [{"field": "category", "equals": "Administrative"}]}
        actions = {"actionGroups": [{"actionGroupId": receivers}]}
        told = {"scopes": [arm.subscription], "condition": condition, "actions": actions}
        arm.put(alert, {"location": "Global", "properties": told})
        told["scopes"] = [f"/subscriptions/{uuid.uuid4()}"]
        assert arm.refused("PUT", alert, {"location": "Global", "properties": told}) == "400 InvalidScope"

    def test_budgets(self, arm: Arm) -> None:
        path = f"{arm.group()}/providers/Microsoft.Consumption/budgets/catalyst"
        notice = {
            "enabled": True,
            "operator": "GreaterThan",
            "threshold": 80,
            "contactEmails": ["o@example.org"],
        }
        period = {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-11-01T00:00:00Z"}
        told = {"category": "Cost", "amount": 100, "timeGrain": "Monthly", "timePeriod": period}
        told["notifications"] = {"actual": notice}
        made = arm.put(path, {"properties": told})
        assert arm.refused("PUT", path, {"eTag": '"old"', "properties": told}) == "412 PreconditionFailed"
        arm.put(path, {"eTag": made["eTag"], "properties": told})
        late = {**told, "timePeriod": {"startDate": "2026-11-02T00:00:00Z"}}
        assert arm.refused("PUT", path, {"properties": late}) == "400 400"
