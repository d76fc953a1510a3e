"""aws.budgets in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import (
    Handler,
    Wanted,
    camel,
    differs,
    plain,
    tag_changes,
    tag_list,
    tag_map,
)
from rehearsal.provider.model.schema import Value, Values

_FORMAT = "%Y-%m-%d_%H:%M"
_TOLD_APART_BY = ("notificationType", "comparisonOperator", "threshold", "thresholdType")
_SET_AT_ONCE = ("budgetType", "costFilters", "costTypes", "limitAmount", "limitUnit")
_SET_AT_ONCE_TOO = ("timePeriodEnd", "timePeriodStart", "timeUnit")


class Budget(Handler):
    """Its id is ACCOUNT:NAME, as with the real provider."""

    def create(self, aws: Aws, want: Wanted) -> str:
        account = str(want["accountId"])
        notifications = [
            {"Notification": _notification(one), "Subscribers": _subscribers(one)}
            for one in want["notifications"] or []
        ]
        aws.budgets.create_budget(
            AccountId=account,
            Budget=_budget(want),
            NotificationsWithSubscribers=notifications,
            ResourceTags=tag_list(want["tagsAll"]),
        )
        return f"{account}:{want['name']}"

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        account, _, name = id.partition(":")
        if differs(want, have, *_SET_AT_ONCE, *_SET_AT_ONCE_TOO):
            aws.budgets.update_budget(AccountId=account, NewBudget=_budget(want))
        here = {"AccountId": account, "BudgetName": name}
        wanted, present = _by_key(want["notifications"]), _by_key(have["notifications"])
        for key, one in present.items():
            if key not in wanted or _subscribers(one) != _subscribers(wanted[key]):
                aws.budgets.delete_notification(**here, Notification=_notification(one))
        for key, one in wanted.items():
            if key not in present or _subscribers(one) != _subscribers(present[key]):
                subscribers = _subscribers(one)
                aws.budgets.create_notification(
                    **here, Notification=_notification(one), Subscribers=subscribers
                )
        changed, removed = tag_changes(want, have)
        if changed:
            aws.budgets.tag_resource(ResourceARN=want["arn"], ResourceTags=tag_list(changed))
        if removed:
            aws.budgets.untag_resource(ResourceARN=want["arn"], ResourceTagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        account, _, name = id.partition(":")
        here = {"AccountId": account, "BudgetName": name}
        found = aws.budgets.describe_budget(**here)["Budget"]
        arn = aws.facts.arn("budgets", f"budget/{name}", regional=False)
        filters = [{"name": key, "values": values} for key, values in found.get("CostFilters", {}).items()]
        notifications = aws.budgets.describe_notifications_for_budget(**here)["Notifications"]
        return {
            "accountId": account,
            "name": name,
            "arn": arn,
            "budgetType": found["BudgetType"],
            "costFilters": filters or None,
            "costTypes": plain(found["CostTypes"], {}) if "CostTypes" in found else None,
            "limitAmount": found["BudgetLimit"]["Amount"],
            "limitUnit": found["BudgetLimit"]["Unit"],
            "notifications": [_told(aws, here, one) for one in notifications] or None,
            "timePeriodStart": _moment(found["TimePeriod"]["Start"]),
            "timePeriodEnd": _moment(found["TimePeriod"]["End"]),
            "timeUnit": found["TimeUnit"],
            "tagsAll": tag_map(aws.budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        account, _, name = id.partition(":")
        aws.budgets.delete_budget(AccountId=account, BudgetName=name)


def _budget(want: Wanted) -> dict[str, Any]:
    period = {"Start": want["timePeriodStart"], "End": want["timePeriodEnd"]}
    given = {
        name: datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
        for name, text in period.items()
        if isinstance(text, str)
    }
    return {
        "BudgetName": want["name"],
        "BudgetType": want["budgetType"],
        "TimeUnit": want["timeUnit"],
        "BudgetLimit": {"Amount": want["limitAmount"], "Unit": want["limitUnit"]},
        "CostFilters": {one["name"]: one["values"] for one in want["costFilters"] or []},
        **({"TimePeriod": given} if given else {}),
        **({"CostTypes": camel(want["costTypes"], {})} if want["costTypes"] else {}),
    }


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime(_FORMAT)


def _by_key(notifications: list[Mapping[str, Any]] | None) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    return {tuple(one[name] for name in _TOLD_APART_BY): one for one in notifications or []}


def _notification(one: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = camel({name: one[name] for name in _TOLD_APART_BY}, {})
    return named


def _subscribers(one: Mapping[str, Any]) -> list[dict[str, str]]:
    mails, topics = one.get("subscriberEmailAddresses"), one.get("subscriberSnsTopicArns")
    return [
        *({"SubscriptionType": "EMAIL", "Address": mail} for mail in sorted(mails or [])),
        *({"SubscriptionType": "SNS", "Address": topic} for topic in sorted(topics or [])),
    ]


def _told(aws: Aws, here: Mapping[str, str], one: dict[str, Any]) -> dict[str, Value]:
    found = aws.budgets.describe_subscribers_for_notification(**here, Notification=one)["Subscribers"]
    addresses = {
        kind: [subscriber["Address"] for subscriber in found if subscriber["SubscriptionType"] == kind]
        or None
        for kind in ("EMAIL", "SNS")
    }
    return {
        **plain(one, {}),
        "subscriberEmailAddresses": addresses["EMAIL"],
        "subscriberSnsTopicArns": addresses["SNS"],
    }
