"""aws.secretsmanager: apireference/API_CreateSecret.html and userguide/reference_limits.html on
https://docs.aws.amazon.com/secretsmanager/latest/.
"""

from __future__ import annotations

from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    no_prefix,
    refused,
)
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.provider.model.schema import ASSIGNED, Carried, Kind, Prop, TypeModel, always

NO_POLICY = "{}"
"""What takes a secret's policy away, as with the real provider."""

_resource_policy = policy(20480, Attached.RESOURCE)


def _policy_or_none(value: Any) -> str | None:
    return None if value == NO_POLICY else _resource_policy(value)


def _window(value: Any) -> str | None:
    fine = value == 0 or 7 <= value <= 30
    return None if fine else f"must be between 7 and 30 days, or 0 to delete at once; is {value}"


SECRET = TypeModel(
    "aws:secretsmanager/secret:Secret",
    inputs=(
        Prop("description", rule=rules.longest(2048)),
        Prop(
            "forceOverwriteReplicaSecret",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="replicas are not played",
        ),
        Prop("kmsKeyId"),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(r"[A-Za-z0-9/_+=.@-]+", "must be letters, digits and / _ + = . @ -", 512),
        ),
        no_prefix("namePrefix", "name"),
        Prop("policy", Kind.JSON, rule=_policy_or_none, shared=True),
        Prop("recoveryWindowInDays", Kind.NUMBER, default=30, rule=_window),
        REGION_PROP,
        refused("replicas", Kind.OBJECTS, "replicas are not played; make one in each region", always([])),
        TAGS,
        refused("type", Kind.TEXT, "secrets that partners manage are not played"),
    ),
    outputs={"arn": ASSIGNED, "tagsAll": TAGS_ALL},
    identity=("name",),
    notes=(
        "A deleted secret waits out its window, and its name is taken as long, as in AWS.",
        "Principals of the own account in a policy must exist, as in AWS.",
    ),
)

SECRET_POLICY = TypeModel(
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    inputs=(
        Prop(
            "blockPublicPolicy",
            Kind.FLAG,
            carried=Carried.RECORDED,
            note="only a statement that lets everybody in without any condition is taken for public",
        ),
        Prop("policy", Kind.JSON, required=True, rule=_resource_policy),
        REGION_PROP,
        Prop("secretArn", required=True, replaces=True, rule=rules.arn("secretsmanager")),
    ),
    outputs={},
    identity=("secretArn",),
    notes=("Principals of the own account in a policy must exist, as in AWS.",),
)
