"""An environment's program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi

from components import catalog
from components.braket.environment import Environment, EnvironmentArgs
from components.braket.environment_roles import RolesArgs
from components.braket.identity import OidcArgs, PipelineArgs, SamlArgs
from components.braket.log_sinks import LOCK_MODES, LogSinksArgs
from components.braket.names import JOBS_LOG_GROUP, EnvironmentNames
from components.braket.network import Network, NetworkArgs
from components.braket.spending import total
from components.braket.trail_alarms import Unusual
from components.programs.aws_common import aws_provider
from components.programs.common import Exports
from components.spec import EnvironmentStack, Identity, Lifecycle, ProjectStack
from components.tags import EnvironmentTags


def build_environment(stack: EnvironmentStack, projects: Sequence[ProjectStack]) -> Exports:
    """An environment and its exports. projects: the active ones in it."""
    spec = stack.spec
    names = environment_names(stack)
    saml, oidc, keep = spec.identity.saml, spec.identity.oidc, spec.retention
    roles = _roles(names, spec.identity)
    args = EnvironmentArgs(
        names=names,
        level=stack.level.value,
        tags=EnvironmentTags(names.environment, spec.owner, spec.cost_centre),
        saml=SamlArgs(saml.name, saml.metadata) if saml else None,
        oidc=tuple(OidcArgs(issuer.kind, issuer.url, issuer.audience) for issuer in oidc),
        log_sinks=LogSinksArgs(
            lock_mode=LOCK_MODES[stack.level.value],
            trail_days=keep.trail_days,
            trail_lock_days=keep.trail_lock_days,
            operational_log_days=keep.operational_log_days,
            security_log_days=keep.security_log_days,
        ),
        alert_emails=spec.alerts.emails,
        denied_calls_per_hour=spec.alerts.denied_calls_per_hour,
        idle_days=spec.alerts.idle_days,
        roles=roles,
        spending=_spending(stack, projects),
        unusual=tuple(_unusual(projects)),
        existing=spec.existing,
        network=NetworkArgs(spec.network.cidr, spec.network.zones, spec.network.flow_log_days)
        if spec.network
        else None,
        notebooks=any(project.spec.notebooks is not None for project in projects),
        protect=spec.lifecycle is Lifecycle.ACTIVE,
    )
    provider = aws_provider(names.account, names.region)
    environment = Environment(stack.name, args, pulumi.ResourceOptions(provider=provider))
    return {
        "account": names.account,
        "region": names.region,
        "regions": list(names.regions),
        "level": stack.level.value,
        "lifecycle": spec.lifecycle.value,
        "boundaryArn": names.boundary_arn,
        "serviceRoleArn": names.service_role_arn,
        "samlProviderArn": names.saml_provider_arn(saml.name) if saml else "",
        "oidcProviderArns": {issuer.kind: names.oidc_provider_arn(issuer.url) for issuer in oidc},
        "oidcAudiences": {issuer.kind: issuer.audience for issuer in oidc},
        "alertTopicArn": names.alert_topic_arn,
        "trailArn": names.trail_arn,
        "trailBucket": names.trail_bucket,
        "operationalLogGroupName": names.operational_log,
        "operationalLogGroupArn": names.log_group_arn(names.operational_log),
        "securityLogGroupName": names.security_log,
        "securityLogGroupArn": names.log_group_arn(names.security_log),
        "jobsLogGroupName": JOBS_LOG_GROUP,
        "jobsLogGroupArn": names.log_group_arn(JOBS_LOG_GROUP),
        "keyArns": environment.key_arns,
        "roleArns": environment.role_arns,
        "keyAdministratorArns": list(roles.project_key_administrators(names)),
        "spendingLimits": dict(args.spending),
        **_network_exports(environment.network),
        **_environment_sentences(names, keep.trail_days, keep.trail_lock_days),
    }


def environment_names(stack: EnvironmentStack) -> EnvironmentNames:
    """The names of an environment."""
    return EnvironmentNames(stack.spec.aws.account, stack.spec.aws.region, stack.label, stack.spec.aws.also)


def _roles(names: EnvironmentNames, identity: Identity) -> RolesArgs:
    ci, glass = identity.ci, identity.break_glass
    workflows: dict[str, PipelineArgs] = {}
    if ci is not None:
        issuer = next(issuer for issuer in identity.oidc if issuer.kind == ci.kind)
        workflows = {
            kind: PipelineArgs(
                provider_arn=names.oidc_provider_arn(issuer.url),
                audience=issuer.audience,
                repository=ci.repository,
                environment=place,
                repository_id=ci.repository_id or "",
                owner_id=ci.owner_id or "",
                kind=ci.kind,
            )
            for kind, place in ci.places.items()
        }
    return RolesArgs(workflows, glass.principal if glass else "", identity.bootstrap or "")


def _spending(stack: EnvironmentStack, projects: Sequence[ProjectStack]) -> dict[str, str]:
    """For each QPU in reach the sum of the charters: "0" where nobody uses it."""
    return {
        device.arn: total(
            row.usd
            for project in projects
            for row in project.charter.spending
            if (row.environment, row.device) == (stack.name, device.id) and device.id in project.spec.devices
        )
        for device in catalog.devices().values()
        if device.kind is catalog.DeviceKind.QPU
        and device.status is catalog.Status.AVAILABLE
        and set(device.regions) & set(stack.spec.aws.regions)
    }


def _unusual(projects: Sequence[ProjectStack]) -> Iterator[Unusual]:
    for project in projects:
        if project.charter.alerts is not None:
            yield Unusual(
                project=project.charter.name,
                devices=tuple(catalog.devices()[device].arn for device in project.spec.devices),
                submissions_per_hour=project.charter.alerts.submissions_per_hour,
                source_networks=project.charter.alerts.source_networks,
            )


def _network_exports(made: Network | None) -> Exports:
    """What a project reads of the network. The ranges are known before anything is made, the ids are not."""
    if made is None:
        return {"networkRanges": {}}
    return {
        "networkRanges": dict(made.ranges),
        "vpcIds": dict(made.vpcs),
        "subnetIds": dict(made.subnets),
        "workGroupIds": dict(made.work_groups),
        "braketEndpointIds": dict(made.braket_endpoints),
    }


def _environment_sentences(names: EnvironmentNames, trail_days: int, lock_days: int) -> Exports:
    here = f"account {names.account}, {names.region}"
    return {
        "dataLivesIn": "Results live in the projects' own buckets; the environment holds none.",
        "keysLiveIn": f"Each store has its own key in AWS KMS ({here}), rotated every year, under "
        f"{names.alias('')}…; whoever administers a key cannot use it.",
        "logsLiveIn": f"The audit trail of all regions lives in the bucket {names.trail_bucket} ({here}), "
        f"locked for {lock_days} days and kept for {trail_days}; logs live in the CloudWatch groups "
        f"{names.operational_log}, {names.security_log} and {JOBS_LOG_GROUP}.",
    }
