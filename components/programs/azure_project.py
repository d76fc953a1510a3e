"""A project's program on Azure: what it reads of its environment, and what it builds on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import pulumi

from components.azure_quantum import budget, freeze, identity, trail_alarms
from components.azure_quantum.ci_identity import PipelineArgs
from components.azure_quantum.elevation import WHAT
from components.azure_quantum.names import EnvironmentNames, ProjectNames
from components.azure_quantum.project import Project, ProjectArgs
from components.catalog.azure import Target, targets
from components.programs.azure_common import azure_provider
from components.programs.common import (
    Exports,
    ProgramError,
    environment_reference,
    project_tags,
    read_exports,
    refuse_differences,
)
from components.spec import AzureProjectSpec, AzureProjectStack, Lifecycle


@dataclass(frozen=True, slots=True)
class AzureEnvironmentFacts:
    """What a project reads of its environment's exports; fields are the exports' names."""

    tenant: str
    account: str
    region: str
    level: str
    oidcProviderUrls: Mapping[str, str]
    roleIds: Mapping[str, str]


async def read_azure_environment(stack: AzureProjectStack) -> AzureEnvironmentFacts:
    """The environment's exports, through a StackReference; refused when they are not what the file says."""
    name, azure = stack.spec.environment, stack.spec.azure
    exported = [field.name for field in fields(AzureEnvironmentFacts)]
    found = await read_exports(environment_reference(name), stack.name, name, exported)
    facts = AzureEnvironmentFacts(**found)
    compared = (
        ("azure.tenant", azure.tenant, facts.tenant),
        ("azure.subscription", azure.subscription, facts.account),
        ("azure.location", azure.location, facts.region),
        ("level", stack.level.value, facts.level),
    )
    refuse_differences(stack.name, name, compared)
    return facts


async def build_azure_project(stack: AzureProjectStack, environment: AzureEnvironmentFacts) -> Exports:
    """A project and its exports. FreezeError: whether it is frozen could not be read."""
    spec, charter = stack.spec, stack.charter
    place = EnvironmentNames(
        spec.azure.tenant,
        spec.azure.subscription,
        spec.azure.location,
        stack.environment_label,
        spec.azure.also,
    )
    names = ProjectNames(charter.name, place, spec.life)
    _same_roles(stack, names, environment)
    kind = spec.pipeline.kind
    if kind not in environment.oidcProviderUrls:
        raise ProgramError(
            f"the environment {spec.environment} has no issuer of kind {kind}\n"
            f"    fix: name one in identity.oidc of {spec.environment} and bring it up (I2)"
        )
    provider = azure_provider(place.tenant, place.subscription)
    frozen = (await freeze.read_mark(names, provider)).mark
    known = tuple(targets()[device] for device in spec.devices)
    project = Project(
        stack.name,
        ProjectArgs(
            names=names,
            tags=project_tags(stack),
            targets=tuple(target.target for target in known),
            plans=spec.plans,
            groups=identity.GroupsArgs(**spec.groups.model_dump()),
            pipeline=PipelineArgs(
                issuer=environment.oidcProviderUrls[kind],
                repository=spec.pipeline.repository,
                environment=spec.pipeline.place,
                repository_id=spec.pipeline.ids[0],
                owner_id=spec.pipeline.ids[1],
                kind=kind,
            ),
            service=identity.ServiceArgs(spec.service.issuer, spec.service.subject) if spec.service else None,
            unusual=_unusual(stack),
            budget=_budget(stack),
            retention_days=spec.results.retention_days,
            people_submit=stack.demands.people_submit,
            frozen=frozen,
            recover=spec.recover,
            active=spec.lifecycle is Lifecycle.ACTIVE,
        ),
        pulumi.ResourceOptions(provider=provider),
    )
    return {
        "cloud": "azure",
        "tenant": place.tenant,
        "account": place.subscription,
        "region": place.location,
        "level": stack.level.value,
        "project": charter.name,
        "environment": spec.environment,
        "lifecycle": spec.lifecycle.value,
        "resourceGroup": names.group,
        "workspace": names.label,
        "workspaceId": names.workspace_id,
        "resultsBucket": names.account,
        "keyAlias": f"{names.vault}/{names.key}",
        "keyId": f"https://{names.vault}.vault.azure.net/keys/{names.key}",
        "deviceIds": [target.target for target in known],
        "plans": dict(spec.plans),
        "clientIds": project.client_ids,
        "principalIds": project.principal_ids,
        "frozen": frozen,
        "freezeTag": freeze.MARK,
        "freezeSteps": list(freeze.steps(names)),
        "elevationRules": _elevation_help(stack, names),
        "idleIdentitiesRunBy": "the platform team, every week at its review, over the operational log "
        f"{place.operational_log}: az monitor log-analytics query; whoever it finds, ask why (L4)",
        "idleIdentitiesQuery": trail_alarms.idle_query(names, charter.alerts.idle_days)
        if charter.alerts
        else "",
        "acceptedWithout": [f"{row.demand}, until {row.expires}: {row.reason}" for row in spec.accepted],
        **_sentences(names, spec, known),
    }


