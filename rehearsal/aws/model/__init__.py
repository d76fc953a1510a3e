"""What the stand-in knows of AWS without any cloud: types, checks, differences, outputs at preview.

Needs neither boto3 nor moto, so that programs can be checked where there is neither.
"""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.aws.model import (
    access_analyzer,
    budgets,
    cloud_control,
    cloudtrail,
    cost_explorer,
    default_group,
    events,
    external_key,
    flow_logs,
    iam,
    iam_federation,
    kms,
    logs,
    metrics,
    network,
    notebooks,
    organizations,
    routes,
    s3_bucket,
    s3_lifecycle,
    s3_replication,
    s3_settings,
    secrets,
    security_groups,
    sns,
)
from rehearsal.aws.model.facts import Facts
from rehearsal.aws.model.provider_config import PROVIDER
from rehearsal.provider.model.carrying import PropertyCoverage, TypeCoverage, coverage_of
from rehearsal.provider.model.checking import check
from rehearsal.provider.model.differences import Change, Diff, diff
from rehearsal.provider.model.outputs import MissingOutput, live_inputs, planned, settled
from rehearsal.provider.model.schema import (
    UNKNOWN,
    Carried,
    Failure,
    TypeModel,
    has_unknown,
)

_TYPES = (
    access_analyzer.ANALYZER,
    budgets.BUDGET,
    cloud_control.RESOURCE,
    cloudtrail.TRAIL,
    cost_explorer.COST_ALLOCATION_TAG,
    default_group.DEFAULT_SECURITY_GROUP,
    events.EVENT_RULE,
    events.EVENT_TARGET,
    external_key.EXTERNAL_KEY,
    flow_logs.FLOW_LOG,
    iam.POLICY,
    iam.ROLE,
    iam.ROLE_POLICY,
    iam.ROLE_POLICY_ATTACHMENT,
    iam_federation.OIDC_PROVIDER,
    iam_federation.SAML_PROVIDER,
    iam_federation.SERVICE_LINKED_ROLE,
    kms.ALIAS,
    kms.KEY,
    logs.LOG_GROUP,
    logs.LOG_RESOURCE_POLICY,
    metrics.LOG_METRIC_FILTER,
    metrics.METRIC_ALARM,
    network.SUBNET,
    network.VPC,
    network.VPC_ENDPOINT,
    notebooks.LIFECYCLE_CONFIGURATION,
    notebooks.NOTEBOOK_INSTANCE,
    organizations.POLICY,
    organizations.POLICY_ATTACHMENT,
    routes.ROUTE_TABLE,
    routes.ROUTE_TABLE_ASSOCIATION,
    s3_bucket.BUCKET,
    s3_lifecycle.LIFECYCLE,
    s3_replication.REPLICATION,
    s3_settings.ACCOUNT_PUBLIC_ACCESS_BLOCK,
    s3_settings.BUCKET_POLICY,
    s3_settings.ENCRYPTION,
    s3_settings.OBJECT_LOCK,
    s3_settings.OWNERSHIP_CONTROLS,
    s3_settings.PUBLIC_ACCESS_BLOCK,
    s3_settings.VERSIONING,
    secrets.SECRET,
    secrets.SECRET_POLICY,
    security_groups.EGRESS_RULE,
    security_groups.INGRESS_RULE,
    security_groups.SECURITY_GROUP,
    sns.TOPIC,
    sns.TOPIC_POLICY,
    sns.TOPIC_SUBSCRIPTION,
)

MODEL: Mapping[str, TypeModel] = {model.token: model for model in _TYPES}
"""Every type the stand-in plays, by its token such as aws:kms/key:Key."""


def coverage() -> tuple[TypeCoverage, ...]:
    """Return what is emulated, recorded or refused, by type and property; the provider itself comes last."""
    return (*(coverage_of(model) for model in _TYPES), coverage_of(PROVIDER))


__all__ = [
    "MODEL",
    "UNKNOWN",
    "Carried",
    "Change",
    "Diff",
    "Facts",
    "Failure",
    "MissingOutput",
    "PropertyCoverage",
    "TypeCoverage",
    "TypeModel",
    "check",
    "coverage",
    "diff",
    "has_unknown",
    "live_inputs",
    "planned",
    "settled",
]
