"""Looks at the local Azure after each request: is anything less protected than it is meant to be in the end?

What is meant is read from an Azure in which everything came up undisturbed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from components.azure_quantum.policy import BUILT_IN
from rehearsal.azure.model import ARM
from rehearsal.azure.model.arm import Life
from rehearsal.azure.rest import Arm

PREFIX: Final = "azure-native:"
TYPE: Final = re.compile(r"^.*/providers/([^/]+)((?:/[^/]+/[^/]+)+)$")
AUTHORIZATION: Final = "providers/Microsoft.Authorization"
SHIELDS: Final = {
    "locks": "authorization:ManagementLockByScope",
    "policyAssignments": "authorization:PolicyAssignment",
}
LISTED: Final = {
    **SHIELDS,
    "roleAssignments": "authorization:RoleAssignment",
    "policyDefinitions": "authorization:PolicyDefinition",
    "roleDefinitions": "authorization:RoleDefinition",
    "roleEligibilitySchedules": "authorization:PimRoleEligibilitySchedule",
}
"""What lies outside of groups: its name in a path, and its type."""
GRANTS: Final = ("roleAssignments", "federatedIdentityCredentials", "roleEligibilityScheduleRequests")


@dataclass
class AzureProtection:
    """`locks`: ids of what denies, keeps, records or tells: policy assignments, delete locks, diagnostic
    settings and alarms, in small letters."""

    locks: set[str] = field(default_factory=set)


class AzureWatch:
    """`after` notes in `found` what is wrong; `meant` None collects nothing.

    scope: the subscription. home: the environment's resource group, which stands above the projects'.
    """

    def __init__(self, arm: Arm, scope: str, home: str, meant: AzureProtection | None = None) -> None:
        self._arm, self._scope, self._home, self.meant = arm, scope, home.lower(), meant
        self.found: list[str] = []

    def after(self, method: str, path: str) -> None:
        """Look at what a request may have changed, if it did anything."""
        if self.meant is None:
            return
        kind = kind_of(path)
        if kind == "storageAccounts":
            self._account(path)
        elif kind == "vaults":
            self._vault(path)
        elif kind == "vaults/keys":
            self._key(path)
        elif kind == "Workspaces" or kind == "workspaces":
            self._workspace(path)
        elif kind.rpartition("/")[2] in GRANTS and method == "PUT":
            self._grant(path)

    def _demand(self, good: object, what: str) -> None:
        if not good:
            self.found.append(what)

    def _properties(self, path: str, token: str) -> dict[str, Any]:
        found = self._arm.get(path, ARM[PREFIX + token].api_version)
        return dict(found["properties"]) if found else {}

    def _account(self, path: str) -> None:
        """An account opens to tokens only, and is encrypted with a key of ours, from its first moment."""
        told = self._properties(path, "storage:StorageAccount")
        if not told:
            return
        self._demand(told.get("allowSharedKeyAccess") is False, f"{path} opens with shared keys")
        self._demand(told.get("allowBlobPublicAccess") is False, f"{path} may have public blobs")
        self._demand(told.get("minimumTlsVersion") == "TLS1_2", f"{path} speaks an old TLS")
        self._demand(told.get("supportsHttpsTrafficOnly") is True, f"{path} speaks without TLS")
        source = told.get("encryption", {}).get("keySource")
        self._demand(source == "Microsoft.Keyvault", f"{path} is not encrypted with a key of ours: {source}")

    def _vault(self, path: str) -> None:
        told = self._properties(path, "keyvault:Vault")
        for flag in ("enablePurgeProtection", "enableRbacAuthorization", "enableSoftDelete") if told else ():
            self._demand(told.get(flag) is True, f"{path} is without {flag}")

    def _key(self, path: str) -> None:
        told = self._properties(path, "keyvault:Key")
        actions = [row["action"]["type"] for row in told.get("rotationPolicy", {}).get("lifetimeActions", [])]
        self._demand(not told or "rotate" in [action.lower() for action in actions], f"{path} never rotates")

    def _workspace(self, path: str) -> None:
        if "/microsoft.quantum/" in path.lower():
            told = self._properties(path, "quantum:Workspace")
            self._demand(not told or told.get("apiKeyEnabled") is False, f"{path} opens with keys")

    def _grant(self, path: str) -> None:
        """While anybody may anything, all is there that denies, keeps, records and tells."""
        assert self.meant is not None
        found = self._arm.get(path, version_of(path))
        if found is None or is_use_of_key(found) or self._is_of_the_alarms(found):
            return
        group = group_of(path)
        wanted = {id for id in self.meant.locks if self._above(group_of(id), group)}
        missing = wanted - self.shields()
        self._demand(not missing, f"{path} lets somebody in without {sorted(missing)}")

    def _is_of_the_alarms(self, grant: dict[str, Any]) -> bool:
        """Whether it lets the alarms read the logs, which comes before them. Nobody enters their identity."""
        api = ARM[PREFIX + "managedidentity:UserAssignedIdentity"].api_version
        holder = grant["properties"].get("principalId")
        found = [id for id in self.resources() if kind_of(id) == "userAssignedIdentities"]
        alarms = [id for id in found if id.lower().endswith("-alarms") and group_of(id) == self._home]
        return any(
            (self._arm.get(id, api) or {"properties": {}})["properties"].get("principalId") == holder
            and not list(self._arm.items(f"{id}/federatedIdentityCredentials", api))
            for id in alarms
        )

    def _above(self, group: str, below: str) -> bool:
        """Whether what is in a group must be there before a grant in another: the environment's groups are
        its own and what is called after it, with three hyphens."""
        return group in ("", self._home, below) or group.startswith(f"{self._home}---")

    def shields(self) -> set[str]:
        """The ids of everything that protects, as it is now."""
        found = {id for kind in SHIELDS for id in self._listed(kind)}
        setting = ARM[PREFIX + "monitor:DiagnosticSetting"].api_version
        kinds = {"workspaces": "", "storageAccounts": "/blobServices/default", "vaults": ""}
        resources = self.resources()
        watched = [self._scope]
        watched += [id + kinds[kind_of(id)] for id in resources if kind_of(id) in kinds]
        for id in watched:
            rows = self._arm.items(f"{id}/providers/Microsoft.Insights/diagnosticSettings", setting)
            found.update(row["id"].lower() for row in rows)
        return found | {
            id.lower() for id in resources if kind_of(id) in ("scheduledQueryRules", "activityLogAlerts")
        }

    def resources(self) -> list[str]:
        return [row["id"] for row in self._arm.items(f"{self._scope}/resources", "2024-03-01")]

    def _listed(self, kind: str) -> Iterator[str]:
        version = ARM[PREFIX + LISTED[kind]].api_version
        for row in self._arm.items(f"{self._scope}/{AUTHORIZATION}/{kind}", version):
            if row["properties"].get("type", row["properties"].get("policyType")) not in (
                "BuiltInRole",
                "BuiltIn",
            ):
                yield str(row["id"]).lower()

    def protection(self) -> AzureProtection:
        return AzureProtection(self.shields())

    def counts(self) -> dict[str, int]:
        """How many there are of what a repeated create would make twice."""
        identity = ARM[PREFIX + "managedidentity:FederatedIdentityCredential"].api_version
        resources = self.resources()
        identities = [id for id in resources if kind_of(id) == "userAssignedIdentities"]
        inside = [list(self._arm.items(f"{id}/federatedIdentityCredentials", identity)) for id in identities]
        return {
            "resources": len(resources),
            "credentials": sum(map(len, inside)),
            **{kind: len(list(self._listed(kind))) for kind in LISTED},
        }


def kind_of(path: str) -> str:
    """The type of what a path names, without its namespace: vaults/keys."""
    found = TYPE.match(path)
    return "/".join(found[2].split("/")[1::2]) if found else ""


def version_of(path: str) -> str:
    kind = kind_of(path).replace("roleEligibilityScheduleRequests", "roleEligibilitySchedules")
    (version,) = {
        type.api_version
        for type in ARM.values()
        if kind_of(f"{type.path}/{{name}}" if type.life is Life.REQUEST else type.path) == kind
    }
    return version


def group_of(path: str) -> str:
    """The name of the group something lies in, "" outside of groups."""
    found = re.match(r"/subscriptions/[^/]+/resourceGroups/([^/]+)", path, re.IGNORECASE)
    return found[1].lower() if found else ""


def is_use_of_key(grant: dict[str, Any]) -> bool:
    """Whether it lets a store use its own key, which comes before the store."""
    role = str(grant["properties"].get("roleDefinitionId", ""))
    return role.endswith(BUILT_IN["key-vault-crypto-service-encryption-user"])
