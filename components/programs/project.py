"""A project's program: what it reads of its environment, and what it builds on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

import pulumi

from components import catalog
from components.braket import elevation, keys
from components.braket.budget import BudgetArgs
from components.braket.identity import PipelineArgs
from components.braket.names import JOBS_LOG_GROUP, EnvironmentNames, ProjectNames
from components.braket.notebooks import NotebookArgs
from components.braket.private_lock import PrivateAccess
from components.braket.project import Project, ProjectArgs
from components.programs.aws_common import aws_provider
from components.programs.common import (
    Exports,
    ProgramError,
    environment_reference,
    not_exported,
    project_tags,
    read_exports,
    refuse_differences,
)
from components.spec import Grant, Key, Lifecycle, Material, Notebooks, ProjectSpec, ProjectStack


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """What a project reads of its environment's exports; fields are the exports' names."""

    account: str
    region: str
    level: str
    boundaryArn: str
    samlProviderArn: str
    oidcProviderArns: Mapping[str, str]
    oidcAudiences: Mapping[str, str]
    keyAdministratorArns: Sequence[str]
    networkRanges: Mapping[str, str]
    private: PrivateAccess | None = None
    """Where the project works from, read of a network's ids; they may be unknown at a preview."""


async def read_environment(stack: ProjectStack) -> EnvironmentFacts:
    """The environment's exports, through a StackReference; refused when they are not what the file says."""
    name = stack.spec.environment
    reference = environment_reference(name)
    exported = [field.name for field in fields(EnvironmentFacts) if field.name != "private"]
    found = await read_exports(reference, stack.name, name, exported)
    private = await _private(reference, found["networkRanges"], stack)
    facts = EnvironmentFacts(**found, private=private)
    compared = (
        ("aws.account", stack.spec.aws.account, facts.account),
        ("aws.region", stack.spec.aws.region, facts.region),
        ("level", stack.level.value, facts.level),
    )
    refuse_differences(stack.name, name, compared)
    return facts


def build_project(stack: ProjectStack, environment: EnvironmentFacts, now: datetime | None = None) -> Exports:
    """A project and its exports. now: the clock's reading, by which grants have ended."""
    spec, charter = stack.spec, stack.charter
    _refuse_no_network(stack, environment)
    names = ProjectNames(
        charter.name,
        EnvironmentNames(spec.aws.account, spec.aws.region, stack.environment_label, spec.aws.also),
    )
    kind = spec.pipeline.kind
    if not environment.samlProviderArn:
        raise ProgramError(
            f"the environment {spec.environment} has no SAML provider, so nobody could enter {stack.name}\n"
            f"    fix: name one in identity.saml of {spec.environment} and bring it up (I1)"
        )
    if kind not in environment.oidcProviderArns or kind not in environment.oidcAudiences:
        raise ProgramError(
            f"the environment {spec.environment} has no OIDC provider for {kind}\n"
            f"    fix: name one in identity.oidc of {spec.environment} and bring it up (I2)"
        )
    devices = tuple(catalog.devices()[device] for device in spec.devices)
    provider = aws_provider(spec.aws.account, spec.aws.region)
    project = Project(
        stack.name,
        ProjectArgs(
            names=names,
            tags=project_tags(stack),
            devices=tuple(device.arn for device in devices),
            boundary_arn=environment.boundaryArn,
            saml_provider_arn=environment.samlProviderArn,
            pipeline=PipelineArgs(
                provider_arn=environment.oidcProviderArns[kind],
                audience=environment.oidcAudiences[kind],
                repository=spec.pipeline.repository,
                environment=spec.pipeline.place,
                repository_id=spec.pipeline.ids[0],
                owner_id=spec.pipeline.ids[1],
                kind=kind,
            ),
            session_hours=stack.demands.session_hours,
            retention_days=spec.results.retention_days,
            archive_days=spec.archive.retention_days if spec.archive else None,
            budget=BudgetArgs(spec.budget.usd_per_month, spec.budget.alert_percent) if spec.budget else None,
            key_administrators=tuple(environment.keyAdministratorArns),
            private=environment.private,
            notebook=_notebook(spec.notebooks),
            own_material=_own_material(spec.key),
            people_submit=stack.demands.people_submit,
            elevation=elevation.standing(map(_grant, spec.elevation), now or datetime.now(UTC)),
            elevation_hours=stack.demands.elevation_hours,
            active=spec.lifecycle is Lifecycle.ACTIVE,
        ),
        pulumi.ResourceOptions(provider=provider),
    )
    return {
        "account": spec.aws.account,
        "region": spec.aws.region,
        "level": stack.level.value,
        "project": charter.name,
        "environment": spec.environment,
        "lifecycle": spec.lifecycle.value,
        "roleArns": project.role_arns,
        "freezePolicyArn": names.policy_arn("freeze"),
        "resultsBucket": names.bucket,
        "keyAlias": names.alias,
        "keyArn": project.key_arn,
        **_key_steps(names, spec.key),
        "jobNamePrefix": names.job_prefix,
        "deviceArns": [device.arn for device in devices],
        **_way_in(environment, stack),
        **_project_sentences(names, spec, devices),
    }


