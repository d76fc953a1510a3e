"""An environment's program."""

from __future__ import annotations

from components.braket.environment import Environment, EnvironmentArgs
from components.braket.identity import OidcArgs, SamlArgs
from components.braket.log_sinks import LOCK_MODES, LogSinksArgs
from components.braket.names import JOBS_LOG_GROUP, EnvironmentNames
from components.programs.common import Exports, provider
from components.spec import EnvironmentStack, Level, Lifecycle
from components.tags import EnvironmentTags


def environment_label(stack: EnvironmentStack) -> str:
    """The environment's part of names. A production environment is one project's, so prod says enough."""
    return str(Level.PROD) if stack.level is Level.PROD else stack.name


def build_environment(stack: EnvironmentStack) -> Exports:
    """An environment and its exports."""
    spec = stack.spec
    label = environment_label(stack)
    names = EnvironmentNames(spec.aws.account, spec.aws.region, label)
    saml, oidc, keep = spec.identity.saml, spec.identity.oidc, spec.retention
    args = EnvironmentArgs(
        names=names,
        level=stack.level.value,
        tags=EnvironmentTags(label, spec.owner, spec.cost_centre),
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
        protect=spec.lifecycle is Lifecycle.ACTIVE,
    )
    environment = Environment(stack.name, args, provider(names.account, names.region))
    return {
        "account": names.account,
        "region": names.region,
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
        **_environment_sentences(names, keep.trail_days, keep.trail_lock_days),
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