def _same_roles(stack: AzureProjectStack, names: ProjectNames, environment: AzureEnvironmentFacts) -> None:
    """The roles it gives are those that the environment made."""
    place = names.environment
    for kind in ("submit", "metadata", "results", "audit", "billing", "administer-keys"):
        wanted = place.role_definition_id(place.role_guid(kind))
        if environment.roleIds.get(kind) != wanted:
            raise ProgramError(
                f"the environment {stack.spec.environment} has no role {kind} as {stack.name} gives it\n"
                f"    fix: bring {stack.spec.environment} up with this version of the project (I8)"
            )


def _unusual(stack: AzureProjectStack) -> trail_alarms.Unusual | None:
    alerts = stack.charter.alerts
    if alerts is None:
        return None
    return trail_alarms.Unusual(alerts.submissions_per_hour, alerts.source_networks, alerts.idle_days)


def _budget(stack: AzureProjectStack) -> budget.BudgetArgs | None:
    row = stack.spec.budget
    if row is None:
        return None
    return budget.BudgetArgs(row.per_month, row.begins, row.alert_percent, stack.charter.owner)


def _elevation_help(stack: AzureProjectStack, names: ProjectNames) -> dict[str, str]:
    """For each right without a recorded rule: how to find its policy; its name is the last part of the id."""
    rules = stack.spec.elevation.rules if stack.spec.elevation else None
    recorded = {
        "production-queue": rules.production_queue if rules else None,
        "rotate-key": rules.rotate_key if rules else None,
    }
    place = names.environment
    return {
        what: recorded[what]
        or 'az rest --url "https://management.azure.com'
        f"{names.group_id}/providers/Microsoft.Authorization/roleManagementPolicyAssignments"
        "?api-version=2020-10-01&%24filter=roleDefinitionId%20eq%20"
        f'\'{place.role_definition_id(place.role_guid(role))}\'" --query "value[0].properties.policyId"'
        for what, role in WHAT.items()
    }


def _sentences(names: ProjectNames, spec: AzureProjectSpec, known: tuple[Target, ...]) -> Exports:
    place, days = names.environment, spec.results.retention_days
    here = f"subscription {place.subscription}, {place.location}"
    processed: dict[str, list[str]] = {}
    for target in known:
        processed.setdefault(target.provider, []).append(target.id)
    places = "; ".join(
        f"{', '.join(ids)} by {provider}, at a place that Microsoft does not state"
        for provider, ids in processed.items()
    )
    return {
        "dataLivesIn": f"Jobs' inputs and results live in the storage account {names.account} ({here}), "
        f"which has public network access because Azure Quantum needs it, and are deleted after {days} days; "
        f"jobs are processed on {places}.",
        "keysLiveIn": f"The project's key {names.key} lives in the vault {names.vault} ({here}), rotated "
        "every year; whoever administers it cannot use it. The quantum workspace itself takes no key.",
        "logsLiveIn": f"Jobs are in the Log Analytics workspace {place.operational_log}, uses of storage and "
        f"keys in {place.security_log} ({here}); no payloads are in either.",
    }
