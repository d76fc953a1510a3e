"""A rule's case: an edit, and the problem it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.spec.conftest import Copy

SPEC = "config.qlz:spec"


@dataclass(frozen=True)
class Case:
    """An edit of one file, and the one problem it makes: on the line that holds ``at``, with this key."""

    file: str
    old: str
    new: str
    at: str
    key: str
    says: str


def check(project: Copy, stack: str, case: Case, file: str) -> None:
    """Make the edit, and look for the problem."""
    project.edit(case.file, case.old, case.new)
    found = project.problems(stack)
    matching = [p for p in found if p.key == case.key and case.says in f"{p.message} {p.fix}"]
    assert len(matching) == 1, "\n".join(map(str, found))
    problem = matching[0]
    lines = (project.root / file).read_text().splitlines()
    assert problem.file == file
    assert case.at in lines[problem.line - 1], f"line {problem.line}: {lines[problem.line - 1]}"
    assert re.match(
        rf"{re.escape(file)}:{problem.line}: {re.escape(case.key.removeprefix('config.'))}: ", str(problem)
    )
