"""Roles as Azure has them, and the condition that limits which roles may be given on.

Azure adds permissions up: there is no Deny that beats a role (deny assignments cannot be made by customers).
What a kind of principal must not do, no role of its own may hold. ``denies`` of a location or a setting are
Azure Policy's (see region_lock).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_among
from components.azure_quantum.names import check_uuid, guid

WIDE = frozenset({"*", "*/write", "*/delete", "*/action"})
"""Never in a role of ours."""
NO_LOGS = (
    "Microsoft.Insights/logs/read",
    "Microsoft.Insights/logs/*/read",
    "Microsoft.OperationalInsights/workspaces/query/read",
    "Microsoft.OperationalInsights/workspaces/query/*/read",
    "Microsoft.OperationalInsights/workspaces/tables/query/read",
)
"""Queries of logs, which Azure counts among the reads."""
BUILT_IN: Mapping[str, str] = {
    "storage-blob-data-contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "storage-account-contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    "key-vault-crypto-service-encryption-user": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    "log-analytics-reader": "73c42c96-874c-492b-b04d-ab87d138a893",
}
"""Built-in roles that Microsoft's own services are documented to need (azure/role-based-access-control)."""
PRINCIPALS = ("Group", "ServicePrincipal", "User")


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a role definition holds. actions: on the control plane; data_actions: on what is inside.

    because: why an action ends in a wildcard. Who reads every setting reads no log by it (NO_LOGS).
    """

    kind: str
    description: str
    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    because: str = ""

    def __post_init__(self) -> None:
        given = (*self.actions, *self.data_actions)
        for action in given:
            if action in WIDE or not re.fullmatch(r"(Microsoft\.[A-Za-z]+/|\*/)[A-Za-z*/]+", action):
                raise ArgumentError("Permissions.actions", f"{action} is too wide", "name the resource type")
            if "*" in action and not (self.because and action.endswith("read")):
                raise ArgumentError(
                    "Permissions.actions",
                    f"{action} holds a wildcard",
                    "write it out, or say why reads need it",
                )
        twice = any(len(set(part)) != len(part) for part in (self.actions, self.data_actions))
        if not given or twice:
            raise ArgumentError("Permissions.actions", f"{self.kind} has none, or one twice", "each once")

    @property
    def not_actions(self) -> tuple[str, ...]:
        """What the wildcard among the actions leaves out."""
        return NO_LOGS if "*/read" in self.actions else ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role given to a principal at a scope.

    name: what it is, unique within the scope. role: GUID of the definition. condition: or none.
    """

    name: str
    scope: str
    role: str
    role_definition_id: str
    principal: pulumi.Input[str]
    principal_type: str
    condition: pulumi.Input[str] = ""

    def __post_init__(self) -> None:
        check_uuid("Assignment.role", self.role)
        check_among("Assignment.principal_type", self.principal_type, PRINCIPALS)


def assign(
    row: Assignment,
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...] = (),
    retain: bool = False,
) -> azure.authorization.RoleAssignment:
    """Makes the assignment. Azure takes minutes until it holds everywhere, and as long until it is gone."""
    conditional = bool(row.condition) if isinstance(row.condition, str) else True
    return azure.authorization.RoleAssignment(
        row.name,
        scope=row.scope,
        role_assignment_name=guid("assignment", row.scope, row.role, row.name),
        role_definition_id=row.role_definition_id,
        principal_id=row.principal,
        # Named, because Entra may not know a new identity yet and Azure would look it up.
        principal_type=row.principal_type,
        condition=row.condition if conditional else None,
        condition_version="2.0" if conditional else None,
        # The name stays the same, and no two assignments may have it.
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=list(after), delete_before_replace=True, retain_on_delete=retain
        ),
    )


def only_these_roles(guids: tuple[str, ...], not_to: pulumi.Input[str]) -> pulumi.Output[str]:
    """A condition: gives and takes only these roles, and none to one principal, its own holder.

    It limits roleAssignments/write and /delete. Other actions, such as those of Privileged Identity
    Management, have no such attribute: who holds those is limited by nothing.
    """
    for found in guids:
        check_uuid("only_these_roles", found)
    listed = ", ".join(sorted(set(guids)))
    attribute = "Microsoft.Authorization/roleAssignments"
    return pulumi.Output.concat(
        f"((!(ActionMatches{{'{attribute}/write'}})) OR ",
        f"(@Request[{attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}} AND ",
        f"@Request[{attribute}:PrincipalId] ForAnyOfAnyValues:GuidNotEquals {{",
        not_to,
        f"}})) AND ((!(ActionMatches{{'{attribute}/delete'}})) OR ",
        f"(@Resource[{attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}}))",
    )


def takes_only(guids: tuple[str, ...]) -> str:
    """A condition for who may take roles away and give none: only these."""
    listed = ", ".join(sorted(set(guids)))
    attribute = "Microsoft.Authorization/roleAssignments"
    return (
        f"((!(ActionMatches{{'{attribute}/delete'}})) OR "
        f"(@Resource[{attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}}))"
    )
