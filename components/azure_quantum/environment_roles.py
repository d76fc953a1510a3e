"""The environment's roles: their definitions, who has them, and the pipelines' identities (I2, I4, K7).

The definitions are of the subscription and cannot be given outside it. The projects' roles are defined here
too, once: a project gives them, and cannot change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError
from components.azure_quantum.ci_identity import PipelineArgs, credentials, identity
from components.azure_quantum.names import EnvironmentNames, check_uuid
from components.azure_quantum.operators import (
    BREAK_GLASS,
    ENVIRONMENT_APPLY,
    ENVIRONMENT_GIVES,
    ENVIRONMENT_ROLE,
    PIPELINES,
    PLAN_ROLE,
    PROJECT_APPLY,
    PROJECT_GIVES,
    PROJECT_ROLE,
    RESPONDER,
)
from components.azure_quantum.permissions import DATA_ROLES, FROZEN_BUILT_IN, PROJECT_ROLES
from components.azure_quantum.policy import (
    BUILT_IN,
    Assignment,
    Permissions,
    assign,
    only_these_roles,
    takes_only,
)
from components.azure_quantum.responders import BREAK_GLASS_GIVES, BREAK_GLASS_ROLE, RESPONDER_ROLE
from components.workflows import check_pipelines

DEFINITIONS = (
    PLAN_ROLE,
    ENVIRONMENT_ROLE,
    PROJECT_ROLE,
    RESPONDER_ROLE,
    BREAK_GLASS_ROLE,
    *PROJECT_ROLES,
)
"""Every role of an environment and its projects."""


@dataclass(frozen=True, slots=True)
class RolesArgs:
    """Who comes in. pipelines: kind (as in PIPELINES, all or none) to its workflow.

    platform, security, responders: object ids of groups. break_glass: of the emergency account, or none.
    """

    platform: str
    security: str
    responders: str
    pipelines: Mapping[str, PipelineArgs] = field(default_factory=dict)
    break_glass: str = ""

    def check(self, level: str) -> None:
        """Refuses pipelines that share a place (I4), and levels above the sandbox without them."""
        ids = [
            self.platform,
            self.security,
            self.responders,
            *([self.break_glass] if self.break_glass else []),
        ]
        for value in ids:
            check_uuid("RolesArgs", value)
        if len(set(ids)) != len(ids):
            raise ArgumentError("RolesArgs", "names a group or account twice", "one of its own each (I4)")
        subjects = {kind: workflow.subjects for kind, workflow in self.pipelines.items()}
        check_pipelines(subjects, PIPELINES, level, self.break_glass)


def definitions(
    names: EnvironmentNames, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> list[pulumi.Resource]:
    """Makes the definitions."""
    return [_definition(role, names, parent, after) for role in DEFINITIONS]


def _definition(
    role: Permissions, names: EnvironmentNames, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> azure.authorization.RoleDefinition:
    return azure.authorization.RoleDefinition(
        role.kind,
        scope=names.scope,
        role_definition_id=names.role_guid(role.kind),
        role_name=names.role_name(role.kind),
        role_type="CustomRole",
        description=role.description,
        permissions=[
            {
                "actions": list(role.actions),
                "not_actions": list(role.not_actions),
                "data_actions": list(role.data_actions),
                "not_data_actions": [],
            }
        ],
        assignable_scopes=[names.scope],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def guids(names: EnvironmentNames, gives: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    """GUIDs of kinds of our roles and of built-in ones."""
    own, built_in = gives
    return tuple(sorted([*(names.role_guid(kind) for kind in own), *(BUILT_IN[kind] for kind in built_in)]))


def environment_roles(
    args: RolesArgs,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> dict[str, str]:
    """Gives the roles and opens the pipelines' identities last; returns identities' ids by kind."""
    made = {}
    for kind in sorted(args.pipelines):
        name = names.identity(kind)
        user = identity(kind, name, names.group, names, tags, parent, after)
        gives = {ENVIRONMENT_APPLY: ENVIRONMENT_GIVES, PROJECT_APPLY: PROJECT_GIVES}.get(kind)
        condition = only_these_roles(guids(names, gives), user.principal_id) if gives else ""
        given = _give(kind, names.scope, kind, user.principal_id, "ServicePrincipal", names, condition)
        role = assign(given, parent, (*after, user))
        credentials(kind, name, names.group, args.pipelines[kind].subjects, parent, (*after, role))
        made[kind] = names.resource_id("Microsoft.ManagedIdentity/userAssignedIdentities", name)
    frozen = guids(names, (DATA_ROLES, FROZEN_BUILT_IN))
    people = [
        _give("responders", names.scope, RESPONDER, args.responders, "Group", names, takes_only(frozen)),
        _reads("platform", names.operational_log, args.platform, names),
        _reads("security", names.security_log, args.security, names),
    ]
    if args.break_glass:
        back = only_these_roles(guids(names, (BREAK_GLASS_GIVES, ())), args.break_glass)
        people.append(_give(BREAK_GLASS, names.scope, BREAK_GLASS, args.break_glass, "User", names, back))
    for row in people:
        assign(row, parent, after)
    return made


def _give(
    name: str,
    scope: str,
    kind: str,
    principal: pulumi.Input[str],
    principal_type: str,
    names: EnvironmentNames,
    condition: pulumi.Input[str] = "",
) -> Assignment:
    found = names.role_guid(kind)
    definition = names.role_definition_id(found)
    return Assignment(name, scope, found, definition, principal, principal_type, condition)


def _reads(kind: str, log: str, group: str, names: EnvironmentNames) -> Assignment:
    role = BUILT_IN["log-analytics-reader"]
    return Assignment(kind, names.log_id(log), role, names.role_definition_id(role), group, "Group")
