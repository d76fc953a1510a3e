"""Exceptions on record for checks by file: exactly what was found in one file, for a time."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta

import pytest

from qlz.check.files.excepted import with_exceptions
from qlz.check.files.rules import OMITTED, OUTPUT, SECRET, STRAY, Marked, finding, marked
from tests.qlz.check.files.support import TODAY, Repository
from tests.qlz.check.files.test_files import OTHER_ID, OUTPUTS, notebook
from tests.qlz.check.files.test_scanner import AWS_ID
from tests.spec.exceptions import changed, write

LIKE_A_SECRET = "docs/page.md"
UNUSED = "qlz-g4-exceptions-unused"


def named(message: str) -> str:
    """The resource by which a finding's message asks to be excepted."""
    (mark,) = re.findall(r"\((file::\S+:[0-9a-f]{16})\)", message)
    return f"{mark}"


LOOKS_SO = finding(SECRET.id, "", LIKE_A_SECRET)
RESOURCE = named(marked(LOOKS_SO, LIKE_A_SECRET, AWS_ID.encode()).message)


def excepted(project: Repository, **fields: str) -> str:
    given = {"control": SECRET.id, "stack": "files", "resource": RESOURCE, **fields}
    return write(project.root, changed(**given), "scanner")


def levels(project: Repository, base: str | None = None) -> list[tuple[str, str]]:
    return sorted((each.rule, each.level) for each in project.findings(base))


def test_an_exception_covers_what_was_found_in_that_file(project: Repository) -> None:
    project.write(LIKE_A_SECRET, f"# A page\n{AWS_ID}\n")
    file = excepted(project)
    (found,) = project.findings()
    assert (found.level, found.excepted, found.line) == ("advisory", file, 2)
    assert "approved by risk@example.org on 2026-11-16 (RISK-118), until 2027-02-12" in found.message
    assert named(found.message) == RESOURCE
    project.write(LIKE_A_SECRET, f"# A page\n\n{AWS_ID}\n")
    assert levels(project) == [(SECRET.id, "advisory")]


@pytest.mark.parametrize("text", [f"# A page\n{OTHER_ID}\n", f"# A page\n{AWS_ID[:-1]}Z\n"])
def test_it_covers_nothing_else_in_that_line(project: Repository, text: str) -> None:
    project.write(LIKE_A_SECRET, text)
    excepted(project)
    assert levels(project) == [(SECRET.id, "mandatory"), (UNUSED, "advisory")]
    project.write(LIKE_A_SECRET, f"{text.strip()} {AWS_ID}\n")
    assert levels(project) == [(SECRET.id, "advisory"), (SECRET.id, "mandatory")]


def test_nor_the_same_in_another_file(project: Repository) -> None:
    project.write(LIKE_A_SECRET, f"{AWS_ID}\n")
    project.write("docs/other.md", f"{AWS_ID}\n")
    excepted(project)
    assert levels(project) == [(SECRET.id, "advisory"), (SECRET.id, "mandatory")]


def test_an_earlier_secret_of_the_same_kind_is_not_covered(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write(LIKE_A_SECRET, f"{OTHER_ID}\n")
    project.commit()
    project.write(LIKE_A_SECRET, f"{AWS_ID}\n")
    excepted(project)
    project.commit()
    assert levels(project, base) == [(SECRET.id, "advisory"), (SECRET.id, "mandatory")]
    (kept,) = [each for each in project.findings(base) if each.level == "mandatory"]
    assert "which the history keeps" in kept.message


def test_the_same_is_covered_in_the_history_too(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write(LIKE_A_SECRET, f"{AWS_ID}\n")
    excepted(project)
    project.commit()
    project.write(LIKE_A_SECRET, "nothing\n")
    project.commit()
    assert levels(project, base) == [(SECRET.id, "advisory")]


def test_other_outputs_of_a_notebook_are_not_covered(project: Repository) -> None:
    project.write("bell.ipynb", notebook(OUTPUTS))
    (found,) = project.findings()
    excepted(project, control=OUTPUT.id, resource=named(found.message))
    assert levels(project) == [(OUTPUT.id, "advisory")]
    project.write("bell.ipynb", notebook({**OUTPUTS, "text": ["0.98\n"]}))
    assert levels(project) == [(OUTPUT.id, "mandatory"), (UNUSED, "advisory")]


def test_the_mark_does_not_tell_what_it_is_of(project: Repository) -> None:
    mark = RESOURCE.rpartition(":")[2]
    assert mark not in {hashlib.new(name, AWS_ID.encode()).hexdigest()[:16] for name in ("sha1", "sha256")}
    assert AWS_ID not in RESOURCE


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
    place = (LIKE_A_SECRET, RESOURCE.rpartition(":")[2])
    unknown = Marked(SECRET.id, "was not looked through", verdict="undecided", place=place)
    assert with_exceptions(project.root, [unknown], (), TODAY) == [unknown]
