"""aws.cloudwatch metric types: AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html and
AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html on https://docs.aws.amazon.com/.
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    computed_arn,
    refused,
)
from rehearsal.provider.model.schema import Carried, Failure, Kind, Prop, TypeModel, Values

_SIZES: tuple[str, ...] = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
_SIZES += ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")
_UNITS: tuple[str, ...] = (
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Percent",
    "Count",
    "Count/Second",
    "None",
)
_UNITS += (*_SIZES, *(f"{size}/Second" for size in _SIZES))
_METRIC_NAME = rules.matches(r"[^:*$]+", "must have none of : * $", 255)
_NAMESPACE = rules.matches(r"[^:*$]+", "must have none of : * $", 255)


def _dimensions(limit: int) -> rules.Rule:
    def rule(value: Any) -> str | None:
        if len(value) > limit:
            return f"must be at most {limit} dimensions, are {len(value)}"
        for name, text in value.items():
            if not 1 <= len(name) <= 255 or name.startswith(":"):
                return (
                    f"dimension names have 1 to 255 characters and do not begin with a colon; {name!r} does"
                )
            if not 1 <= len(text) <= 1024:
                return f"dimension values have 1 to 1024 characters; that of {name!r} has {len(text)}"
        return None

    return rule


def _filter_value(value: Any) -> str | None:
    if len(value) > 100:
        return f"must have at most 100 characters, has {len(value)}"
    if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|\$\w[\w.\[\]-]*|\$\.[\w.\[\]*-]+", value):
        return None
    return f"must be a number, or a field of the event such as $.detail.shots or $size; is {value!r}"


def _number_text(value: Any) -> str | None:
    return None if re.fullmatch(r"-?\d+(\.\d+)?", value) else f"must be a number in quotes; is {value!r}"


def _transformation(value: Any) -> str | None:
    dimensions = value.get("dimensions") or {}
    if dimensions and value.get("defaultValue") is not None:
        return "dimensions and defaultValue do not go together"
    for name, field in dimensions.items():
        if not field.startswith("$"):
            return f"dimension {name} must take a field of the event such as $.region; is {field!r}"
    return None


LOG_METRIC_FILTER = TypeModel(
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    inputs=(
        Prop(
            "applyOnTransformedLogs",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="log transformers are not played",
        ),
        Prop(
            "logGroupName",
            required=True,
            replaces=True,
            rule=rules.matches(r"[\w./#-]+", "must be a log group's name", 512),
        ),
        Prop(
            "metricTransformation",
            Kind.OBJECT,
            required=True,
            fields=(
                Prop("defaultValue", rule=_number_text),
                Prop("dimensions", Kind.TEXT_MAP, rule=_dimensions(3)),
                Prop("name", required=True, rule=_METRIC_NAME),
                Prop("namespace", required=True, rule=_NAMESPACE),
                Prop("unit", default="None", rule=rules.one_of(*_UNITS)),
                Prop("value", required=True, rule=_filter_value),
            ),
            rule=_transformation,
        ),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(r"[^:*]+", "must have neither : nor *", 512),
        ),
        Prop("pattern", required=True, rule=rules.longest(1024)),
        REGION_PROP,
    ),
    outputs={},
    identity=("logGroupName", "name"),
    notes=("A log group takes 100, as in AWS.", "Nothing is counted: no metric ever gets a value."),
)

_OPERATORS = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
_BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_EXTENDED = rules.matches(r"p(\d{1,2}(\.\d{1,10})?|100)", "must be a percentile such as p99.9")


def _period(value: Any) -> str | None:
    fine = value in (10, 20, 30) or (value > 0 and value % 60 == 0)
    return None if fine else f"must be 10, 20, 30 or a multiple of 60 seconds, is {value}"


def _actions(value: Any) -> str | None:
    if len(value) > 5:
        return f"must be at most 5 actions, are {len(value)}"
    wrong = next((one for one in value if not str(one).startswith("arn:")), None)
    return f"must be ARNs; {wrong!r} is none" if wrong is not None else None


def _watched(inputs: Values) -> list[Failure]:
    """An alarm watches one metric, or what a list of queries returns."""
    single = ("metricName", "namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit")
    if "metricQueries" in inputs:
        given = [name for name in single if name in inputs]
        return [Failure(name, "does not go with metricQueries") for name in given]
    if "metricName" not in inputs:
        return [Failure("metricName", "give metricName or metricQueries")]
    failures = [
        Failure(name, "is required with metricName") for name in ("namespace", "period") if name not in inputs
    ]
    if ("statistic" in inputs) == ("extendedStatistic" in inputs):
        failures.append(Failure("statistic", "give statistic or extendedStatistic, one of them"))
    return failures


def _judged(inputs: Values) -> list[Failure]:
    failures = [
        Failure(name, "is required: only PromQL alarms do without, and those are not played")
        for name in ("comparisonOperator", "evaluationPeriods")
        if name not in inputs
    ]
    if ("threshold" in inputs) == ("thresholdMetricId" in inputs):
        failures.append(Failure("threshold", "give threshold or thresholdMetricId, one of them"))
    if ("thresholdMetricId" in inputs) != (inputs.get("comparisonOperator") in _BANDS):
        failures.append(
            Failure("comparisonOperator", "those about bands go with thresholdMetricId, and only those")
        )
    if "evaluateLowSampleCountPercentiles" in inputs and "extendedStatistic" not in inputs:
        failures.append(Failure("evaluateLowSampleCountPercentiles", "is for extendedStatistic only"))
    return failures


def _span(inputs: Values) -> list[Failure]:
    periods, points, period = (inputs.get(n) for n in ("evaluationPeriods", "datapointsToAlarm", "period"))
    failures = []
    if isinstance(periods, int) and isinstance(points, int) and points > periods:
        failures.append(Failure("datapointsToAlarm", f"must be at most evaluationPeriods, {periods}"))
    if isinstance(periods, int) and isinstance(period, int):
        longest = 604_800 if period >= 3600 else 86_400
        if periods * period > longest:
            said = f"times period must be at most {longest} seconds, is {periods * period}"
            failures.append(Failure("evaluationPeriods", said))
    return failures


def _queries(value: Any) -> str | None:
    if len(value) > 20:
        return f"must be at most 20 queries, are {len(value)}"
    names = [query["id"] for query in value]
    if len(set(names)) != len(names):
        return "must have different ids"
    for query in value:
        if (query.get("expression") is None) == (query.get("metric") is None):
            return f"query {query['id']} must have expression or metric, one of them"
    returned = [query["id"] for query in value if query.get("returnData")]
    return None if len(returned) == 1 else f"exactly one query must have returnData; {len(returned)} have"


def _action_list(name: str) -> Prop:
    return Prop(name, Kind.TEXTS, rule=_actions, unordered=True)


def _promql(name: str, kind: Kind = Kind.OBJECT) -> Prop:
    return refused(name, kind, "alarms on PromQL queries and their windows are not played; use metricName")


_QUERY = (
    Prop("accountId", rule=rules.ACCOUNT_ID, carried=Carried.RECORDED, note="moto does not return it"),
    Prop("expression", rule=rules.longest(2048)),
    Prop("id", required=True, rule=rules.matches(r"[a-z]\w*", "must begin with a small letter", 255)),
    Prop("label"),
    Prop(
        "metric",
        Kind.OBJECT,
        fields=(
            Prop("dimensions", Kind.TEXT_MAP, rule=_dimensions(30)),
            Prop("metricName", required=True, rule=_METRIC_NAME),
            Prop("namespace", rule=_NAMESPACE),
            Prop("period", Kind.NUMBER, required=True, rule=_period),
            Prop("stat", required=True),
            Prop("unit", rule=rules.one_of(*_UNITS)),
        ),
    ),
    Prop("period", Kind.NUMBER, rule=_period),
    Prop("returnData", Kind.FLAG, default=False),
)

METRIC_ALARM = TypeModel(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    inputs=(
        Prop("actionsEnabled", Kind.FLAG, default=True),
        _action_list("alarmActions"),
        Prop("alarmDescription", rule=rules.longest(1024)),
        Prop("comparisonOperator", rule=rules.one_of(*_OPERATORS, *_BANDS)),
        Prop("datapointsToAlarm", Kind.NUMBER, rule=rules.between(1, 8640)),
        Prop("dimensions", Kind.TEXT_MAP, rule=_dimensions(30)),
        Prop(
            "evaluateLowSampleCountPercentiles",
            rule=rules.one_of("evaluate", "ignore"),
            carried=Carried.RECORDED,
            note="moto does not return it",
        ),
        _promql("evaluationCriteria"),
        _promql("evaluationInterval", Kind.NUMBER),
        Prop("evaluationPeriods", Kind.NUMBER, rule=rules.between(1, 8640)),
        _promql("evaluationWindow"),
        Prop("extendedStatistic", rule=_EXTENDED),
        _action_list("insufficientDataActions"),
        Prop("metricName", rule=_METRIC_NAME),
        Prop("metricQueries", Kind.OBJECTS, fields=_QUERY, rule=_queries, unordered=True),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.longest(255),
        ),
        Prop("namespace", rule=_NAMESPACE),
        _action_list("okActions"),
        Prop("period", Kind.NUMBER, rule=_period),
        REGION_PROP,
        Prop("statistic", rule=rules.one_of(*_STATISTICS)),
        TAGS,
        Prop("threshold", Kind.DECIMAL),
        Prop("thresholdMetricId", rule=rules.longest(255)),
        Prop(
            "treatMissingData",
            default="missing",
            rule=rules.one_of("missing", "ignore", "breaching", "notBreaching"),
        ),
        Prop("unit", rule=rules.one_of(*_UNITS)),
        refused("warmUpConfiguration", Kind.OBJECT, "warm-up periods are not played"),
    ),
    outputs={"arn": computed_arn("cloudwatch", "name", form="alarm:{name}"), "tagsAll": TAGS_ALL},
    identity=("name",),
    rules=(_watched, _judged, _span),
    notes=(
        "Actions must be of the alarm's own region, as in AWS.",
        "It stays in the state it was made in: no metric ever gets a value.",
    ),
)
