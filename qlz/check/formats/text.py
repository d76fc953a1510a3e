"""The report as people read it: stack by stack, control by control, with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from qlz.check.formats import words
from qlz.check.report import Finding, Report, StackReport
from qlz.exit_codes import ExitCode

EXCEPTIONS = "qlz-g4-exceptions-"
_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}
_ENDS = {
    ExitCode.OK: "everything passes",
    ExitCode.DENIED: "it says no",
    ExitCode.BAD_INPUT: "something is wrong in what was given",
    ExitCode.UNDECIDED: "not everything could be decided, which is no yes",
}


def render(report: Report, *, colour: bool = False) -> str:
    """The text; with `colour` for a terminal."""
    return "\n".join(_lines(report, _Paint(colour))) + "\n"


@dataclass(frozen=True)
class _Paint:
    on: bool

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.on and text else text


def _lines(report: Report, paint: _Paint) -> Iterator[str]:
    if report.findings:
        yield f"{_mark(report.findings, paint)} {paint('files', 'bold')}"
        yield from _findings(report.findings, report, paint)
    for stack in report.stacks:
        yield _head(stack, paint)
        yield from _findings(stack.findings, report, paint)
    for each in report.left_out:
        yield paint(f"- {words.line(each.stack)}  left out: {words.line(each.why)}", "dim")
    yield _closing(report, paint)


def _mark(findings: Iterable[Finding], paint: _Paint) -> str:
    found = [finding for finding in findings if finding.counts]
    if not found:
        return paint("✓", "green")
    return paint("?", "yellow") if all(f.verdict == "undecided" for f in found) else paint("✗", "red")


def _head(stack: StackReport, paint: _Paint) -> str:
    told = [words.count(stack.resources, "resource"), words.count(len(stack.controls), "control")]
    told = told if stack.controls else []
    told += _counts(stack.findings)
    timed = paint(f"({stack.seconds:.1f} s)", "dim") if stack.seconds else ""
    name = paint(words.line(stack.stack), "bold")
    return f"{_mark(stack.findings, paint)} {name}  {', '.join(told)}  {timed}".rstrip()


def _counts(findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    violations = sum(1 for f in found if f.counts and f.verdict == "fail")
    undecided = sum(1 for f in found if f.counts and f.verdict == "undecided")
    used = sum(1 for f in found if f.rule == f"{EXCEPTIONS}used")
    unused = sum(1 for f in found if f.rule == f"{EXCEPTIONS}unused")
    advice = sum(1 for f in found if not f.counts) - used - unused
    told = [
        words.count(violations, "violation") if violations else "",
        f"{undecided} undecided" if undecided else "",
        f"{advice} advice" if advice else "",
        words.count(used, "exception") + " used" if used else "",
        words.count(unused, "exception") + " not used" if unused else "",
    ]
    return [each for each in told if each]


def _findings(findings: Iterable[Finding], report: Report, paint: _Paint) -> Iterator[str]:
    """By control, what counts first."""
    order = sorted(findings, key=lambda f: (not f.counts, f.verdict == "undecided", f.order))
    for rule, group in groupby(order, key=lambda f: f.rule):
        found = list(group)
        first = found[0]
        known = report.rules.get(rule)
        title = words.line(known.title) if known and known.title != rule else ""
        named = paint(words.line(rule), "bold")
        severity = paint(f"[{first.severity}]", "dim")
        yield f"  {_sign(first, paint)} {named}  {title}  {severity}".replace("    ", "  ")
        for finding in found:
            head, *more = words.message(finding).splitlines() or [""]
            yield f"      {head}"
            yield from (f"        {text}" for text in more)
            place = words.at(finding) + (f" ({words.line(finding.key)})" if finding.key else "")
            if finding.file:
                yield paint(f"        at {place}", "dim")
            if finding.fix and (finding.fix, finding.why) != (first.fix, first.why):
                yield f"        fix: {_flat(finding.fix)}"
        if first.why:
            yield f"      why: {_flat(first.why)}"
        if first.fix:
            yield f"      fix: {_flat(first.fix)}"


def _flat(text: str) -> str:
    return " ".join(words.lines(text).split())


def _sign(finding: Finding, paint: _Paint) -> str:
    if not finding.counts:
        return paint("!", "yellow")
    return paint("?", "yellow") if finding.verdict == "undecided" else paint("✗", "red")


def _closing(report: Report, paint: _Paint) -> str:
    passed = sum(1 for stack in report.stacks if stack.code is ExitCode.OK)
    told = [
        f"{passed} of {words.count(len(report.stacks), 'stack')} pass",
        *_counts(report.all_findings),
        f"{report.seconds:.1f} s",
    ]
    if not report.stacks and report.code is ExitCode.OK:
        return paint(f"no stack to check, {told[-1]}: nothing says no", "yellow")
    style = (
        "green" if report.code is ExitCode.OK else "yellow" if report.code is ExitCode.UNDECIDED else "red"
    )
    return paint(f"{', '.join(told)}: {_ENDS[report.code]}", style)
