"""Plain requests to Resource Manager, as any client makes them."""

from __future__ import annotations

import time
import uuid
from typing import Any

import requests

from rehearsal.local_azure import LocalAzure
from rehearsal.local_azure.names import OWNER, TENANT

VERSIONS = {
    "resourceGroups": "2024-03-01",
    "Microsoft.Resources": "2024-03-01",
    "Microsoft.Quantum": "2023-11-13-preview",
    "Microsoft.Storage": "2024-01-01",
    "Microsoft.KeyVault": "2024-11-01",
    "Microsoft.ManagedIdentity": "2023-01-31",
    "policy": "2025-01-01",
    "roleDefinitions": "2022-05-01-preview",
    "roleAssignments": "2022-04-01",
    "locks": "2020-05-01",
    "roleManagementPol": "2024-09-01-preview",
    "Approvals": "2021-01-01-preview",
    "Schedule": "2020-10-01",
    "Microsoft.OperationalInsights": "2023-09-01",
    "diagnosticSettings": "2021-05-01-preview",
    "actionGroups": "2024-10-01-preview",
    "scheduledQueryRules": "2025-01-01-preview",
    "activityLogAlerts": "2020-10-01",
    "budgets": "2024-08-01",
}
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
QUANTUM = "c1410b24-3e69-4857-8f86-4d0a2e603250"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
KEY_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"


def version(path: str) -> str:
    """The api-version of what the last part of the path names."""
    last = path.rpartition("/providers/")[2]
    found = [each for name, each in VERSIONS.items() if name.lower() in last.lower()]
    return found[-1] if found else "2024-03-01"


class Arm:
    """A caller at a subscription; `as_` gives another caller at the same one."""

    def __init__(
        self, cloud: LocalAzure, subscription: str, principal: str = OWNER, *, mfa: bool = True
    ) -> None:
        self.cloud = cloud
        self.subscription = subscription
        self.principal = principal
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer " + cloud.token(principal, mfa=mfa)

    def as_(self, principal: str, *, mfa: bool = True) -> Arm:
        return Arm(self.cloud, self.subscription, principal, mfa=mfa)

    def close(self) -> None:
        self.session.close()

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        base, _, query = path.partition("?")
        url = (
            path
            if path.startswith("https:")
            else f"{self.cloud.endpoint}{base}?api-version={version(base)}&{query}"
        )
        return self.session.request(
            method, url, json=body, verify=str(self.cloud.ca_file), timeout=30, **more
        )

    def get(self, path: str) -> dict[str, Any]:
        return ok(self.request("GET", path))

    def put(self, path: str, body: Any) -> dict[str, Any]:
        """Write, and wait until Azure has done it."""
        return self.wait(self.request("PUT", path, body), path)

    def delete(self, path: str) -> None:
        reply = self.request("DELETE", path)
        assert reply.status_code in (200, 202, 204), reply.text
        if reply.status_code == 202:
            self.follow(reply)

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> str:
        """Status and code of the refusal."""
        reply = self.request(method, path, body, **more)
        assert reply.status_code >= 400, reply.text
        return f"{reply.status_code} {reply.json()['error']['code']}"

    def wait(self, reply: requests.Response, path: str) -> dict[str, Any]:
        assert reply.status_code in (200, 201, 202), reply.text
        if "Azure-AsyncOperation" in reply.headers or reply.status_code == 202:
            self.follow(reply)
            return self.get(path)
        told: dict[str, Any] = reply.json() if reply.content else {}
        return told

    def follow(self, reply: requests.Response) -> None:
        """Poll as the headers say; an operation takes hundredths of a second."""
        status = reply.headers.get("Azure-AsyncOperation")
        for _ in range(500):
            found = self.request("GET", status or reply.headers["Location"])
            if (found.json()["status"] != "InProgress") if status else (found.status_code != 202):
                assert found.status_code == 200, found.text
                assert not status or found.json()["status"] == "Succeeded", found.text
                return
            time.sleep(0.005)
        raise AssertionError("the operation does not end")

    # What most tests need

    def group(self, name: str = "rg-catalyst", location: str = "westeurope") -> str:
        path = f"{self.subscription}/resourceGroups/{name}"
        self.put(path, {"location": location})
        return path

    def identity(self, group: str, name: str = "id-user") -> dict[str, Any]:
        path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
        return self.put(path, {"location": "westeurope"})

    def account(self, group: str, name: str | None = None, **properties: Any) -> str:
        path = f"{group}/providers/Microsoft.Storage/storageAccounts/{name or unique('st')}"
        body = {"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2"}
        self.put(path, {**body, "properties": {"allowSharedKeyAccess": False, **properties}})
        return path

    def vault(self, group: str, name: str, **properties: Any) -> str:
        path = f"{group}/providers/Microsoft.KeyVault/vaults/{name}"
        base = {
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
        }
        self.put(path, {"location": "westeurope", "properties": {**base, **properties}})
        return path

    def workspace(
        self, group: str, account: str, name: str = "qw-catalyst", **properties: Any
    ) -> dict[str, Any]:
        path = f"{group}/providers/Microsoft.Quantum/workspaces/{name}"
        plans = [{"providerId": "rigetti", "providerSku": "azure-basic-qvm-only-unlimited"}]
        base = {"storageAccount": account, "providers": plans, "apiKeyEnabled": False}
        body = {
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "properties": {**base, **properties},
        }
        return self.put(path, body)

    def give(self, scope: str, role: str, principal: str, kind: str | None = None, **more: Any) -> str:
        """Assign a role; the assignment's id."""
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
        self.put(path, assignment(self.subscription, role, principal, kind, **more))
        return path

    def person(self, *groups: str) -> str:
        """A user of the directory."""
        id = str(uuid.uuid4())
        self.cloud.control(
            "principals", {"principals": [{"id": id, "type": "User", "memberOf": list(groups)}]}
        )
        return id


def assignment(
    subscription: str, role: str, principal: str, kind: str | None = None, **more: Any
) -> dict[str, Any]:
    role_id = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    told = {"roleDefinitionId": role_id, "principalId": principal, **more}
    return {"properties": {**told, "principalType": kind} if kind else told}


def unique(prefix: str) -> str:
    return prefix + uuid.uuid4().hex[:12]


def ok(reply: requests.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told
