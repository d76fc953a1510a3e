"""aws.cloudcontrol.Resource for the one type that pulumi_aws does not have itself:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-braket-spendinglimit.html.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, refused
from rehearsal.aws.model.documents import json_text
from rehearsal.provider.model.schema import Carried, Kind, Out, Prop, TypeModel, Value

SPENDING_LIMIT = "AWS::Braket::SpendingLimit"
_PROPERTIES = {"DeviceArn", "SpendingLimit", "TimePeriod", "Tags"}
_READ_ONLY = {"SpendingLimitArn", "QueuedSpend", "TotalSpend", "CreatedAt", "UpdatedAt"}
_QPU = re.compile(r"arn:aws[a-z-]*:braket:[a-z0-9-]+::device/qpu/[^/]+/[^/]+")


def _desired_state(value: Any) -> str | None:
    said = json_text(value)
    if said:
        return said
    state = json.loads(value)
    if not isinstance(state, dict):
        return "must be a JSON object"
    for name in state:
        if name in _READ_ONLY:
            return f"{name} is the service's to set"
        if name not in _PROPERTIES:
            return f"{SPENDING_LIMIT} has no {name}; nearest: {rules.nearest(name, _PROPERTIES)}"
    return _device(state.get("DeviceArn")) or _amount(state.get("SpendingLimit")) or _period(state)


def _device(arn: Any) -> str | None:
    if not isinstance(arn, str):
        return "DeviceArn is required"
    if ":device/quantum-simulator/" in arn:
        return f"DeviceArn: simulators do not support spending limits; is {arn!r}"
    fine = len(arn) <= 256 and _QPU.fullmatch(arn)
    return None if fine else f"DeviceArn must be the ARN of a QPU; is {arn!r}"


def _amount(amount: Any) -> str | None:
    """The amount is a text: a number would be rounded on its way."""
    fine = isinstance(amount, str) and re.fullmatch(r"\d+(\.\d{1,2})?", amount)
    return None if fine else f'SpendingLimit must be US dollars in quotes such as "250" or "0"; is {amount!r}'


def _period(state: dict[str, Any]) -> str | None:
    period = state.get("TimePeriod")
    if period is None:
        return None
    if not isinstance(period, dict) or period.keys() != {"StartAt", "EndAt"}:
        return "TimePeriod must have StartAt and EndAt and nothing else"
    try:
        start, end = (datetime.fromisoformat(period[name]) for name in ("StartAt", "EndAt"))
        return None if start < end else "TimePeriod.EndAt must be after StartAt"
    except (TypeError, ValueError):
        return "TimePeriod must have date-times such as 2027-01-01T00:00:00Z"


def _other_device(old: Value, new: Value) -> bool:
    """DeviceArn is create-only."""
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    return bool(json.loads(old).get("DeviceArn") != json.loads(new).get("DeviceArn"))


RESOURCE = TypeModel(
    "aws:cloudcontrol/resource:Resource",
    inputs=(
        Prop("desiredState", Kind.JSON, required=True, rule=_desired_state, replaces_when=_other_device),
        REGION_PROP,
        Prop(
            "roleArn",
            rule=rules.arn("iam"),
            carried=Carried.RECORDED,
            note="the local cloud lets everybody do everything",
        ),
        Prop("schema", carried=Carried.RECORDED, note="the schema of the type is known here", rule=json_text),
        Prop("typeName", required=True, replaces=True, rule=rules.one_of(SPENDING_LIMIT)),
        refused("typeVersionId", Kind.TEXT, "there is one version of the type here"),
    ),
    outputs={"properties": Out(needs=("desiredState",))},
    notes=(
        f"Only {SPENDING_LIMIT}: one for each QPU of a region, as in AWS.",
        'The API writes "0.00" as "0"; properties shows it so.',
        "Nothing is ever spent here.",
    ),
)
