"""The report as JUnit's XML: a suite for each stack, a case for each control; what has no stack comes first.

As CI systems read it: https://github.com/testmoapp/junitxml. A violation is a failure, what could not be
decided an error, advice a passed case with words; a control that a broken program kept from judging is
skipped.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from qlz.check.formats import words
from qlz.check.report import PACK_RULE, PROGRAM_RULE, Finding, Report, StackReport

FILES = "files"
"""The suite of findings that belong to no stack."""


def render(report: Report) -> str:
    """The document."""
    root = Element("testsuites", name="qlz check")
    alone = tuple(sorted(report.findings, key=lambda finding: finding.order))
    if alone:
        _suite(root, StackReport(FILES, alone))
    for stack in report.stacks:
        _suite(root, stack)
    for each in report.left_out:
        suite = SubElement(root, "testsuite", name=words.line(each.stack), tests="1", skipped="1")
        case = SubElement(suite, "testcase", classname=words.line(each.stack), name="left out")
        SubElement(case, "skipped", message=words.line(each.why))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{report.seconds:.3f}")
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, stack: StackReport) -> None:
    found = sorted(stack.findings, key=lambda finding: finding.order)
    rules: dict[str, list[Finding]] = {name: [] for name in stack.controls}
    for finding in found:
        rules.setdefault(finding.rule, []).append(finding)
    name = words.line(stack.stack)
    broken = any(finding.counts and finding.rule in (PROGRAM_RULE, PACK_RULE) for finding in found)
    suite = SubElement(root, "testsuite", name=name)
    for rule, its in sorted(rules.items()):
        case = SubElement(suite, "testcase", classname=name, name=words.line(rule))
        if its:
            _tell(case, its)
        elif broken:
            SubElement(case, "skipped", message="not judged: the stack could not be shown to it whole")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(sum(1 for case in suite if case.find("failure") is not None)))
    suite.set("errors", str(sum(1 for case in suite if case.find("error") is not None)))
    suite.set("skipped", str(sum(1 for case in suite if case.find("skipped") is not None)))
    suite.set("time", f"{stack.seconds:.3f}")


def _tell(case: Element, found: list[Finding]) -> None:
    counting = [finding for finding in found if finding.counts]
    if counting:
        # One element of a kind: readers take the first and leave the rest.
        failed = [finding for finding in counting if finding.verdict == "fail"]
        kind = "failure" if failed else "error"
        first = (failed or counting)[0]
        told = SubElement(case, kind, type=words.word(first), message=words.line(words.message(first)))
        told.text = _text(counting)
        if first.file:
            case.set("file", words.line(first.file))
            case.set("line", str(first.line))
    advice = [finding for finding in found if not finding.counts]
    if advice:
        SubElement(case, "system-out").text = _text(advice)


def _text(findings: list[Finding]) -> str:
    told = []
    for finding in findings:
        where = words.at(finding)
        told.append(f"{words.word(finding)}: {words.message(finding)}" + (f"\nat {where}" if where else ""))
    last = findings[-1]
    told += [
        f"{label}: {words.lines(text)}" for label, text in (("why", last.why), ("fix", last.fix)) if text
    ]
    return "\n".join(told)
