"""aws.cloudwatch event types: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html,
API_PutTargets.html, and its quotas (eventbridge/latest/userguide/eb-quota.html).
"""

from __future__ import annotations

import json
import re
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
from rehearsal.aws.model.documents import json_text
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    Carried,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
)

TARGETS = 5
"""How many targets one rule takes."""

_STATES = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
_SCHEDULE = rules.matches(
    r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\)",
    "must be such as rate(1 day), rate(5 minutes) or cron(0 20 * * ? *)",
    256,
)
_NAME = r"[A-Za-z0-9._-]+"
_BUS = Prop(
    "eventBusName",
    default="default",
    replaces=True,
    rule=rules.matches(r"\S+", "must be the name or ARN of a bus", 1600),
)
_FORCE = Prop(
    "forceDestroy",
    Kind.FLAG,
    default=False,
    carried=Carried.RECORDED,
    note="rules that AWS services manage are not played",
)


def _pattern(value: Any) -> str | None:
    """A JSON object whose leaves are lists with something in them, of at most 2,048 characters."""
    if len(value) > 2048:
        return f"must have at most 2048 characters, has {len(value)}"
    said = json_text(value)
    if said:
        return said
    pattern = json.loads(value)
    if not isinstance(pattern, dict) or not pattern:
        return "must be a JSON object that names at least one field"
    return _leaves(pattern)


def _leaves(pattern: dict[str, Any]) -> str | None:
    for name, value in pattern.items():
        if isinstance(value, dict):
            said = _leaves(value)
            if said:
                return said
        elif name == "$or":
            if not isinstance(value, list) or len(value) < 2:
                return "$or must be a list of two or more objects"
        elif not isinstance(value, list):
            return f"{name} must be an object or a list"
        elif not value:
            return f"{name} must not be an empty list"
    return None


def _rule_arn(facts: Facts, inputs: Values) -> Value:
    bus = str(inputs["eventBusName"]).rpartition("/")[2]
    return facts.arn(
        "events", f"rule/{inputs['name']}" if bus == "default" else f"rule/{bus}/{inputs['name']}"
    )


def _when(inputs: Values) -> list[Failure]:
    if "eventPattern" not in inputs and "scheduleExpression" not in inputs:
        return [Failure("eventPattern", "give eventPattern or scheduleExpression")]
    if "scheduleExpression" not in inputs:
        return []
    if inputs.get("eventBusName") not in ("default", None):
        return [Failure("scheduleExpression", "is for the default event bus only")]
    if inputs.get("state") == _STATES[2]:
        return [Failure("state", f"{_STATES[2]} does not go with scheduleExpression")]
    return []


EVENT_RULE = TypeModel(
    "aws:cloudwatch/eventRule:EventRule",
    inputs=(
        Prop("description", rule=rules.longest(512)),
        _BUS,
        Prop("eventPattern", Kind.JSON, rule=_pattern),
        _FORCE,
        refused("isEnabled", Kind.FLAG, "it is deprecated; use state"),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(_NAME, "must be letters, digits and . - _", 64),
        ),
        no_prefix("namePrefix", "name"),
        REGION_PROP,
        Prop("roleArn", rule=rules.arn("iam")),
        Prop("scheduleExpression", rule=_SCHEDULE),
        Prop("state", default="ENABLED", rule=rules.one_of(*_STATES)),
        TAGS,
    ),
    outputs={"arn": Out(_rule_arn, needs=("name", "eventBusName")), "tagsAll": TAGS_ALL},
    identity=("name", "eventBusName"),
    rules=(_when,),
    notes=("A rule that still has targets cannot be deleted, as in AWS.", "No schedule ever fires."),
)

_PLACEHOLDER = re.compile(r"<([\w.-]+)>")


def _transformer(value: Any) -> str | None:
    paths, template = value.get("inputPaths") or {}, value["inputTemplate"]
    if len(paths) > 100:
        return f"inputPaths may be at most 100, are {len(paths)}"
    for name, path in paths.items():
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", name) or name.startswith("AWS"):
            return (
                f"names in inputPaths are letters, digits, _ and -, not beginning with AWS; {name!r} is not"
            )
        if not (isinstance(path, str) and path.startswith("$") and len(path) <= 256):
            return f"inputPaths.{name} must be a path beginning with $ of at most 256 characters"
    for name in _PLACEHOLDER.findall(template):
        if name not in paths and not name.startswith("aws.events."):
            return f"inputTemplate uses <{name}>, which inputPaths does not define"
    return None


