"""The report as SARIF 2.1.0, which code scanning reads.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub makes of it:
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from qlz.check.formats import words
from qlz.check.formats.json import written
from qlz.check.report import Finding, Report, Rule, Severity
from qlz.exit_codes import ExitCode

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT: Final = "%SRCROOT%"
NOWHERE: Final = "Pulumi.yaml"
"""Where a finding is shown that has no file: readers drop what has no place."""
MOST_TAGS: Final = 20
"""Of a rule, as many as GitHub takes; all framework ids are in `properties.frameworks`."""
_SCORES: dict[Severity, str] = {"low": "3.0", "medium": "5.0", "high": "8.0", "critical": "9.5"}


def render(report: Report) -> str:
    """The document."""
    return written(document(report))


def document(report: Report) -> dict[str, Any]:
    """The document as data."""
    found = report.all_findings
    rules = {finding.rule: Rule(finding.rule, finding.rule) for finding in found} | dict(report.rules)
    order = sorted(rules)
    index = {rule: number for number, rule in enumerate(order)}
    seen: Counter[str] = Counter()
    results = [_result(finding, index[finding.rule], seen) for finding in found]
    undecided = any(finding.counts and finding.verdict == "undecided" for finding in found)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "qlz check",
                        "version": version("quantum-landing-zone"),
                        "rules": [_rule(rules[name]) for name in order],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not undecided and report.code is not ExitCode.BAD_INPUT,
                        "exitCode": int(report.code),
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    title, why, fix = (words.lines(text) for text in (rule.title, rule.why, rule.fix))
    ids = [f"{name}:{each}" for name, found in sorted(rule.frameworks.items()) for each in found]
    told: dict[str, Any] = {
        "id": words.line(rule.id),
        "name": words.line(rule.id),
        "shortDescription": {"text": title or words.line(rule.id)},
        "help": {"text": "\n".join(filter(None, (why, f"To do: {fix}" if fix else ""))) or title},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", *rule.requirements, *ids][:MOST_TAGS],
            "security-severity": _SCORES[rule.severity],
            "frameworks": {name: list(found) for name, found in sorted(rule.frameworks.items())},
            "pack": rule.pack,
        },
    }
    if why:
        told["fullDescription"] = {"text": why}
    return told


def _result(finding: Finding, index: int, seen: Counter[str]) -> dict[str, Any]:
    text = words.message(finding)
    if finding.fix:
        text += f"\nTo do: {words.lines(finding.fix)}"
    if finding.stack:
        text = f"{words.line(finding.stack)}: {text}"
    return {
        "ruleId": words.line(finding.rule),
        "ruleIndex": index,
        "level": "error" if finding.counts else "warning",
        "message": {"text": text},
        "locations": [_location(finding)],
        "partialFingerprints": {"qlzFinding/v1": _fingerprint(finding, seen)},
        "properties": {
            "verdict": finding.verdict,
            "enforcement": finding.level,
            "stack": words.line(finding.stack),
            "key": words.line(finding.key),
        },
    }


def _location(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(words.line(finding.file or NOWHERE)), "uriBaseId": ROOT},
        "region": {"startLine": max(1, finding.line)},
    }
    told: dict[str, Any] = {"physicalLocation": place}
    if finding.urn:
        name = words.line(finding.urn)
        told["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return told


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """The same for the same finding, wherever its line has moved to and however its message is worded."""
    parts = (finding.rule, finding.stack, finding.urn, finding.file, finding.key)
    same = json.dumps(parts)
    seen[same] += 1
    return hashlib.sha256(f"{same} {seen[same]}".encode()).hexdigest()[:32]
