"""The location lock and what else Azure Policy denies above every administrator of a project (R1).

Four rules, assigned to the subscription, or to the environment's group:

- resources outside the locations, global ones left out;
- resource groups outside the locations, which hold the metadata of what is in them;
- storage accounts that take shared keys: only tokens of Entra open storage;
- credentials of the environment's identities, but for each one's own pipeline: whoever may write credentials
  of some identity in a subscription may write those of any, such as project-apply those of environment-apply.

A rule is evaluated when something is written; Azure takes up to half an hour until a new assignment holds.
Azure has no rule for the workspace's own keys (no alias exists): policy packs and drift checks hold those.
A location lock is no promise of residency: targets run outside Azure (R4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azure_native as azure

from components.azure_quantum.ci_identity import PipelineArgs
from components.azure_quantum.names import EnvironmentNames

_CREDENTIALS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
_STORAGE = "Microsoft.Storage/storageAccounts"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of Azure Policy. scope: where it is assigned. mode: Indexed, or All for what has no tags."""

    name: str
    description: str
    scope: str
    mode: str
    condition: dict[str, Any]


def rules(names: EnvironmentNames, pipelines: Mapping[str, PipelineArgs]) -> Iterator[Rule]:
    """The rules of an environment. pipelines: kind of each of its own identities to its workflow."""
    allowed = list(names.locations)
    yield Rule(
        "locations",
        "Denies resources outside the environment's locations",
        names.scope,
        "Indexed",
        {"field": "location", "notIn": [*allowed, "global"]},
    )
    yield Rule(
        "group-locations",
        "Denies resource groups outside the environment's locations",
        names.scope,
        "All",
        {
            "allOf": [
                {"field": "type", "equals": "Microsoft.Resources/subscriptions/resourceGroups"},
                {"field": "location", "notIn": allowed},
            ]
        },
    )
    yield Rule(
        "shared-keys",
        "Denies storage accounts that take shared keys",
        names.scope,
        "Indexed",
        {
            "allOf": [
                {"field": "type", "equals": _STORAGE},
                {"field": f"{_STORAGE}/allowSharedKeyAccess", "notEquals": "false"},
            ]
        },
    )
    yield Rule(
        "own-credentials",
        "Denies credentials of the environment's identities that are not their own pipelines'",
        names.group_id,
        "All",
        {"allOf": [{"field": "type", "equals": _CREDENTIALS}, *_strangers(names, pipelines)]},
    )


def _strangers(names: EnvironmentNames, pipelines: Mapping[str, PipelineArgs]) -> Iterator[dict[str, Any]]:
    """Holds for a credential that is none of its identity's own. A full name is IDENTITY/CREDENTIAL."""
    own = [
        {
            "allOf": [
                {"field": "fullName", "like": f"{names.identity(kind)}/*"},
                {"field": f"{_CREDENTIALS}/issuer", "equals": row.issuer},
                {"field": f"{_CREDENTIALS}/subject", "in": [each.subject for each in row.subjects]},
            ]
        }
        for kind, row in sorted(pipelines.items())
    ]
    if own:
        yield {"not": {"anyOf": own}}


def definition(rule: Rule, names: EnvironmentNames, parent: pulumi.Resource) -> pulumi.Resource:
    """Makes the rule's definition."""
    return azure.authorization.PolicyDefinition(
        rule.name,
        policy_definition_name=names.policy_name(rule.name),
        policy_type="Custom",
        mode=rule.mode,
        display_name=f"qlz {names.environment}: {rule.name}",
        description=rule.description,
        policy_rule={"if": rule.condition, "then": {"effect": "deny"}},
        opts=pulumi.ResourceOptions(parent=parent),
    )


def assignment(
    rule: Rule, names: EnvironmentNames, parent: pulumi.Resource, after: list[pulumi.Resource]
) -> azure.authorization.PolicyAssignment:
    """Assigns the rule at its scope."""
    return azure.authorization.PolicyAssignment(
        rule.name,
        scope=rule.scope,
        policy_assignment_name=names.policy_name(rule.name),
        policy_definition_id=names.policy_definition_id(rule.name),
        display_name=f"qlz {names.environment}: {rule.name}",
        description=rule.description,
        enforcement_mode="Default",
        non_compliance_messages=[{"message": f"{rule.description} (environment {names.environment})."}],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=after),
    )
