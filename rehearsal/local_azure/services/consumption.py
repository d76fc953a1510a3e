"""Microsoft.Consumption: budgets, which tell and do not stop.

Source: Azure/azure-rest-api-specs, consumption 2024-08-01 (a start is the first of a month; an update names
the latest eTag or none).
"""

from __future__ import annotations

import re

from rehearsal.local_azure.clock import moment
from rehearsal.local_azure.errors import ArmError, bad_request
from rehearsal.local_azure.kinds import Behaviour, Change, Kind
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.world import World

GRAINS = ("Monthly", "Quarterly", "Annually", "BillingMonth", "BillingQuarter", "BillingAnnual")


class Budgets(Behaviour):
    def prepare(self, change: Change) -> None:
        told, old = change.properties, change.old
        if told["category"] != "Cost":
            raise bad_request("The category of a budget is 'Cost'.", "400")
        if told["timeGrain"] not in GRAINS:
            raise bad_request(f"'{told['timeGrain']}' is no time grain.", "400")
        if not isinstance(told["amount"], int | float) or told["amount"] <= 0:
            raise bad_request("The amount is above zero.", "400")
        try:
            start = moment(told["timePeriod"]["startDate"])
            end = moment(told["timePeriod"]["endDate"]) if told["timePeriod"].get("endDate") else None
        except (KeyError, TypeError, ValueError):
            raise bad_request("The time period has a start date.", "400") from None
        if start.day != 1 or start.year < 2017 or (end is not None and end <= start):
            raise bad_request("The start date is the first of a month, and the end lies after it.", "400")
        notifications = told.get("notifications") or {}
        if len(notifications) > 5:
            raise bad_request("A budget has at most five notifications.", "400")
        for name, notification in notifications.items():
            if not 0 < float(notification.get("threshold") or 0) <= 1000:
                raise bad_request(f"The threshold of '{name}' is between 0 and 1000 per cent.", "400")
            if not notification.get("contactEmails") and not notification.get("contactGroups"):
                raise bad_request(f"The notification '{name}' reaches nobody.", "400")
        tag = change.item.body.pop("eTag", None)
        if old is not None and tag is not None and tag != old.etag:
            raise ArmError(
                412, "PreconditionFailed", "The eTag is not that of the latest version of the budget."
            )
        told["currentSpend"] = {"amount": 0.0, "unit": "GBP"}

    def show(self, world: World, item: Item) -> Body:
        return {**item.body, "eTag": item.etag}


KINDS = (
    Kind(
        type="Microsoft.Consumption/budgets",
        versions=("2024-08-01", "2023-11-01", "2023-05-01"),
        at=("any",),
        properties=frozenset({"amount", "category", "filter", "notifications", "timeGrain", "timePeriod"}),
        readonly=frozenset({"currentSpend", "forecastSpend"}),
        required=(
            "properties.amount",
            "properties.category",
            "properties.timeGrain",
            "properties.timePeriod",
        ),
        members=frozenset({"eTag"}),
        name=re.compile(r"[\w-]{1,63}"),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        behaviour=Budgets(),
    ),
)
