"""Applies exceptions on record to findings by file: stack `files`, resource file::PATH:MARK (G4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from components.spec import Problem
from components.spec.exceptions import FILES, Recorded, approval_rules, read_exceptions
from qlz.check.files.rules import ADMITTING, UNUSED_ID, VALID_ID, Marked, finding
from qlz.check.report import Finding


def with_exceptions(
    root: Path, found: Iterable[Finding], looked_at: Collection[str], today: date
) -> list[Finding]:
    """The findings, those that are covered as advice that names the exception, and what is wrong with the
    exceptions themselves. looked_at: files; of others it is not known whether an exception is needed."""
    recorded = [each for each in read_exceptions(root) if each.stack == FILES]
    judged = [each.refused([*approval_rules(each, today), *_rules(each)]) for each in recorded]
    told = [_invalid(problem) for each in judged for problem in each.problems]
    held: dict[tuple[str, str, str], Recorded] = {}
    for each in judged:
        if each.exception is None or each.exception.path is None:
            continue
        if each.expired(today):
            message = f"expired on {each.exception.expires}, and covers nothing any more"
            told.append(finding(VALID_ID, message, each.file, each.line("expires"), key="expires"))
        else:
            held[each.exception.control, *each.exception.path] = each
    used: set[str] = set()
    for one in found:
        each_held = held.get((one.rule, *one.place)) if isinstance(one, Marked) else None
        if each_held is None or one.verdict != "fail":
            told.append(one)
            continue
        used.add(each_held.file)
        told.append(_covered(one, each_held))
    for (control, file, mark), each in held.items():
        if each.file not in used and file in looked_at:
            message = f"{control} has found nothing in {file} that has the mark {mark}"
            told.append(finding(UNUSED_ID, message, each.file, each.line("resource"), level="advisory"))
    return told


def _covered(one: Finding, by: Recorded) -> Finding:
    exception = by.exception
    assert exception is not None
    message = (
        f"{one.message}. Exception: owner {exception.owner}, approved by {exception.approver} on "
        f"{exception.approved} ({exception.ticket}), until {exception.expires}"
    )
    return replace(one, message=message, level="advisory", excepted=by.file)


def _rules(each: Recorded) -> Iterable[Problem]:
    if each.exception and each.document and each.exception.control not in ADMITTING:
        message = f"{each.exception.control} admits no exceptions, or is not there"
        yield each.document.problem(("control",), message, f"allowed: {', '.join(sorted(ADMITTING))}")


def _invalid(problem: Problem) -> Finding:
    return finding(VALID_ID, problem.message, problem.file, problem.line, key=problem.key, fix=problem.fix)
