"""Findings stand in the file and at the line that a person would change."""

from __future__ import annotations

import pytest

from components.spec import load_stack
from qlz.check.places import place
from tests.qlz.conftest import ROOT, Workplace

EXCEPTION = """\
control: qlz-l1-log-retention
stack: {stack}
resource: stack
owner: team@example.org
reason: a longer hold is being agreed with the archive
approver: security@example.org
approved: "2026-11-01"
expires: "2026-11-20"
ticket: SEC-1
compensating_control: the store is read-only and its readers are logged
"""
FILE = "stacks/exceptions/x.yaml"


def _places(workplace: Workplace, rule: str, *stacks: str) -> set[tuple[str, int]]:
    ran = workplace.qlz("check", *stacks, "--json")
    assert ran.code == 1, ran.err
    found = {
        (each["file"], each["line"])
        for stack in ran.document["stacks"]
        for each in stack["findings"]
        if each["rule"] == rule
    }
    assert found
    return found


def test_what_is_wrong_with_an_exception_stands_in_its_file(workplace: Workplace) -> None:
    path = workplace.root / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(EXCEPTION.format(stack="optimus-devv"))
    rule = "qlz-g4-exceptions-valid"
    assert (FILE, 2) in _places(workplace, rule, "optimus-dev", "organization")
    assert {file for file, _ in _places(workplace, rule, "optimus-dev", "organization")} == {FILE}
    path.write_text("a: [\n")
    assert {file for file, _ in _places(workplace, rule, "organization")} == {FILE}


def test_an_exception_that_has_expired_is_the_one_to_renew(workplace: Workplace) -> None:
    path = workplace.root / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(EXCEPTION.format(stack="optimus-dev"))
    assert {file for file, _ in _places(workplace, "qlz-g4-exceptions-valid", "optimus-dev")} == {FILE}


@pytest.mark.parametrize(
    ("message", "word"),
    [("the stack: it ended on 2026-11-20", "end"), ("the stack: it begins on 2028-01-01", "start")],
)
def test_a_lifetime_stands_at_the_day_that_decides_it(message: str, word: str) -> None:
    charter = "stacks/charters/optimus.yaml"
    lines = (ROOT / charter).read_text(encoding="utf-8").splitlines()
    (number,) = (number for number, line in enumerate(lines, 1) if line.startswith(f"{word}:"))
    found = place(load_stack(ROOT, "optimus-dev"), "qlz-c1-lifetime", message, ("C1", "K5"))
    assert found == (charter, number, word)
