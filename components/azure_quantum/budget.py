"""The project's budget: an alert, and not a stop.

Azure gathers costs hours late and limits no spending on a target: what stops is the plan that a provider has
agreed to, or a freeze. The budget covers the project's resource group. Its amount is in the currency of the
subscription's bill. What providers charge through the marketplace appears in it when it is billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_match, check_range
from components.azure_quantum.names import ProjectNames

MOST_ALERTS = 4
"""One more for the forecast makes five, what a budget holds (Microsoft.Consumption budgets, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class BudgetArgs:
    """per_month: an amount as text, such as 250 or 99.5. begins: the first of a month."""

    per_month: str
    begins: date
    alert_percent: tuple[int, ...]
    email: str

    def __post_init__(self) -> None:
        amount = r"(?=.*[1-9])(0|[1-9][0-9]{0,6})(\.[0-9]?[1-9])?"
        check_match("BudgetArgs.per_month", self.per_month, amount, "more than 0, such as 250 or 99.5")
        if self.begins.day != 1:
            raise ArgumentError(
                "BudgetArgs.begins", f"{self.begins} is not the first of a month", "the first"
            )
        for percent in self.alert_percent:
            check_range("BudgetArgs.alert_percent", percent, 1, 200, "percent")
        check_range("BudgetArgs.alert_percent", len(self.alert_percent), 1, MOST_ALERTS, "percentages")
        if len(set(self.alert_percent)) != len(self.alert_percent):
            raise ArgumentError("BudgetArgs.alert_percent", "names one twice", "each once")


def budget(
    args: BudgetArgs, names: ProjectNames, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> azure.consumption.Budget:
    """Makes the budget: an alert at each percentage, and when the month is forecast to go beyond it."""
    alerts = [*((percent, "Actual") for percent in sorted(args.alert_percent)), (100, "Forecasted")]
    return azure.consumption.Budget(
        "project",
        budget_name=names.budget,
        scope=names.group_id,
        category="Cost",
        amount=float(args.per_month),
        time_grain="Monthly",
        time_period={"start_date": f"{args.begins}T00:00:00Z"},
        notifications={
            f"{kind}-{percent}": {
                "enabled": True,
                "operator": "GreaterThan",
                "threshold": percent,
                "threshold_type": kind,
                "contact_emails": [args.email],
                "contact_groups": [names.environment.alert_group_id],
            }
            for percent, kind in alerts
        },
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )
