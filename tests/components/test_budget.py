"""The budget: the project's costs by its tag, and whom it tells."""

from __future__ import annotations

from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.budget import BudgetArgs
from tests.components.conftest import PLACE, run_project
from tests.components.runner import Run

BUDGET = "aws:budgets/budget:Budget"


def test_there_is_none_unless_asked_for(up: Run) -> None:
    assert not up.all(BUDGET)


def test_it_watches_the_projects_costs_and_tells_the_environments_people() -> None:
    made = run_project(budget=BudgetArgs("250", (80, 50))).one(BUDGET, "project").inputs
    assert made["name"] == "qlz-optimus-sandbox"
    assert (made["limitAmount"], made["limitUnit"], made["timeUnit"]) == ("250", "USD", "MONTHLY")
    assert made["costFilters"] == [{"name": "TagKeyValue", "values": ["user:project$optimus"]}]
    told = [(row["notificationType"], row["threshold"]) for row in made["notifications"]]
    assert told == [("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100)]
    for row in made["notifications"]:
        assert row["subscriberSnsTopicArns"] == [PLACE.alert_topic_arn]
        assert "subscriberEmailAddresses" not in row


@pytest.mark.parametrize(
    "given",
    [
        ("0", (50,)),
        ("-1", (50,)),
        ("5.00", (50,)),
        ("250", ()),
        ("250", (0,)),
        ("250", (50, 50)),
        ("250", (1, 2, 3, 4, 5)),
    ],
)
def test_refuses(given: tuple[Any, ...]) -> None:
    BudgetArgs("0.5", (200,))
    with pytest.raises(ArgumentError):
        BudgetArgs(*given)
