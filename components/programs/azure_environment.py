"""An environment's program on Azure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pulumi

from components.azure_quantum import elevation, freeze
from components.azure_quantum.ci_identity import PipelineArgs
from components.azure_quantum.environment import Environment, EnvironmentArgs
from components.azure_quantum.environment_roles import DEFINITIONS, RolesArgs
from components.azure_quantum.log_sinks import TRAIL_CONTAINER, LogSinksArgs
from components.azure_quantum.names import EnvironmentNames, ProjectNames
from components.programs.azure_common import azure_provider
from components.programs.common import Exports
from components.spec import AzureEnvironmentStack, AzureProjectStack, Lifecycle
from components.tags import EnvironmentTags


async def build_azure_environment(
    stack: AzureEnvironmentStack, projects: Sequence[AzureProjectStack], now: datetime | None = None
) -> Exports:
    """An environment and its exports. projects: the active ones in it. now: the clock's reading.

    FreezeError: whether a project with elevation is frozen could not be read.
    """
    spec, names, keep = stack.spec, azure_names(stack), stack.spec.retention
    provider = azure_provider(names.tenant, names.subscription)
    rows = [
        row
        for project in projects
        if project.spec.elevation is not None
        and (row := await _elevation(project, names, provider, now or datetime.now(UTC)))
    ]
    args = EnvironmentArgs(
        names=names,
        level=stack.level.value,
        tags=EnvironmentTags(names.environment, spec.owner, spec.cost_centre),
        log_sinks=LogSinksArgs(
            trail_days=keep.trail_days,
            trail_lock_days=keep.trail_lock_days,
            operational_log_days=keep.operational_log_days,
            security_log_days=keep.security_log_days,
        ),
        alert_emails=spec.alerts.emails,
        denied_calls_per_hour=spec.alerts.denied_calls_per_hour,
        roles=_roles(stack),
        elevation=tuple(rows),
        protect=spec.lifecycle is Lifecycle.ACTIVE,
    )
    environment = Environment(stack.name, args, pulumi.ResourceOptions(provider=provider))
    return {
        "cloud": "azure",
        "tenant": names.tenant,
        "account": names.subscription,
        "region": names.location,
        "regions": list(names.locations),
        "level": stack.level.value,
        "lifecycle": spec.lifecycle.value,
        "resourceGroup": names.group,
        "oidcProviderUrls": {issuer.kind: issuer.url for issuer in spec.identity.oidc},
        "oidcAudiences": {issuer.kind: issuer.audience for issuer in spec.identity.oidc},
        "alertGroupId": names.alert_group_id,
        "trailBucket": names.trail_account,
        "operationalLogName": names.operational_log,
        "operationalLogId": names.log_id(names.operational_log),
        "securityLogName": names.security_log,
        "securityLogId": names.log_id(names.security_log),
        "roleIds": {role.kind: names.role_definition_id(names.role_guid(role.kind)) for role in DEFINITIONS},
        "identityIds": environment.identity_ids,
        **_sentences(names, keep.trail_days, keep.trail_lock_days),
        "notOffered": list(NOT_OFFERED),
    }


NOT_OFFERED = (
    "A permission per target: the workspace's providers and plans are the lock; an alarm tells of others.",
    "Telling submitting from cancelling: the responder, who cancels, could submit, and is seen.",
    "Metadata of jobs without results: whoever holds jobs/read may be given signed addresses of results.",
    "A role that takes hold or goes at once: Azure takes minutes, up to half an hour.",
    "A limit on spending: a budget tells, hours late.",
    "Limiting what a role definition holds, or whom Privileged Identity Management makes eligible.",
    "A key of the customer's own on logs, without a rented cluster.",
    "An alarm that looks back further than two days.",
)
"""What Azure cannot do that AWS can; the components' docstrings say what stands in for it."""


def azure_names(stack: AzureEnvironmentStack) -> EnvironmentNames:
    """The names of an environment."""
    azure = stack.spec.azure
    return EnvironmentNames(azure.tenant, azure.subscription, azure.location, stack.label, azure.also)


async def _elevation(
    project: AzureProjectStack, names: EnvironmentNames, provider: pulumi.ProviderResource, now: datetime
) -> elevation.ElevationArgs | None:
    """None while the project's group is not there: the rules belong to it."""
    declared = project.spec.elevation
    assert declared is not None
    place = ProjectNames(project.charter.name, names)
    named = {
        "production-queue": declared.rules.production_queue,
        "rotate-key": declared.rules.rotate_key,
    }
    group = await freeze.read_mark(place, provider)
    if not group.there:
        return None
    return elevation.ElevationArgs(
        names=place,
        requesters=project.spec.groups.researchers,
        approvers=project.spec.groups.approvers,
        rules={what: name for what, name in named.items() if name},
        hours=project.demands.elevation_hours,
        until=declared.until,
        eligible=not group.mark and elevation.standing(declared.until, now),
    )


def _roles(stack: AzureEnvironmentStack) -> RolesArgs:
    ci, glass, groups = stack.spec.identity.ci, stack.spec.identity.break_glass, stack.spec.groups
    workflows: dict[str, PipelineArgs] = {}
    if ci is not None:
        issuer = next(issuer for issuer in stack.spec.identity.oidc if issuer.kind == ci.kind)
        workflows = {
            kind: PipelineArgs(
                issuer=issuer.url,
                repository=ci.repository,
                environment=place,
                repository_id=ci.repository_id or "",
                owner_id=ci.owner_id or "",
                kind=ci.kind,
            )
            for kind, place in ci.places.items()
        }
    return RolesArgs(
        platform=groups.platform,
        security=groups.security,
        responders=groups.responders,
        pipelines=workflows,
        break_glass=glass.object_id if glass else "",
    )


def _sentences(names: EnvironmentNames, trail_days: int, lock_days: int) -> Exports:
    here = f"subscription {names.subscription}, {names.location}"
    return {
        "dataLivesIn": "Results live in the projects' own storage accounts; the environment holds none.",
        "keysLiveIn": f"The trail's key lives in the vault {names.vault} ({here}), rotated every year; "
        "the logs are encrypted with keys of Azure's own.",
        "logsLiveIn": f"The activity log lives in the storage account {names.trail_account} ({here}), kept "
        f"for {trail_days} days and not deletable for {lock_days}; logs live in the Log Analytics workspaces "
        f"{names.operational_log} and {names.security_log}.",
        "lockTrailBy": "az storage container immutability-policy lock --account-name "
        f"{names.trail_account} --container-name {TRAIL_CONTAINER} --if-match ETAG "
        "# for good: nobody shortens it then",
    }