def _one_input(inputs: Values) -> list[Failure]:
    given = [name for name in ("input", "inputPath", "inputTransformer") if name in inputs]
    return [Failure(given[1], f"does not go with {given[0]}")] if len(given) > 1 else []


def _log_group(inputs: Values) -> list[Failure]:
    """What a CloudWatch Logs target asks for (eventbridge/latest/userguide/eb-targets.html)."""
    arn, transformer = inputs.get("arn"), inputs.get("inputTransformer")
    if not isinstance(arn, str) or arn.split(":")[2] != "logs":
        return []
    if "roleArn" in inputs:
        return [Failure("roleArn", "a log group takes no role; it needs a log resource policy")]
    template = transformer.get("inputTemplate") if isinstance(transformer, dict) else None
    if isinstance(template, str) and not _is_log_event(template):
        said = 'for a log group must be {"timestamp": …, "message": "…"} and nothing else'
        return [Failure("inputTransformer.inputTemplate", said)]
    return []


def _bus_needs_a_role(inputs: Values) -> list[Failure]:
    """Events that go to a bus are put there by a role (eventbridge/latest/userguide/eb-cross-region.html)."""
    arn = inputs.get("arn")
    if not isinstance(arn, str) or arn.split(":")[2] != "events" or ":event-bus/" not in arn:
        return []
    return [] if "roleArn" in inputs else [Failure("roleArn", "is required for an event bus")]


def _is_log_event(template: str) -> bool:
    try:
        event = json.loads(_PLACEHOLDER.sub("0", template))
    except ValueError:
        return False
    if not isinstance(event, dict) or event.keys() != {"timestamp", "message"}:
        return False
    # A bare placeholder stands for whatever text the event brings; anything else has to be a text already.
    return isinstance(event["message"], str) or event["message"] == 0


def _other(name: str, what: str, kind: Kind = Kind.OBJECT) -> Prop:
    return refused(name, kind, f"{what} as targets are not played; send to a log group, topic or queue")


EVENT_TARGET = TypeModel(
    "aws:cloudwatch/eventTarget:EventTarget",
    inputs=(
        _other("appsyncTarget", "AppSync APIs"),
        Prop("arn", required=True, rule=rules.arn("logs", "sns", "sqs", "lambda", "events", "states")),
        _other("batchTarget", "Batch jobs"),
        Prop("deadLetterConfig", Kind.OBJECT, fields=(Prop("arn", rule=rules.arn("sqs")),)),
        _other("ecsTarget", "ECS tasks"),
        _BUS,
        _FORCE,
        _other("httpTarget", "web endpoints"),
        Prop("input", Kind.JSON, rule=rules.all_of(rules.longest(8192), json_text)),
        Prop("inputPath", rule=rules.matches(r"\$.*", "must be a path beginning with $", 256)),
        Prop(
            "inputTransformer",
            Kind.OBJECT,
            fields=(
                Prop("inputPaths", Kind.TEXT_MAP),
                Prop("inputTemplate", required=True, rule=rules.longest(8192)),
            ),
            rule=_transformer,
        ),
        _other("kinesisTarget", "Kinesis streams"),
        _other("redshiftTarget", "Redshift clusters"),
        REGION_PROP,
        Prop(
            "retryPolicy",
            Kind.OBJECT,
            fields=(
                Prop("maximumEventAgeInSeconds", Kind.NUMBER, rule=rules.between(60, 86400, "seconds")),
                Prop("maximumRetryAttempts", Kind.NUMBER, rule=rules.between(0, 185)),
            ),
        ),
        Prop("roleArn", rule=rules.arn("iam")),
        Prop(
            "rule", required=True, replaces=True, rule=rules.matches(_NAME, "must be the name of a rule", 64)
        ),
        _other("runCommandTargets", "run commands", Kind.OBJECTS),
        _other("sagemakerPipelineTarget", "SageMaker pipelines"),
        _other("sqsTarget", "ordered queues"),
        Prop(
            "targetId",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(_NAME, "must be letters, digits and . - _", 64),
        ),
    ),
    outputs={},
    identity=("rule", "eventBusName", "targetId"),
    rules=(_one_input, _log_group, _bus_needs_a_role),
    notes=(
        "A rule takes five targets, as in AWS.",
        "Without a log resource policy AWS takes a log group as a target and delivers nothing to it.",
    ),
)
