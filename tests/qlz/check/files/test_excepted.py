"""Exceptions on record for checks by file: one line of one file, for a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qlz.check.files.excepted import with_exceptions
from qlz.check.files.rules import OMITTED, SECRET, STRAY, finding
from tests.qlz.check.files.support import TODAY, Repository
from tests.qlz.check.files.test_scanner import AWS_ID
from tests.spec.exceptions import changed, write

LIKE_A_SECRET = "docs/page.md"


def excepted(project: Repository, **fields: str) -> str:
    given = {"control": SECRET.id, "stack": "files", "resource": f"file::{LIKE_A_SECRET}:2", **fields}
    return write(project.root, changed(**given), "scanner")


def test_an_exception_covers_that_line_of_that_file(project: Repository) -> None:
    project.write(LIKE_A_SECRET, f"# A page\n{AWS_ID}\n")
    file = excepted(project)
    (found,) = project.findings()
    assert (found.level, found.excepted, found.line) == ("advisory", file, 2)
    assert "approved by risk@example.org on 2026-11-16 (RISK-118), until 2027-02-12" in found.message
    project.write(LIKE_A_SECRET, f"# A page\n\n{AWS_ID}\n")
    assert {(each.rule, each.level) for each in project.findings()} == {
        (SECRET.id, "mandatory"),
        ("qlz-g4-exceptions-unused", "advisory"),
    }


def test_an_expired_one_covers_nothing_and_is_told(project: Repository) -> None:
    project.write(LIKE_A_SECRET, f"# A page\n{AWS_ID}\n")
    excepted(project)
    day = date(2027, 2, 12)
    assert {each.level for each in project.findings(today=day) if each.rule == SECRET.id} == {"advisory"}
    after = project.findings(today=day + timedelta(days=1))
    assert {each.level for each in after if each.rule == SECRET.id} == {"mandatory"}
    assert [each.key for each in after if each.rule == "qlz-g4-exceptions-valid"] == ["expires"]


@pytest.mark.parametrize(
    "fields",
    [
        {"control": OMITTED.id},
        {"control": STRAY.id},
        {"control": "qlz-file-k1-secrets"},
        {"approved": '"2026-11-23"'},
        {"expires": '"2027-02-15"'},
        {"approver": "optimus-team@example.org"},
    ],
)
def test_one_that_is_not_in_order_covers_nothing(project: Repository, fields: dict[str, str]) -> None:
    project.write(LIKE_A_SECRET, f"# A page\n{AWS_ID}\n")
    file = excepted(project, **fields)
    found = project.findings()
    assert {each.level for each in found if each.rule == SECRET.id} == {"mandatory"}
    assert file in {each.file for each in found if each.rule == "qlz-g4-exceptions-valid"}


def test_whether_one_is_needed_is_not_told_of_files_that_were_not_looked_at(project: Repository) -> None:
    project.write(LIKE_A_SECRET, "# A page\n")
    excepted(project)
    project.commit()
    assert project.told("HEAD") == []
    assert [rule for rule, *_ in project.told()] == ["qlz-g4-exceptions-unused"]


def test_what_is_not_decided_is_not_covered(project: Repository) -> None:
    excepted(project)
    unknown = finding(SECRET.id, "was not looked through", LIKE_A_SECRET, 2, verdict="undecided")
    assert with_exceptions(project.root, [unknown], (), TODAY) == [unknown]
