"""aws.cloudwatch metric types in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, tag_changes, tag_list, tag_map
from rehearsal.aws.resources.logs import group_exists
from rehearsal.provider.model.schema import Value, Values

FILTERS = 100
"""How many metric filters a log group takes."""


class LogMetricFilter(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        group, name = str(want["logGroupName"]), str(want["name"])
        # moto takes any group, and any number of filters.
        if not group_exists(aws, group):
            message = "The specified log group does not exist."
            raise aws_error("PutMetricFilter", "ResourceNotFoundException", message)
        others = [one for one in _filters(aws, group) if one["filterName"] != name]
        if len(others) >= FILTERS:
            message = f"Resource limit exceeded: {FILTERS} metric filters in a log group."
            raise aws_error("PutMetricFilter", "LimitExceededException", message)
        self._put(aws, want)
        return name

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._put(aws, want)

    def _put(self, aws: Aws, want: Wanted) -> None:
        asked = want["metricTransformation"]
        transformation = {
            "metricName": asked["name"],
            "metricNamespace": asked["namespace"],
            "metricValue": asked["value"],
            "unit": asked["unit"],
        }
        if asked.get("defaultValue") is not None:
            transformation["defaultValue"] = float(asked["defaultValue"])
        if asked.get("dimensions"):
            transformation["dimensions"] = asked["dimensions"]
        aws.logs.put_metric_filter(
            logGroupName=want["logGroupName"],
            filterName=want["name"],
            filterPattern=want["pattern"],
            metricTransformations=[transformation],
        )

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        """An import says GROUP:NAME, as with the real provider."""
        group, name = _names(id, want)
        if not group_exists(aws, group):
            return None
        found = next((one for one in _filters(aws, group) if one["filterName"] == name), None)
        if found is None:
            return None
        told = found["metricTransformations"][0]
        default = told.get("defaultValue")
        return {
            "logGroupName": group,
            "name": name,
            "pattern": found["filterPattern"],
            "metricTransformation": {
                "name": told["metricName"],
                "namespace": told["metricNamespace"],
                "value": told["metricValue"],
                "unit": told.get("unit", "None"),
                "dimensions": told.get("dimensions"),
                "defaultValue": None if default is None else f"{default:g}",
            },
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        group, name = _names(id, state)
        if any(one["filterName"] == name for one in _filters(aws, group)):
            aws.logs.delete_metric_filter(logGroupName=group, filterName=name)


def _names(id: str, known: Values) -> tuple[str, str]:
    if known.get("logGroupName"):
        return str(known["logGroupName"]), str(known.get("name") or id)
    group, _, name = id.rpartition(":")
    return group, name


def _filters(aws: Aws, group: str) -> list[dict[str, Any]]:
    pages = aws.logs.get_paginator("describe_metric_filters").paginate(logGroupName=group)
    return [one for page in pages for one in page["metricFilters"]]


_PLAIN = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
_ACTIONS = ("alarmActions", "insufficientDataActions", "okActions")


class MetricAlarm(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        self._put(aws, want)
        return str(want["name"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._put(aws, want)
        # moto would hand the tags of a deleted alarm to the next one of that name.
        present = have if have is not None else {"tagsAll": _tags(aws, want["arn"])}
        changed, removed = tag_changes(want, present)
        if changed:
            aws.cloudwatch.tag_resource(ResourceARN=want["arn"], Tags=tag_list(changed))
        if removed:
            aws.cloudwatch.untag_resource(ResourceARN=want["arn"], TagKeys=removed)

    def _put(self, aws: Aws, want: Wanted) -> None:
        """One call says all there is to an alarm: what is left out is gone."""
        for action in (action for name in _ACTIONS for action in want[name] or []):
            region = action.split(":")[3]
            if region not in ("", aws.facts.region):
                message = f"Invalid region {region} specified. Only {aws.facts.region} is supported."
                raise aws_error("PutMetricAlarm", "ValidationError", message)
        given = {theirs: want[ours] for ours, theirs in _PLAIN.items() if want[ours] is not None}
        if want["dimensions"]:
            given["Dimensions"] = tag_list(want["dimensions"], "Name")
        if want["metricQueries"]:
            given["Metrics"] = [_query(query) for query in want["metricQueries"]]
        aws.cloudwatch.put_metric_alarm(AlarmName=want["name"], **given)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        alarms = aws.cloudwatch.describe_alarms(AlarmNames=[id])["MetricAlarms"]
        if not alarms:
            return None
        found = alarms[0]
        return {
            **{ours: found.get(theirs) for ours, theirs in _PLAIN.items()},
            "name": found["AlarmName"],
            "arn": found["AlarmArn"],
            "dimensions": tag_map(found.get("Dimensions", []), "Name") or None,
            "metricQueries": [_told(query) for query in found.get("Metrics", [])] or None,
            "tagsAll": _tags(aws, found["AlarmArn"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.cloudwatch.delete_alarms(AlarmNames=[id])


def _tags(aws: Aws, arn: str) -> dict[str, str]:
    return tag_map(aws.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"])


_QUERY = {"id": "Id", "expression": "Expression", "label": "Label", "period": "Period"}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    given = {theirs: query[ours] for ours, theirs in _QUERY.items() if query.get(ours) is not None}
    given["ReturnData"] = bool(query.get("returnData"))
    metric = query.get("metric")
    if metric:
        named = {"MetricName": metric["metricName"]}
        if metric.get("namespace"):
            named["Namespace"] = metric["namespace"]
        dimensions = tag_list(metric.get("dimensions") or {}, "Name")
        given["MetricStat"] = {
            "Metric": {**named, "Dimensions": dimensions},
            "Period": metric["period"],
            "Stat": metric["stat"],
            **({"Unit": metric["unit"]} if metric.get("unit") else {}),
        }
    return given


def _told(query: Mapping[str, Any]) -> dict[str, Value]:
    live: dict[str, Value] = {ours: query.get(theirs) for ours, theirs in _QUERY.items()}
    live["returnData"] = query.get("ReturnData", False)
    stat = query.get("MetricStat")
    if stat:
        live["metric"] = {
            "metricName": stat["Metric"]["MetricName"],
            "namespace": stat["Metric"].get("Namespace"),
            "dimensions": tag_map(stat["Metric"].get("Dimensions", []), "Name") or None,
            "period": stat["Period"],
            "stat": stat["Stat"],
            "unit": stat.get("Unit"),
        }
    return live
