"""The report as GitHub's annotations, and as the summary of a step.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import html

from qlz.check.formats import words
from qlz.check.report import Finding, Report

MOST_IN_SUMMARY = 500
"""Findings in a step's summary: GitHub takes one mebibyte."""


def render(report: Report) -> str:
    """One annotation a line, for every finding; nothing but a newline where there is none."""
    return "\n".join(map(annotation, report.all_findings)) + "\n"


def annotation(finding: Finding) -> str:
    """`::error file=…,line=…,title=…::message`; an error counts, a warning or notice does not."""
    properties = {"file": finding.file, "line": str(finding.line) if finding.line else ""}
    title = f"{finding.rule} ({words.word(finding)})"
    properties["title"] = f"{finding.stack}: {title}" if finding.stack else title
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    text = words.message(finding)
    for label, more in (("Why", finding.why), ("Fix", finding.fix)):
        text += f"\n{label}: {words.lines(more)}" if more else ""
    return f"::{_command(finding)} {told}::{_data(text)}"


def _command(finding: Finding) -> str:
    if finding.counts:
        return "error"
    return "notice" if finding.rule.startswith("qlz-g4-exceptions-") else "warning"


def _data(text: str) -> str:
    return words.lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(words.line(text)).replace(":", "%3A").replace(",", "%2C")


def summary(report: Report) -> str:
    """The report in Markdown, for the file that GITHUB_STEP_SUMMARY names."""
    passed = sum(1 for stack in report.stacks if stack.code == 0)
    found = report.all_findings
    told = [
        f"### qlz check: {passed} of {words.count(len(report.stacks), 'stack')} pass",
        "",
    ]
    if found:
        told += ["| | stack | rule | what | where |", "|---|---|---|---|---|"]
    for finding in found[:MOST_IN_SUMMARY]:
        cells = (
            words.word(finding),
            finding.stack,
            finding.rule,
            words.message(finding),
            words.at(finding),
        )
        told.append("| " + " | ".join(map(_cell, cells)) + " |")
    if len(found) > MOST_IN_SUMMARY:
        told += ["", f"And {len(found) - MOST_IN_SUMMARY} more."]
    for each in report.left_out:
        told += ["", f"Left out: {_cell(each.stack)}: {_cell(each.why)}"]
    return "\n".join(told) + "\n\n"


_MARKS = {ord(mark): f"&#{ord(mark)};" for mark in "\\`*_[]|~#@!"}


def _cell(text: str) -> str:
    """Words in a table: nothing in them is Markdown, HTML or the end of a cell."""
    return html.escape(words.line(text), quote=False).translate(_MARKS).replace("://", "&#58;//")
