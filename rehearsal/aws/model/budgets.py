"""aws.budgets: aws-cost-management/latest/APIReference/API_budgets_Budget.html and
cost-management/latest/userguide/management-limits.html on https://docs.aws.amazon.com/.
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    TAGS,
    TAGS_ALL,
    no_prefix,
    refused,
)
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
)

COUNTED: tuple[str, ...] = ("Credit", "Discount", "OtherSubscription", "Recurring", "Refund")
COUNTED += ("Subscription", "Support", "Tax", "Upfront")
COST_TYPES = {**{f"include{what}": True for what in COUNTED}, "useAmortized": False, "useBlended": False}
"""What AWS counts unless told otherwise."""

_TYPES: tuple[str, ...] = ("USAGE", "COST", "RI_UTILIZATION", "RI_COVERAGE")
_TYPES += ("SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE")
_MOMENT = rules.matches(r"\d{4}-\d\d-\d\d_\d\d:\d\d", "must be a moment such as 2027-01-01_00:00")


def _cost_types(_facts: Facts, inputs: Values) -> Value:
    return COST_TYPES if inputs.get("budgetType") == "COST" else None


def _notifications(value: Any) -> str | None:
    if len(value) > 10:
        return f"must be at most 10, are {len(value)}"
    keys = [
        (n["notificationType"], n["comparisonOperator"], n["threshold"], n["thresholdType"]) for n in value
    ]
    return None if len(set(keys)) == len(keys) else "two of them are for the same threshold"


def _notification(value: Values) -> str | None:
    mails, topics = value.get("subscriberEmailAddresses") or [], value.get("subscriberSnsTopicArns") or []
    if not mails and not topics:
        return "must have a subscriber"
    if len(mails) > 10 or len(topics) > 1:
        return "may have at most ten email addresses and one topic"
    wrong = next((mail for mail in mails if not re.fullmatch(r"[^@\s]+@[^@\s]+", mail)), None)
    if wrong is not None:
        return f"subscriberEmailAddresses must be email addresses; {wrong!r} is none"
    wrong = next((topic for topic in topics if not topic.startswith("arn:aws")), None)
    return f"subscriberSnsTopicArns must be ARNs; {wrong!r} is none" if wrong is not None else None


def _each_notification(value: Any) -> str | None:
    return next((said for one in value if (said := _notification(one)) is not None), None)


def _limit(inputs: Values) -> list[Failure]:
    missing = [name for name in ("limitAmount", "limitUnit") if name not in inputs]
    failures = [Failure(name, "is required: other kinds of limit are not played") for name in missing]
    if inputs.get("budgetType") == "COST" and inputs.get("limitUnit") not in (None, "USD"):
        failures.append(Failure("limitUnit", "a cost budget is in USD"))
    if "costTypes" in inputs and inputs.get("budgetType") != "COST":
        failures.append(Failure("costTypes", "is for budgetType COST only"))
    start, end = inputs.get("timePeriodStart"), inputs.get("timePeriodEnd")
    if isinstance(start, str) and isinstance(end, str) and start >= end:
        failures.append(Failure("timePeriodEnd", "must be after timePeriodStart"))
    return failures


BUDGET = TypeModel(
    "aws:budgets/budget:Budget",
    inputs=(
        Prop(
            "accountId",
            replaces=True,
            rule=rules.ACCOUNT_ID,
            otherwise=Out(lambda facts, _: facts.account),
        ),
        refused(
            "autoAdjustData", Kind.OBJECT, "budgets that follow the past are not played; give limitAmount"
        ),
        refused("billingViewArn", Kind.TEXT, "billing views are not played"),
        Prop("budgetType", required=True, rule=rules.one_of(*_TYPES)),
        Prop(
            "costFilters",
            Kind.OBJECTS,
            fields=(
                Prop("name", required=True),
                Prop("values", Kind.TEXTS, required=True, unordered=True),
            ),
            unordered=True,
        ),
        Prop(
            "costTypes",
            Kind.OBJECT,
            fields=tuple(Prop(name, Kind.FLAG, default=value) for name, value in sorted(COST_TYPES.items())),
            otherwise=Out(_cost_types, needs=("budgetType",)),
        ),
        refused("filterExpression", Kind.OBJECT, "filter expressions are not played; use costFilters"),
        Prop("limitAmount", rule=rules.matches(r"(\d*\.)?\d+", "must be a number in quotes")),
        Prop("limitUnit"),
        refused("metrics", Kind.TEXT, "metrics go with filter expressions, which are not played"),
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(r"(?!.*/action/)[^:\\]+", "must have neither : nor \\ nor /action/", 100),
        ),
        no_prefix("namePrefix", "name"),
        Prop(
            "notifications",
            Kind.OBJECTS,
            fields=(
                Prop(
                    "comparisonOperator",
                    required=True,
                    rule=rules.one_of("GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
                ),
                Prop("notificationType", required=True, rule=rules.one_of("ACTUAL", "FORECASTED")),
                Prop("subscriberEmailAddresses", Kind.TEXTS, unordered=True),
                Prop("subscriberSnsTopicArns", Kind.TEXTS, unordered=True),
                Prop("threshold", Kind.DECIMAL, required=True, rule=rules.between(0, 15_000_000_000_000)),
                Prop("thresholdType", required=True, rule=rules.one_of("PERCENTAGE", "ABSOLUTE_VALUE")),
            ),
            rule=rules.all_of(_notifications, _each_notification),
            unordered=True,
        ),
        refused("plannedLimits", Kind.OBJECTS, "planned limits are not played; give limitAmount"),
        TAGS,
        Prop("timePeriodEnd", default="2087-06-15_00:00", rule=_MOMENT),
        Prop("timePeriodStart", rule=_MOMENT, otherwise=ASSIGNED),
        Prop("timeUnit", required=True, rule=rules.one_of("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY")),
    ),
    outputs={
        "arn": Out(
            lambda facts, inputs: facts.arn("budgets", f"budget/{inputs['name']}", regional=False),
            needs=("name",),
        ),
        "tagsAll": TAGS_ALL,
    },
    identity=("name",),
    rules=(_limit,),
    notes=(
        "Nothing is spent here and nobody notified. In AWS the figures lag by 8 to 12 hours.",
        "A filter by tag stays at zero until the tag is activated for cost allocation in the payer account.",
    ),
)
