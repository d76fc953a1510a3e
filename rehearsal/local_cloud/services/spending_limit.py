"""AWS::Braket::SpendingLimit, as Cloud Control handles it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-braket-spendinglimit.html
and https://docs.aws.amazon.com/braket/latest/APIReference/API_CreateSpendingLimit.html.
What AWS answers for a period that was never given is not documented; here nothing is.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

TYPE = "AWS::Braket::SpendingLimit"
IDENTIFIER = "SpendingLimitArn"
CREATE_ONLY = frozenset({"DeviceArn"})
READ_ONLY = frozenset({IDENTIFIER, "QueuedSpend", "TotalSpend", "CreatedAt", "UpdatedAt"})
WRITABLE = frozenset({"DeviceArn", "SpendingLimit", "TimePeriod", "Tags"})

_DEVICE = re.compile(r"arn:aws[a-z-]*:braket:([a-z0-9-]*):[0-9]*:device/(qpu|quantum-simulator)/[^/]+/[^/]+")
_AMOUNT = re.compile(r"\d+(\.\d{1,2})?")


class Failed(Exception):
    """The handler's failure: a Cloud Control error code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _invalid(where: str, said: str) -> Failed:
    return Failed("InvalidRequest", f"Model validation failed (#{where}: {said})")


def created(account: str, region: str, asked: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the properties of a new limit. Raises Failed; a device has one limit only."""
    model = _judged(asked, region)
    if any(other["DeviceArn"] == model["DeviceArn"] for other in others):
        raise Failed("AlreadyExists", f"A spending limit for device {model['DeviceArn']} already exists.")
    now = _now()
    arn = f"arn:aws:braket:{region}:{account}:spending-limit/{uuid.uuid4()}"
    return {
        **model,
        IDENTIFIER: arn,
        "QueuedSpend": "0",
        "TotalSpend": "0",
        "CreatedAt": now,
        "UpdatedAt": now,
    }


def updated(region: str, old: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Return the properties after an update. Raises Failed."""
    fixed = sorted(name for name in CREATE_ONLY | READ_ONLY if asked.get(name) != old.get(name))
    if fixed:
        raise Failed("NotUpdatable", f"Invalid patch update: createOnlyProperties [/properties/{fixed[0]}]")
    model = _judged({name: value for name, value in asked.items() if name in WRITABLE}, region)
    return {**model, **{name: old[name] for name in READ_ONLY}, "UpdatedAt": _now()}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _judged(asked: dict[str, Any], region: str) -> dict[str, Any]:
    for name in asked:
        if name in READ_ONLY:
            raise _invalid("", f"Encountered unsupported property: read-only [{name}]")
        if name not in WRITABLE:
            raise _invalid("", f"extraneous key [{name}] is not permitted")
    for name in ("DeviceArn", "SpendingLimit"):
        if name not in asked:
            raise _invalid("", f"required key [{name}] not found")
        if not isinstance(asked[name], str):
            raise _invalid(f"/{name}", f"expected type: String, found: {type(asked[name]).__name__}")
    _device(asked["DeviceArn"], region)
    if not _AMOUNT.fullmatch(asked["SpendingLimit"]):
        said = f"string [{asked['SpendingLimit']}] does not match pattern ^\\d+(\\.\\d{{1,2}})?$"
        raise _invalid("/SpendingLimit", said)
    _period(asked.get("TimePeriod"))
    _tags(asked.get("Tags", []))
    return {**asked, "SpendingLimit": normal_amount(asked["SpendingLimit"])}


def normal_amount(text: str) -> str:
    """The form in which the API keeps an amount in US dollars: "0.00" becomes "0"."""
    return f"{Decimal(text).normalize():f}"


def _device(arn: str, region: str) -> None:
    found = _DEVICE.fullmatch(arn)
    if found is None or len(arn) > 256:
        raise _invalid("/DeviceArn", f"string [{arn}] is not the ARN of a device")
    if found[2] == "quantum-simulator":
        raise Failed("InvalidRequest", f"Simulators do not support spending limits: {arn}")
    if found[1] != region:
        raise Failed("InvalidRequest", f"Device {arn} is not in region {region}")


def _period(period: Any) -> None:
    if period is None:
        return
    if not isinstance(period, dict) or period.keys() != {"StartAt", "EndAt"}:
        raise _invalid("/TimePeriod", "must have StartAt and EndAt and nothing else")
    moments = []
    for name in ("StartAt", "EndAt"):
        try:
            moment = datetime.fromisoformat(period[name])
        except (TypeError, ValueError):
            raise _invalid(f"/TimePeriod/{name}", f"[{period[name]}] is not an ISO 8601 date-time") from None
        moments.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    if moments[0] >= moments[1]:
        raise Failed("InvalidRequest", "TimePeriod: EndAt must be after StartAt")


def _tags(tags: Any) -> None:
    fine = isinstance(tags, list) and all(
        isinstance(tag, dict)
        and tag.keys() == {"Key", "Value"}
        and all(isinstance(v, str) for v in tag.values())
        for tag in tags
    )
    if not fine:
        raise _invalid("/Tags", "must be a list of Key and Value")
    if len({tag["Key"] for tag in tags}) != len(tags):
        raise _invalid("/Tags", "array items are not unique")
