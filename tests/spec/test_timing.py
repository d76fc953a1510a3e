"""What the day makes wrong is said apart, and never keeps a stack from being taken away."""

from __future__ import annotations

from datetime import date

import pytest

from components.spec import Problem
from tests.spec.conftest import CHARTER, OPTIMUS, SANDBOX, Copy

GOOD_DAY = date(2026, 12, 1)
SPEC = "config.qlz:spec"
GLASS = f"{SPEC}.identity.break_glass.last_tested"


def keys(problems: tuple[Problem, ...]) -> set[tuple[str, str, bool]]:
    return {(p.file, p.key, p.blocks) for p in problems}


@pytest.mark.parametrize("stack", ["sandbox", "optimus-sandbox"])
def test_nothing_on_a_good_day(project: Copy, stack: str) -> None:
    assert project.load(stack).time_problems(GOOD_DAY) == ()


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 1), {(CHARTER, "start", True), (SANDBOX, f"{SPEC}.last_review", False)}),
        (date(2026, 11, 2), set()),
        (date(2027, 2, 1), set()),
        (date(2027, 2, 2), {(CHARTER, "next_review", False), (SANDBOX, f"{SPEC}.next_review", False)}),
        (
            date(2029, 10, 31),
            {
                (CHARTER, "next_review", False),
                (SANDBOX, f"{SPEC}.next_review", False),
                (SANDBOX, GLASS, False),
            },
        ),
        (
            date(2029, 11, 1),
            {
                (CHARTER, "end", True),
                (CHARTER, "next_review", False),
                (SANDBOX, f"{SPEC}.next_review", False),
                (SANDBOX, GLASS, False),
            },
        ),
    ],
)
def test_a_project_over_time(project: Copy, today: date, expected: set[tuple[str, str, bool]]) -> None:
    assert keys(project.load("optimus-sandbox").time_problems(today)) == expected


def test_overdue_reviews_and_contracts_block_in_production(project: Copy) -> None:
    project.make_production()
    found = project.load("optimus-prod").time_problems(date(2027, 11, 1))
    prod = "stacks/Pulumi.prod-optimus.yaml"
    assert keys(found) == {
        (CHARTER, "next_review", True),
        (CHARTER, "contract.expires", True),
        (prod, f"{SPEC}.next_review", True),
        (prod, GLASS, True),
    }
    assert [p.line for p in found if p.key == "contract.expires"] == [project.line(CHARTER, "expires:")]


def test_a_contract_checked_in_the_future(project: Copy) -> None:
    project.make_production()
    project.edit(CHARTER, 'verified: "2026-11-01"', 'verified: "2026-12-02"')
    assert keys(project.load("optimus-prod").time_problems(GOOD_DAY)) == {
        (CHARTER, "contract.verified", True)
    }


def test_a_retired_device(project: Copy) -> None:
    project.edit(OPTIMUS, "amazon/dm1", "amazon/tn1")
    (found,) = project.load("optimus-sandbox").time_problems(GOOD_DAY)
    assert (found.file, found.line) == (OPTIMUS, project.line(OPTIMUS, "amazon/tn1"))
    assert found.key == f"{SPEC}.devices[1]"
    assert found.blocks
    assert "amazon/sv1 is available" in found.fix


def test_nothing_blocks_what_is_decommissioned(project: Copy) -> None:
    project.edit(OPTIMUS, "amazon/dm1", "amazon/tn1")
    project.edit(OPTIMUS, "lifecycle: active", "lifecycle: decommissioned")
    found = project.load("optimus-sandbox").time_problems(date(2030, 1, 1))
    assert {p.key for p in found} >= {"end", "next_review", f"{SPEC}.devices[1]"}
    assert not any(p.blocks for p in found)


def test_nothing_blocks_what_is_decommissioned_in_production(project: Copy) -> None:
    project.make_production()
    project.edit("stacks/Pulumi.optimus-prod.yaml", "lifecycle: active", "lifecycle: decommissioned")
    found = project.load("optimus-prod").time_problems(date(2030, 1, 1))
    assert len(found) == 5
    assert not any(p.blocks for p in found)


def test_nothing_blocks_an_environment_that_is_decommissioned(project: Copy) -> None:
    project.make_production()
    environment = "stacks/Pulumi.prod-optimus.yaml"
    late = date(2030, 1, 1)
    assert any(p.blocks for p in project.load("prod-optimus").time_problems(late))
    project.edit("stacks/Pulumi.optimus-prod.yaml", "lifecycle: active", "lifecycle: decommissioned")
    project.edit(environment, "lifecycle: active", "lifecycle: decommissioned")
    assert not any(p.blocks for p in project.load("prod-optimus").time_problems(late))


def test_a_first_review_is_not_far_ahead(project: Copy) -> None:
    project.edit(SANDBOX, '    last_review: "2026-11-02"\n', "")
    loaded = project.load("sandbox")
    assert loaded.time_problems(date(2026, 11, 1)) == ()
    (found,) = loaded.time_problems(date(2026, 10, 31))
    assert (found.key, found.line) == (f"{SPEC}.next_review", project.line(SANDBOX, "next_review"))
    assert "93 days ahead" in found.message


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2026, 10, 4), "has not come yet"),
        (date(2026, 12, 1), ""),
        (date(2027, 4, 5), ""),
        (date(2027, 4, 6), "tried again by 2027-04-05"),
    ],
)
def test_break_glass_is_tried_on_time(project: Copy, today: date, says: str) -> None:
    found = [p for p in project.load("sandbox").time_problems(today) if p.key == GLASS]
    assert [says in p.message for p in found] == ([True] if says else [])
    assert not any(p.blocks for p in found), "in a sandbox it is shown"


def test_the_organization_shows_an_overdue_review_and_never_blocks(project: Copy) -> None:
    loaded = project.load("organization")
    assert loaded.time_problems(GOOD_DAY) == ()
    (found,) = loaded.time_problems(date(2028, 1, 1))
    assert (found.key, found.blocks) == (f"{SPEC}.next_review", False)