async def _private(
    reference: pulumi.StackReference, ranges: Mapping[str, str], stack: ProjectStack
) -> PrivateAccess | None:
    if not ranges:
        return None
    subnets = await _ids(reference, "subnetIds", stack)
    groups = await _ids(reference, "workGroupIds", stack)
    return PrivateAccess(
        endpoints=await _ids(reference, "braketEndpointIds", stack),
        vpcs=await _ids(reference, "vpcIds", stack),
        subnet=subnets.apply(lambda found: str(found[min(found)])),
        group=groups.apply(lambda found: str(found[stack.spec.aws.region])),
        only=stack.demands.private_network,
    )


async def _ids(
    reference: pulumi.StackReference, name: str, stack: ProjectStack
) -> pulumi.Output[Mapping[str, str]]:
    """Ids of the network by region. Unknown at the preview of an environment that is still to be made."""
    if (await reference.get_output_details(name)).value is None and not pulumi.runtime.is_dry_run():
        raise not_exported(stack.name, stack.spec.environment, name)
    return reference.outputs.apply(lambda found: found.get(name, pulumi.output.UNKNOWN))


def _refuse_no_network(stack: ProjectStack, environment: EnvironmentFacts) -> None:
    """The environment may be up as its file was before."""
    missing = [region for region in stack.spec.aws.regions if region not in environment.networkRanges]
    if stack.demands.private_network and missing:
        raise ProgramError(
            f"{stack.name} is of tier {stack.spec.tier}, which submits through private endpoints only, "
            f"and the environment {stack.spec.environment} has no network in {', '.join(missing)}\n"
            f"    fix: bring the stack {stack.spec.environment} up first, with network: in its file (T2)"
        )


def _way_in(environment: EnvironmentFacts, stack: ProjectStack) -> Exports:
    """From where the project submits; nothing is exported where that is anywhere."""
    if not stack.demands.private_network:
        return {}
    ranges = ", ".join(f"{cidr} in {region}" for region, cidr in environment.networkRanges.items())
    return {
        "submittedThrough": f"People and pipelines submit, and reach data, through the environment's private "
        f"endpoints only ({ranges}); hybrid jobs run where Amazon Braket runs them."
    }


def _notebook(asked: Notebooks | None) -> NotebookArgs | None:
    if asked is None:
        return None
    return NotebookArgs(asked.instance_type, asked.volume_gb, asked.idle_minutes)


CEREMONY = "docs/own-key-material.md"


def _own_material(key: Key | None) -> keys.OwnMaterial | None:
    if key is None or key.material is not Material.OWN:
        return None
    return keys.OwnMaterial(key.imported, key.rotate_by)


def _key_steps(names: ProjectNames, key: Key | None) -> Exports:
    """What the key's own material waits for; nothing is exported of a key that AWS makes."""
    own = _own_material(key)
    if own is None:
        return {}
    if own.imported is None:
        step = (
            f"The key {names.alias} has no material yet and nothing can be stored under it: import it as "
            f"{CEREMONY} says, write key.imported and key.rotate_by into the stack file, and run up again."
        )
    else:
        step = f"Import the next material of {names.alias} by {own.rotate_by}, as {CEREMONY} says."
    return {"keyNextStep": step}


def _grant(row: Grant) -> elevation.Grant:
    return elevation.Grant(
        what=row.what.value,
        requester=row.requester,
        approver=row.approver,
        reason=row.reason,
        ticket=row.ticket,
        start=row.start,
        end=row.end,
    )


def _project_sentences(
    names: ProjectNames, spec: ProjectSpec, devices: tuple[catalog.Device, ...]
) -> Exports:
    place, retention_days = names.environment, spec.results.retention_days
    here = f"account {place.account}, {place.region}"
    processed: dict[str, list[str]] = {}
    for device in devices:
        processed.setdefault(device.processing, []).append(device.id)
    places = "; ".join(f"{', '.join(ids)} by {where}" for where, ids in processed.items())
    days = spec.archive.retention_days if spec.archive else 0
    kept = f"copies in the archive {names.archive} after {days} days; " if days else ""
    return {
        "dataLivesIn": f"Results live in the bucket {names.bucket} ({here}) and are deleted after "
        f"{retention_days} days; {kept}tasks are processed on {places}.",
        "keysLiveIn": f"The project's key {names.alias} lives in AWS KMS ({here}) {_rotated(spec.key)}; "
        "whoever administers it cannot use it.",
        "logsLiveIn": f"Every request is in the environment's audit trail, the output of hybrid jobs in the "
        f"CloudWatch group {JOBS_LOG_GROUP} ({here}) under names that begin with {names.job_prefix}.",
    }


def _rotated(key: Key | None) -> str:
    own = _own_material(key)
    if own is None:
        return "and is rotated every year"
    if own.imported is None:
        return "and awaits key material of the organisation's own"
    return f"with key material of the organisation's own, to be rotated by {own.rotate_by}"
