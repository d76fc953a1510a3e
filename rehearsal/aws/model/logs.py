"""aws.cloudwatch log types: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    computed_arn,
    no_prefix,
    refused,
)
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.provider.model.schema import Carried, Kind, Prop, TypeModel, always

RETENTION_DAYS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What PutRetentionPolicy takes; 0 keeps events for ever."""

LOG_GROUP = TypeModel(
    "aws:cloudwatch/logGroup:LogGroup",
    inputs=(
        Prop(
            "deletionProtectionEnabled",
            Kind.FLAG,
            carried=Carried.RECORDED,
            note="moto has no deletion protection",
        ),
        Prop("kmsKeyId", rule=rules.arn("kms")),
        Prop(
            "logGroupClass",
            replaces=True,
            carried=Carried.RECORDED,
            note="moto does not return it",
            rule=rules.one_of("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
            otherwise=always("STANDARD"),
        ),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(r"[\w./#-]+", "must be letters, digits and . - _ / #", 512),
        ),
        no_prefix("namePrefix", "name"),
        REGION_PROP,
        Prop("retentionInDays", Kind.NUMBER, default=0, rule=rules.one_of(*RETENTION_DAYS)),
        Prop("skipDestroy", Kind.FLAG, default=False),
        TAGS,
    ),
    outputs={
        "arn": computed_arn("logs", "name", form="log-group:{name}"),
        "tagsAll": TAGS_ALL,
    },
    identity=("name",),
    notes=(
        "The key's policy must admit CloudWatch Logs of the region, as in AWS.",
        "Another key makes the group anew in the local cloud, without its events: moto cannot change it.",
    ),
)

LOG_RESOURCE_POLICY = TypeModel(
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    inputs=(
        Prop("policyDocument", Kind.JSON, required=True, rule=policy(5120, Attached.RESOURCE)),
        Prop("policyName", required=True, note=NAMES_ARE_DETERMINISTIC, replaces=True),
        REGION_PROP,
        refused("resourceArn", Kind.TEXT, "policies of single log groups are not played; give policyName"),
    ),
    outputs={"policyScope": always("ACCOUNT"), "revisionId": always("")},
    identity=("policyName",),
    notes=("A region takes ten, as in AWS.",),
)
