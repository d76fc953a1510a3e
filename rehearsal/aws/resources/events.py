"""aws.cloudwatch event types in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.model.events import TARGETS
from rehearsal.aws.resources.base import Handler, Wanted, tag_changes, tag_list, tag_map
from rehearsal.provider.model.schema import Value, Values

_RULE = {
    "description": "Description",
    "eventPattern": "EventPattern",
    "roleArn": "RoleArn",
    "scheduleExpression": "ScheduleExpression",
    "state": "State",
}
_TARGET = {
    "arn": "Arn",
    "deadLetterConfig": "DeadLetterConfig",
    "input": "Input",
    "inputPath": "InputPath",
    "inputTransformer": "InputTransformer",
    "retryPolicy": "RetryPolicy",
    "roleArn": "RoleArn",
}
_MEMBERS = {
    "deadLetterConfig": {"arn": "Arn"},
    "inputTransformer": {"inputPaths": "InputPathsMap", "inputTemplate": "InputTemplate"},
    "retryPolicy": {
        "maximumEventAgeInSeconds": "MaximumEventAgeInSeconds",
        "maximumRetryAttempts": "MaximumRetryAttempts",
    },
}


class EventRule(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        self._put(aws, want, Tags=tag_list(want["tagsAll"]))
        bus, name = str(want["eventBusName"]), str(want["name"])
        return name if bus == "default" else f"{bus}/{name}"

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        self._put(aws, want)
        changed, removed = tag_changes(want, have)
        if changed:
            aws.events.tag_resource(ResourceARN=want["arn"], Tags=tag_list(changed))
        if removed:
            aws.events.untag_resource(ResourceARN=want["arn"], TagKeys=removed)

    def _put(self, aws: Aws, want: Wanted, **more: Any) -> None:
        """One call says all there is to a rule: what is left out is gone."""
        given = {theirs: want[ours] for ours, theirs in _RULE.items() if want[ours]}
        aws.events.put_rule(Name=want["name"], EventBusName=want["eventBusName"], **given, **more)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        bus, _, name = id.rpartition("/")
        found = aws.events.describe_rule(Name=name, EventBusName=bus or "default")
        return {
            **{ours: found.get(theirs) for ours, theirs in _RULE.items()},
            "name": found["Name"],
            "arn": found["Arn"],
            "eventBusName": bus or "default",
            "tagsAll": tag_map(aws.events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        bus, _, name = id.rpartition("/")
        aws.events.delete_rule(Name=name, EventBusName=bus or "default")


class EventTarget(Handler):
    """Its id is RULE-TARGET, as with the real provider; an import may say RULE/TARGET."""

    def create(self, aws: Aws, want: Wanted) -> str:
        here = {"Rule": want["rule"], "EventBusName": want["eventBusName"]}
        others = {target["Id"] for target in aws.events.list_targets_by_rule(**here)["Targets"]}
        if len(others - {want["targetId"]}) >= TARGETS:
            message = (
                f"The requested resource exceeds the maximum number allowed: {TARGETS} targets in a rule."
            )
            raise aws_error("PutTargets", "LimitExceededException", message)
        self._put(aws, want)
        return f"{want['rule']}-{want['targetId']}"

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            self._put(aws, want)

    def _put(self, aws: Aws, want: Wanted) -> None:
        target = {
            theirs: _renamed(want[ours], _MEMBERS.get(ours, {}))
            for ours, theirs in _TARGET.items()
            if want[ours]
        }
        answer = aws.events.put_targets(
            Rule=want["rule"], EventBusName=want["eventBusName"], Targets=[{"Id": want["targetId"], **target}]
        )
        for failed in answer["FailedEntries"]:
            raise aws_error("PutTargets", failed["ErrorCode"], failed["ErrorMessage"])

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        rule, target = _names(id, want)
        bus = want.get("eventBusName") or "default"
        targets = aws.events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
        found = next((one for one in targets if one["Id"] == target), None)
        if found is None:
            return None
        live = {ours: _told(found.get(theirs), _MEMBERS.get(ours, {})) for ours, theirs in _TARGET.items()}
        return {**live, "targetId": target, "rule": rule, "eventBusName": bus}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        rule, target = _names(id, state)
        aws.events.remove_targets(Rule=rule, EventBusName=state["eventBusName"], Ids=[target])


def _renamed(value: Value, members: Mapping[str, str]) -> Value:
    if not isinstance(value, Mapping):
        return value
    return {members[name]: item for name, item in value.items() if item is not None}


def _told(value: Value, members: Mapping[str, str]) -> Value:
    return value and _renamed(value, {theirs: ours for ours, theirs in members.items()})


def _names(id: str, known: Values) -> tuple[str, str]:
    if known.get("rule") and known.get("targetId"):
        return str(known["rule"]), str(known["targetId"])
    rule, _, target = id.partition("/")
    return rule, target
