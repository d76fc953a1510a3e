"""aws.cloudtrail.Trail: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import NAMES_ARE_DETERMINISTIC, REGION_PROP, TAGS, TAGS_ALL, computed_arn
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
)

_NAME = rules.all_of(
    rules.matches(
        r"[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]",
        "must be letters, digits and . _ -, with a letter or digit at both ends, three or more",
        128,
    ),
    rules.matches(r"(?!.*[._-]{2}).*", "may not have two of . _ - in a row"),
)


def _no_organization(value: bool) -> str | None:
    return "must be false: there is no organization behind the stand-in" if value else None


def _sns_topic_arn(facts: Facts, inputs: Values) -> Value:
    name = inputs.get("snsTopicName")
    if not name:
        return ""
    return name if str(name).startswith("arn:") else facts.arn("sns", str(name))


def _together(inputs: Values) -> list[Failure]:
    failures = []
    if ("cloudWatchLogsGroupArn" in inputs) != ("cloudWatchLogsRoleArn" in inputs):
        missing = {"cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"} - inputs.keys()
        failures.append(Failure(missing.pop(), "log group and role are given together"))
    if inputs.get("eventSelectors") and inputs.get("advancedEventSelectors"):
        failures.append(Failure("eventSelectors", "conflicts with advancedEventSelectors"))
    return failures


_FIELD = (
    Prop("endsWiths", Kind.TEXTS),
    Prop("equals", Kind.TEXTS, unordered=True),
    Prop("field", required=True),
    Prop("notEndsWiths", Kind.TEXTS),
    Prop("notEquals", Kind.TEXTS),
    Prop("notStartsWiths", Kind.TEXTS),
    Prop("startsWiths", Kind.TEXTS),
)

TRAIL = TypeModel(
    "aws:cloudtrail/trail:Trail",
    inputs=(
        Prop(
            "advancedEventSelectors",
            Kind.OBJECTS,
            fields=(
                Prop("fieldSelectors", Kind.OBJECTS, required=True, unordered=True, fields=_FIELD),
                Prop("name", rule=rules.longest(1000)),
            ),
        ),
        Prop(
            "cloudWatchLogsGroupArn",
            rule=rules.matches(r"arn:aws[a-z-]*:logs:.*:\*", "must be the ARN of a log group ending in :*"),
        ),
        Prop("cloudWatchLogsRoleArn", rule=rules.arn("iam")),
        Prop("enableLogFileValidation", Kind.FLAG, default=False),
        Prop("enableLogging", Kind.FLAG, default=True),
        Prop(
            "eventSelectors",
            Kind.OBJECTS,
            fields=(
                Prop(
                    "dataResources",
                    Kind.OBJECTS,
                    fields=(Prop("type", required=True), Prop("values", Kind.TEXTS, required=True)),
                ),
                Prop("excludeManagementEventSources", Kind.TEXTS, unordered=True),
                Prop("includeManagementEvents", Kind.FLAG, default=True),
                Prop("readWriteType", default="All", rule=rules.one_of("All", "ReadOnly", "WriteOnly")),
            ),
        ),
        Prop("includeGlobalServiceEvents", Kind.FLAG, default=True),
        Prop(
            "insightSelectors",
            Kind.OBJECTS,
            unordered=True,
            fields=(
                Prop(
                    "insightType",
                    required=True,
                    rule=rules.one_of("ApiCallRateInsight", "ApiErrorRateInsight"),
                ),
            ),
        ),
        Prop("isMultiRegionTrail", Kind.FLAG, default=False),
        Prop("isOrganizationTrail", Kind.FLAG, default=False, rule=_no_organization),
        Prop("kmsKeyId", rule=rules.arn("kms")),
        Prop("name", required=True, note=NAMES_ARE_DETERMINISTIC, replaces=True, rule=_NAME),
        REGION_PROP,
        Prop("s3BucketName", required=True),
        Prop("s3KeyPrefix", rule=rules.longest(2000)),
        Prop("snsTopicName"),
        TAGS,
    ),
    outputs={
        "arn": computed_arn("cloudtrail", "name", form="trail/{name}"),
        "homeRegion": Out(lambda facts, _: facts.region, needs=("region",)),
        "snsTopicArn": Out(_sns_topic_arn, needs=("snsTopicName",)),
        "tagsAll": TAGS_ALL,
    },
    identity=("name",),
    rules=(_together,),
    notes=(
        "The bucket's policy must admit CloudTrail, log group and role must exist, and a key's policy must "
        "admit CloudTrail, as in AWS.",
        "Other selectors make the trail anew in the local cloud; its ARN stays.",
        "No events are delivered.",
    ),
)
