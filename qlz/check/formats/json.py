"""The report as one JSON document: docs/check.md says what its fields mean, schemas/check-report.schema.json
what they look like."""

from __future__ import annotations

import json
from typing import Any

from qlz.check import formats
from qlz.check.report import Finding, Report, StackReport


def render(report: Report) -> str:
    """The document."""
    return written(document(report))


def written(data: object) -> str:
    """Data as JSON in ASCII. In a log no part of it reads like a runner's command (`##[`, `##vso[`)."""
    return json.dumps(data, indent=2, ensure_ascii=True).replace("##", "#\\u0023") + "\n"


def document(report: Report) -> dict[str, Any]:
    """The document as data."""
    found = report.all_findings
    return {
        "version": formats.VERSION,
        "command": "check",
        "exit_code": int(report.code),
        "counts": {
            "stacks": len(report.stacks),
            "passed": sum(1 for stack in report.stacks if stack.code == 0),
            "violations": sum(1 for f in found if f.counts and f.verdict == "fail"),
            "undecided": sum(1 for f in found if f.counts and f.verdict == "undecided"),
            "advice": sum(1 for f in found if not f.counts),
        },
        "stacks": [_stack(stack) for stack in report.stacks],
        "findings": [finding_data(one) for one in sorted(report.findings, key=lambda one: one.order)],
        "rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "why": rule.why,
                "fix": rule.fix,
                "severity": rule.severity,
                "requirements": list(rule.requirements),
                "frameworks": {name: list(ids) for name, ids in sorted(rule.frameworks.items())},
                "pack": rule.pack,
            }
            for _, rule in sorted(report.rules.items())
        ],
        "left_out": [{"stack": each.stack, "why": each.why} for each in report.left_out],
        "seconds": round(report.seconds, 3),
    }


def _stack(stack: StackReport) -> dict[str, Any]:
    return {
        "stack": stack.stack,
        "file": stack.file,
        "line": stack.line,
        "exit_code": int(stack.code),
        "resources": stack.resources,
        "controls": [{"id": name, "level": level} for name, level in sorted(stack.controls.items())],
        "findings": [finding_data(one) for one in sorted(stack.findings, key=lambda one: one.order)],
        "seconds": round(stack.seconds, 3),
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding as data."""
    return {
        "rule": finding.rule,
        "level": finding.level,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "source": finding.source,
        "pack": finding.pack,
        "stack": finding.stack,
        "urn": finding.urn,
        "file": finding.file,
        "line": finding.line,
        "key": finding.key,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "excepted": finding.excepted,
    }
