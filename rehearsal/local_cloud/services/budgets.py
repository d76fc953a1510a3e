"""AWS Budgets: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Budgets.html.

moto's cannot be updated, has no tags and does not tell who is notified. Nothing is ever spent here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rehearsal.local_cloud.services.serving import Call, ServiceError

NOTIFICATIONS = 10
FAR = 3_706_473_600
"""2087-06-15, in seconds since 1970: the end of a budget that was given none."""

_COST_TYPES = {
    **dict.fromkeys(("IncludeTax", "IncludeSubscription", "IncludeRefund", "IncludeCredit"), True),
    **dict.fromkeys(("IncludeUpfront", "IncludeRecurring", "IncludeOtherSubscription"), True),
    **dict.fromkeys(("IncludeSupport", "IncludeDiscount"), True),
    **dict.fromkeys(("UseBlended", "UseAmortized"), False),
}
_TOLD_APART_BY = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")


@dataclass
class _Budget:
    told: dict[str, Any]
    notifications: dict[tuple[Any, ...], list[dict[str, str]]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class Budgets:
    """Keeps the budgets of every account; they belong to no region."""

    def __init__(self) -> None:
        self._budgets: dict[str, dict[str, _Budget]] = defaultdict(dict)

    def answer(self, call: Call) -> dict[str, Any]:
        operations = {
            "CreateBudget": self._create,
            "DescribeBudget": self._describe,
            "UpdateBudget": self._update,
            "DeleteBudget": self._delete,
            "CreateNotification": self._notify,
            "DeleteNotification": self._stop_notifying,
            "DescribeNotificationsForBudget": self._notifications,
            "DescribeSubscribersForNotification": self._subscribers,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": self._tags,
        }
        operation = operations.get(call.target)
        if operation is None:
            raise ServiceError(
                "UnknownOperationException", f"{call.target} is not played by the local cloud."
            )
        if call.body.get("AccountId", call.account) != call.account:
            raise ServiceError(
                "AccessDeniedException", f"Account {call.account} has no access to this account."
            )
        return operation(call)

    def _create(self, call: Call) -> dict[str, Any]:
        asked = call.body["Budget"]
        name = asked["BudgetName"]
        if name in self._budgets[call.account]:
            said = f"Error creating budget: {name} - the budget already exists."
            raise ServiceError("DuplicateRecordException", said)
        made = _Budget(_told(asked))
        for given in call.body.get("NotificationsWithSubscribers") or []:
            _add(made, given["Notification"], given["Subscribers"])
        made.tags = {tag["Key"]: tag["Value"] for tag in call.body.get("ResourceTags") or []}
        self._budgets[call.account][name] = made
        return {}

    def _describe(self, call: Call) -> dict[str, Any]:
        return {"Budget": self._found(call).told}

    def _update(self, call: Call) -> dict[str, Any]:
        asked = call.body["NewBudget"]
        found = self._named(call, asked["BudgetName"])
        # A period that is not given stays.
        found.told = _told({"TimePeriod": found.told["TimePeriod"], **asked})
        return {}

    def _delete(self, call: Call) -> dict[str, Any]:
        self._found(call)
        del self._budgets[call.account][call.body["BudgetName"]]
        return {}

    def _notify(self, call: Call) -> dict[str, Any]:
        _add(self._found(call), call.body["Notification"], call.body["Subscribers"])
        return {}

    def _stop_notifying(self, call: Call) -> dict[str, Any]:
        found = self._found(call)
        key = _key(call.body["Notification"])
        _demand_notification(found, key)
        del found.notifications[key]
        return {}

    def _notifications(self, call: Call) -> dict[str, Any]:
        keys = self._found(call).notifications
        return {"Notifications": [dict(zip(_TOLD_APART_BY, key, strict=True)) for key in keys]}

    def _subscribers(self, call: Call) -> dict[str, Any]:
        found = self._found(call)
        key = _key(call.body["Notification"])
        _demand_notification(found, key)
        return {"Subscribers": found.notifications[key]}

    def _tag(self, call: Call) -> dict[str, Any]:
        self._tagged(call).tags.update({tag["Key"]: tag["Value"] for tag in call.body["ResourceTags"]})
        return {}

    def _untag(self, call: Call) -> dict[str, Any]:
        tags = self._tagged(call).tags
        for key in call.body["ResourceTagKeys"]:
            tags.pop(key, None)
        return {}

    def _tags(self, call: Call) -> dict[str, Any]:
        tags = self._tagged(call).tags
        return {"ResourceTags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}

    def _tagged(self, call: Call) -> _Budget:
        return self._named(call, str(call.body["ResourceARN"]).partition(":budget/")[2])

    def _found(self, call: Call) -> _Budget:
        return self._named(call, call.body["BudgetName"])

    def _named(self, call: Call, name: str) -> _Budget:
        found = self._budgets[call.account].get(name)
        if found is None:
            raise ServiceError(
                "NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist."
            )
        return found


def new() -> Budgets:
    return Budgets()


def _told(asked: dict[str, Any]) -> dict[str, Any]:
    """What AWS answers for a budget: what was asked for, and its defaults for the rest."""
    if "BudgetLimit" not in asked and "PlannedBudgetLimits" not in asked:
        said = "One of BudgetLimit, PlannedBudgetLimits or AutoAdjustData must be present."
        raise ServiceError("InvalidParameterException", said)
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    period = {"Start": month.timestamp(), "End": FAR, **(asked.get("TimePeriod") or {})}
    if period["Start"] >= period["End"]:
        raise ServiceError(
            "InvalidParameterException", "The start of the time period must be before its end."
        )
    told = {**asked, "TimePeriod": period, "LastUpdatedTime": datetime.now(UTC).timestamp()}
    if asked["BudgetType"] == "COST":
        told["CostTypes"] = {**_COST_TYPES, **(asked.get("CostTypes") or {})}
    told["CalculatedSpend"] = {"ActualSpend": {"Amount": "0", "Unit": "USD"}}
    return told


def _key(notification: dict[str, Any]) -> tuple[Any, ...]:
    given = {"ThresholdType": "PERCENTAGE", **notification}
    return tuple(float(given[name]) if name == "Threshold" else given[name] for name in _TOLD_APART_BY)


def _demand_notification(budget: _Budget, key: tuple[Any, ...]) -> None:
    if key not in budget.notifications:
        raise ServiceError("NotFoundException", "The notification doesn't exist.")


def _add(budget: _Budget, notification: dict[str, Any], subscribers: list[dict[str, str]]) -> None:
    key = _key(notification)
    if key in budget.notifications:
        raise ServiceError("DuplicateRecordException", "The notification already exists.")
    if len(budget.notifications) >= NOTIFICATIONS:
        said = f"A budget has at most {NOTIFICATIONS} notifications."
        raise ServiceError("CreationLimitExceededException", said)
    budget.notifications[key] = subscribers
