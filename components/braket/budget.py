"""The project's budget: an alert, and not a stop.

AWS gathers costs 8 to 12 hours late, so what is spent meanwhile is spent. What stops is a spending limit on a
quantum processor (the environment's, per device), or a freeze. Costs are found by the tag ``project``: until
the payer's account activates it for cost allocation, the budget stays at zero. What carries no tag is in no
project's budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_match, check_range
from components.braket.names import ProjectNames

MOST_ALERTS = 4
"""One more for the forecast makes five, what a budget holds (AWS Budgets quotas, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class BudgetArgs:
    """US dollars a month as text, such as 250 or 99.5; percentages of it at which people are told."""

    usd_per_month: str
    alert_percent: tuple[int, ...]

    def __post_init__(self) -> None:
        amount = r"(?=.*[1-9])(0|[1-9][0-9]{0,6})(\.[0-9]?[1-9])?"
        check_match(
            "BudgetArgs.usd_per_month", self.usd_per_month, amount, "more than 0, such as 250 or 99.5"
        )
        for percent in self.alert_percent:
            check_range("BudgetArgs.alert_percent", percent, 1, 200, "percent")
        check_range("BudgetArgs.alert_percent", len(self.alert_percent), 1, MOST_ALERTS, "percentages")
        if len(set(self.alert_percent)) != len(self.alert_percent):
            raise ArgumentError("BudgetArgs.alert_percent", "names one twice", "each once")


def budget(args: BudgetArgs, names: ProjectNames, tags: Mapping[str, str], parent: pulumi.Resource) -> None:
    """Makes the budget: an alert at each percentage, and when the month is forecast to go beyond it."""
    topic = names.environment.alert_topic_arn
    alerts = [*((percent, "ACTUAL") for percent in sorted(args.alert_percent)), (100, "FORECASTED")]
    aws.budgets.Budget(
        "project",
        name=names.budget_name,
        account_id=names.environment.account,
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=args.usd_per_month,
        limit_unit="USD",
        cost_filters=[{"name": "TagKeyValue", "values": [f"user:project${names.project}"]}],
        notifications=[
            {
                "comparison_operator": "GREATER_THAN",
                "notification_type": kind,
                "threshold": percent,
                "threshold_type": "PERCENTAGE",
                "subscriber_sns_topic_arns": [topic],
            }
            for percent, kind in alerts
        ],
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
