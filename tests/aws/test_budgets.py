from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.strategies import few, tags, words

BUDGET = "aws:budgets/budget:Budget"
TOPIC = f"arn:aws:sns:eu-west-2:{ACCOUNT}:alerts"
Boto = Callable[..., Any]

MONTHLY = {"budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "100", "limitUnit": "USD"}


def notification(threshold: float = 80, **more: Any) -> dict[str, Any]:
    return {
        "notificationType": "ACTUAL",
        "comparisonOperator": "GREATER_THAN",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["oncall@example.org"],
        **more,
    }


def told(boto: Boto, name: str) -> dict[str, dict[str, Any]]:
    """Notifications by threshold, with the addresses of their subscribers."""
    client, here = boto("budgets"), {"AccountId": ACCOUNT, "BudgetName": name}
    return {
        str(one["Threshold"]): {
            "type": one["NotificationType"],
            "to": sorted(
                subscriber["Address"]
                for subscriber in client.describe_subscribers_for_notification(**here, Notification=one)[
                    "Subscribers"
                ]
            ),
        }
        for one in client.describe_notifications_for_budget(**here)["Notifications"]
    }


@few
@given(amount=st.integers(1, 100_000), project=words, one=tags, two=tags)
def test_budget(
    peer: Peer, boto: Boto, name: str, amount: int, project: str, one: dict[str, str], two: dict[str, str]
) -> None:
    first = {
        **MONTHLY,
        "name": name,
        "costFilters": [{"name": "TagKeyValue", "values": [f"user:project${project}"]}],
        "notifications": [notification(), notification(100, subscriberSnsTopicArns=[TOPIC])],
        "tags": one,
    }
    second = {
        **MONTHLY,
        "name": name,
        "limitAmount": f"{amount}.5",
        "timeUnit": "QUARTERLY",
        "costTypes": {"includeTax": False},
        "notifications": [notification(100), notification(90, notificationType="FORECASTED")],
        "tags": two,
    }

    def look(made: Made) -> None:
        found = boto("budgets").describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
        asked = made.inputs
        assert made.outputs["arn"] == f"arn:aws:budgets::{ACCOUNT}:budget/{name}"
        assert made.id == f"{ACCOUNT}:{name}"
        assert found["BudgetLimit"] == {"Amount": asked["limitAmount"], "Unit": "USD"}
        assert found["TimeUnit"] == asked["timeUnit"]
        filters = {one["name"]: one["values"] for one in asked.get("costFilters", [])}
        assert found["CostFilters"] == filters
        assert found["CostTypes"]["IncludeTax"] == ("costTypes" not in asked)
        assert told(boto, name) == {
            str(float(one["threshold"])): {
                "type": one["notificationType"],
                "to": sorted([*one["subscriberEmailAddresses"], *one.get("subscriberSnsTopicArns", [])]),
            }
            for one in asked["notifications"]
        }
        found_tags = boto("budgets").list_tags_for_resource(ResourceARN=made.outputs["arn"])["ResourceTags"]
        assert {tag["Key"]: tag["Value"] for tag in found_tags} == asked.get("tags", {})

    whole_life(peer, BUDGET, first, second, look)
    whole_life(peer, BUDGET, second, first, look)


def test_a_period(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(BUDGET, {**MONTHLY, "name": name, "timePeriodStart": "2027-01-01_00:00"})
    period = boto("budgets").describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]["TimePeriod"]
    assert period["Start"].isoformat().startswith("2027-01-01")
    assert made.outputs["timePeriodEnd"] == "2087-06-15_00:00"
    peer.delete(BUDGET, made)


def test_a_name_is_taken_once(peer: Peer, name: str) -> None:
    made = peer.create(BUDGET, {**MONTHLY, "name": name})
    with pytest.raises(grpc.RpcError, match="DuplicateRecordException"):
        peer.create(BUDGET, {**MONTHLY, "name": name})
    peer.delete(BUDGET, made)


def test_accounts_are_apart(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(BUDGET, {**MONTHLY, "name": name})
    there = boto("budgets", account="444455556666")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        there.describe_budget(AccountId=ACCOUNT, BudgetName=name)
    with pytest.raises(ClientError, match="NotFoundException"):
        there.describe_budget(AccountId="444455556666", BudgetName=name)
    peer.delete(BUDGET, made)


def test_the_service_holds_its_rules(boto: Boto, name: str) -> None:
    client = boto("budgets")
    budget = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    with pytest.raises(ClientError, match="One of BudgetLimit"):
        client.create_budget(AccountId=ACCOUNT, Budget=budget)
    limited = {**budget, "BudgetLimit": {"Amount": "1", "Unit": "USD"}}
    client.create_budget(AccountId=ACCOUNT, Budget=limited)
    here = {"AccountId": ACCOUNT, "BudgetName": name}
    subscriber = [{"SubscriptionType": "EMAIL", "Address": "a@example.org"}]

    def over(threshold: float) -> dict[str, Any]:
        return {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": threshold}

    for threshold in range(10):
        client.create_notification(**here, Notification=over(threshold), Subscribers=subscriber)
    with pytest.raises(ClientError, match="DuplicateRecordException"):
        client.create_notification(**here, Notification=over(9), Subscribers=subscriber)
    with pytest.raises(ClientError, match="CreationLimitExceededException"):
        client.create_notification(**here, Notification=over(10), Subscribers=subscriber)
    with pytest.raises(ClientError, match="NotFoundException"):
        client.delete_notification(**here, Notification=over(11))
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.describe_budgets(AccountId=ACCOUNT)
    client.delete_budget(**here)


@pytest.mark.parametrize(
    ("more", "named", "said"),
    [
        ({"limitAmount": None}, "limitAmount", "is required"),
        ({"limitAmount": "a lot"}, "limitAmount", "a number in quotes"),
        ({"limitUnit": "EUR"}, "limitUnit", "in USD"),
        ({"budgetType": "USAGE", "costTypes": {}}, "costTypes", "COST only"),
        ({"timeUnit": "WEEKLY"}, "timeUnit", "must be one of"),
        ({"timePeriodStart": "2027-01-01"}, "timePeriodStart", "such as 2027-01-01_00:00"),
        ({"timePeriodStart": "2090-01-01_00:00"}, "timePeriodEnd", "after timePeriodStart"),
        ({"notifications": [notification()] * 2}, "notifications", "same threshold"),
        ({"notifications": [notification(n) for n in range(11)]}, "notifications", "at most 10"),
        ({"notifications": [notification(subscriberEmailAddresses=[])]}, "notifications", "a subscriber"),
        (
            {"notifications": [notification(subscriberEmailAddresses=["me"])]},
            "notifications",
            "email address",
        ),
        ({"notifications": [notification(subscriberSnsTopicArns=["t"])]}, "notifications", "must be ARNs"),
        ({"notifications": [notification(subscriberSnsTopicArns=[TOPIC] * 2)]}, "notifications", "one topic"),
        ({"name": "a:b"}, "name", "neither"),
        ({"plannedLimits": [{}]}, "plannedLimits", "not played"),
    ],
)
def test_refused(peer: Peer, more: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(BUDGET, {**MONTHLY, "name": "budget", **more})
    assert said in refused.value.failures[named]
