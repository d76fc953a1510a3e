"""Dates that have passed are told once, and stop what they are to stop."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qlz.check.files import once
from qlz.check.files.rules import TIME
from qlz.check.report import Finding, StackReport
from tests.qlz.check.files.support import Repository
from tests.qlz.check.files.test_files import STACK


def test_an_overdue_review_blocks_in_regulated_tiers_and_is_told_once(project: Repository) -> None:
    found = [each for each in project.findings(today=date(2027, 2, 2)) if "overdue" in each.message]
    by_file = {each.file: each for each in found}
    assert len(found) == len(by_file), "each once, though several stacks go by it"
    charter = by_file["stacks/charters/optimus.yaml"]
    assert (charter.rule, charter.level) == (TIME.id, "mandatory")
    assert "(optimus-prod)" in charter.message
    assert by_file["stacks/Pulumi.sandbox.yaml"].level == "advisory"


def test_the_end_of_a_project(project: Repository) -> None:
    project.edit("stacks/charters/optimus.yaml", 'end: "2029-10-31"', 'end: "2026-11-21"')
    (found,) = [each for each in project.findings() if "ended on" in each.message]
    assert (found.rule, found.key, found.level) == (TIME.id, "end", "mandatory")


def test_a_branch_that_only_tightens_is_not_stopped_by_a_day(project: Repository) -> None:
    """The project has ended; what takes away goes through, what adds does not."""
    project.edit("stacks/charters/optimus.yaml", 'end: "2029-10-31"', 'end: "2026-11-21"')
    base = project.commit()
    for stack in ("dev", "prod", "sandbox"):
        project.edit(f"stacks/Pulumi.optimus-{stack}.yaml", "lifecycle: active", "lifecycle: decommissioned")
    assert {each.level for each in project.findings(base)} <= {"advisory"}
    project.commit()
    base = project.git("rev-parse", "HEAD~1")
    assert {each.level for each in project.findings(base)} <= {"advisory"}


@pytest.mark.parametrize(
    ("file", "old", "new", "tightens"),
    [
        (STACK, "lifecycle: active", "lifecycle: active # said again", True),
        (STACK, 'usd_per_month: "300"', 'usd_per_month: "301"', False),
        ("stacks/charters/optimus.yaml", 'usd: "250"', 'usd: "1"', True),
        ("stacks/charters/optimus.yaml", 'usd: "250"', 'usd: "251"', False),
        ("stacks/Pulumi.dev.yaml", "idle_days: 90", "idle_days: 91", False),
        ("stacks/Pulumi.dev.yaml", "idle_days: 90", "idle_days: 89", True),
    ],
)
def test_what_ended_blocks_but_for_a_change_that_tightens(
    project: Repository, file: str, old: str, new: str, tightens: bool
) -> None:
    project.edit("stacks/charters/optimus.yaml", 'end: "2029-10-31"', 'end: "2026-11-21"')
    base = project.commit()
    project.edit(file, old, new)
    found = [each for each in project.findings(base) if "ended on" in each.message]
    assert [("optimus-dev" in each.message.partition("(")[2], each.level) for each in found] == (
        [(True, "advisory")] if tightens else [(True, "mandatory")]
    )


@pytest.mark.parametrize(
    "path",
    ["components/new.py", "__main__.py", "Pulumi.yaml", "policy_packs/x.json"],
)
def test_a_change_of_anything_else_beside_it_is_not_known_to_tighten(project: Repository, path: str) -> None:
    project.edit("stacks/charters/optimus.yaml", 'end: "2029-10-31"', 'end: "2026-11-21"')
    base = project.commit()
    project.edit("stacks/charters/optimus.yaml", 'usd: "250"', 'usd: "1"')
    before = (project.root / path).read_text() if (project.root / path).exists() else ""
    project.write(path, before + "\n# changed\n")
    assert "mandatory" in {each.level for each in project.findings(base) if "ended on" in each.message}


# --- told once ----------------------------------------------------------------------------------------------

ENDED = ("stacks/charters/optimus.yaml", 'end: "2029-10-31"', 'end: "2026-11-21"')
STACKS = ("optimus-dev", "optimus-prod", "optimus-sandbox")


def said(stack: str, rule: str = "qlz-c1-lifetime", **more: Any) -> StackReport:
    return StackReport(stack, (Finding(rule, "the stack: it ended on 2026-11-21", stack=stack, **more),))


def left(project: Repository, *reports: StackReport) -> list[str]:
    project.edit(*ENDED)
    return [each.level for each in once(project.findings(), reports) if "ended on" in each.message]


def test_what_a_policy_says_of_every_stack_is_not_told_again(project: Repository) -> None:
    assert left(project, *map(said, STACKS)) == []


def test_what_it_says_by_an_exception_is_approved(project: Repository) -> None:
    file = "stacks/exceptions/a.yaml"
    message = f"qlz-c1-lifetime: the stack: it ended on 2026-11-21.\nException: {file}, …"
    covered = Finding("qlz-g4-exceptions-used", message, level="advisory", stack=STACKS[0], excepted=file)
    excepted = StackReport(STACKS[0], (covered,))
    assert left(project, excepted, *map(said, STACKS[1:])) == []


@pytest.mark.parametrize(
    "reports",
    [
        (),
        (said(STACKS[0]), said(STACKS[1])),
        (*map(said, STACKS[:2]), said(STACKS[2], rule="qlz-g3-review-overdue")),
        (*map(said, STACKS[:2]), said(STACKS[2], level="advisory")),
        (*map(said, STACKS[:2]), StackReport(STACKS[2])),
    ],
)
def test_what_no_policy_says_of_some_stack_is_told(
    project: Repository, reports: tuple[StackReport, ...]
) -> None:
    assert left(project, *reports) == ["mandatory"]


def test_an_environments_day_is_told_by_the_environment_alone(project: Repository) -> None:
    def overdue(*reports: StackReport) -> list[str]:
        told = once(project.findings(today=date(2027, 2, 2)), reports)
        return [each.file for each in told if "overdue" in each.message and "Pulumi.dev" in each.file]

    assert overdue(said("optimus-dev", "qlz-g3-review-overdue")) == ["stacks/Pulumi.dev.yaml"]
    assert overdue(said("dev", "qlz-g3-review-overdue", level="advisory")) == []


def test_a_day_that_no_policy_judges_is_told(project: Repository) -> None:
    day = date(2028, 1, 1)
    tested = [each for each in project.findings(today=day) if "break_glass" in each.key]
    assert tested
    assert once(tested, [said(name, "qlz-g3-review-overdue") for name in (*STACKS, "dev")]) == tested
