"""Deterministic names and resource ids. Nothing is named at random: ids are readable at the first preview.

Names of storage accounts and vaults are unique in the whole of Azure and at most 24 characters long, so they
end in a hash of subscription and place. Role assignments and role definitions are named by GUIDs, which are
made from what they are about.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass

from components.args import check_length, check_match, check_name, check_range

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
LOCATION = r"[a-z]+[0-9]?"
LONGEST_PROJECT = 54
"""Characters of a quantum workspace's name, PROJECT-ENVIRONMENT (Microsoft.Quantum, read 2026-11)."""
MOST_LIVES = 99
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "quantum-landing-zone.invalid")


def guid(*parts: str) -> str:
    """A GUID made from what it stands for; case does not matter to Azure, so it does not here."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts).lower()))


def check_uuid(argument: str, value: str) -> None:
    """Refuses what is no id of Azure in lower case."""
    check_match(argument, value, UUID, "an id of Azure in lower case")


def _hashed(prefix: str, *parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return prefix + base64.b32encode(digest).decode().lower()[:13]


@dataclass(frozen=True, slots=True)
class EnvironmentNames:
    """Names of what stands above the projects of one subscription.

    environment: the label, such as sandbox. also: further locations that the location lock lets through.
    """

    tenant: str
    subscription: str
    location: str
    environment: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_uuid("EnvironmentNames.tenant", self.tenant)
        check_uuid("EnvironmentNames.subscription", self.subscription)
        check_name("EnvironmentNames.environment", self.environment)
        check_length("EnvironmentNames.environment", self.environment, 40)
        for location in self.locations:
            check_match("EnvironmentNames.location", location, LOCATION, "a location such as westeurope")

    @property
    def locations(self) -> tuple[str, ...]:
        """Home first, then the others."""
        return (self.location, *self.also)

    @property
    def scope(self) -> str:
        """The subscription as a scope."""
        return f"/subscriptions/{self.subscription}"

    @property
    def group(self) -> str:
        """The resource group of the environment."""
        return f"qlz-{self.environment}"

    @property
    def group_id(self) -> str:
        """The resource group's id."""
        return f"{self.scope}/resourceGroups/{self.group}"

    def resource_id(self, kind: str, name: str) -> str:
        """Id of a resource in the environment's group; kind such as Microsoft.KeyVault/vaults."""
        return f"{self.group_id}/providers/{kind}/{name}"

    @property
    def operational_log(self) -> str:
        """The Log Analytics workspace that is the operational log."""
        return f"qlz-{self.environment}-operational"

    @property
    def security_log(self) -> str:
        """The Log Analytics workspace that is the restricted security log."""
        return f"qlz-{self.environment}-security"

    def log_id(self, name: str) -> str:
        """Id of a Log Analytics workspace of the environment."""
        return self.resource_id("Microsoft.OperationalInsights/workspaces", name)

    @property
    def alert_group(self) -> str:
        """The action group that tells people."""
        return f"qlz-{self.environment}-alerts"

    @property
    def alert_group_id(self) -> str:
        """The action group's id."""
        return self.resource_id("Microsoft.Insights/actionGroups", self.alert_group)

    @property
    def alarms_identity_id(self) -> str:
        """Id of the identity that alarms query the logs with."""
        return self.resource_id("Microsoft.ManagedIdentity/userAssignedIdentities", self.identity("alarms"))

    @property
    def trail_group(self) -> str:
        """The resource group of the trail, which outlives the environment. No project is called so."""
        return f"qlz-{self.environment}---trail"

    @property
    def trail_group_id(self) -> str:
        """Id of the trail's resource group."""
        return f"{self.scope}/resourceGroups/{self.trail_group}"

    @property
    def trail_id(self) -> str:
        """Id of the trail's storage account."""
        return f"{self.trail_group_id}/providers/Microsoft.Storage/storageAccounts/{self.trail_account}"

    @property
    def trail_account(self) -> str:
        """The storage account that keeps the activity log."""
        return _hashed("qlztrail", self.subscription, self.environment)

    @property
    def vault(self) -> str:
        """The vault of the environment's keys."""
        return _hashed("qlz-env-", self.subscription, self.environment)

    def identity(self, kind: str) -> str:
        """Name of one of the environment's managed identities."""
        return f"qlz-{self.environment}-{kind}"

    def role_guid(self, kind: str) -> str:
        """GUID of one of the environment's role definitions."""
        return guid("role", self.subscription, self.environment, kind)

    def role_definition_id(self, guid_: str) -> str:
        """Id of a role definition by its GUID, a built-in one or one of ours."""
        return f"{self.scope}/providers/Microsoft.Authorization/roleDefinitions/{guid_}"

    def role_name(self, kind: str) -> str:
        """Name of a role definition: unique in the tenant, which may hold many subscriptions."""
        return f"qlz {self.environment} {kind} {self.subscription[:8]}"

    def policy_name(self, what: str) -> str:
        """Name of a policy definition and of its assignment."""
        return f"qlz-{self.environment}-{what}"

    def policy_definition_id(self, what: str) -> str:
        """Id of a policy definition."""
        name = self.policy_name(what)
        return f"{self.scope}/providers/Microsoft.Authorization/policyDefinitions/{name}"


@dataclass(frozen=True, slots=True)
class ProjectNames:
    """Names of one project's resources in one environment. life: 2 once it was destroyed and made again."""

    project: str
    environment: EnvironmentNames
    life: int = 1

    def __post_init__(self) -> None:
        check_range("ProjectNames.life", self.life, 1, MOST_LIVES, "lives")
        check_name("ProjectNames.project", self.project)
        check_length("ProjectNames.project", self.label, LONGEST_PROJECT)

    @property
    def label(self) -> str:
        """PROJECT-ENVIRONMENT, which is the quantum workspace's name too."""
        return f"{self.project}-{self.environment.environment}"

    @property
    def group(self) -> str:
        """The project's resource group. Two hyphens, so that no environment's group is called the same."""
        return f"qlz-{self.environment.environment}--{self.project}"

    @property
    def group_id(self) -> str:
        """The resource group's id: the scope of every role in the project."""
        return f"{self.environment.scope}/resourceGroups/{self.group}"

    def resource_id(self, kind: str, name: str) -> str:
        """Id of a resource in the project's group."""
        return f"{self.group_id}/providers/{kind}/{name}"

    @property
    def workspace_id(self) -> str:
        """The quantum workspace's id."""
        return self.resource_id("Microsoft.Quantum/Workspaces", self.label)

    @property
    def account(self) -> str:
        """The storage account that holds jobs' inputs and results."""
        return _hashed("qlzdata", self.environment.subscription, self.group)

    @property
    def account_id(self) -> str:
        """The storage account's id."""
        return self.resource_id("Microsoft.Storage/storageAccounts", self.account)

    @property
    def vault(self) -> str:
        """The vault of the project's key."""
        return _hashed("qlz-", self.environment.subscription, self.group)

    @property
    def vault_id(self) -> str:
        """The vault's id."""
        return self.resource_id("Microsoft.KeyVault/vaults", self.vault)

    @property
    def key(self) -> str:
        """Name of the key in the vault: each life's own, for a vault taken back brings the earlier one's."""
        return "results" if self.life == 1 else f"results-{self.life}"

    def identity(self, kind: str) -> str:
        """Name of one of the project's managed identities: pipeline, service or storage."""
        return f"qlz-{self.label}-{kind}"

    @property
    def budget(self) -> str:
        """Name of the budget."""
        return f"qlz-{self.label}"

    def rule(self, what: str) -> str:
        """Name of an alert rule."""
        return f"qlz-{self.label}-{what}"
