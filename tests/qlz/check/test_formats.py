"""Every format tells the same findings, and none lets a resource's name speak for the check."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from qlz.check.formats import github, junit, rendered, sarif, text, words
from qlz.check.options import Format
from qlz.check.report import (
    PROGRAM_RULE,
    SPEC_RULE,
    Finding,
    LeftOut,
    Report,
    Rule,
    StackReport,
)
from qlz.exit_codes import ExitCode

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "schemas/check-report.schema.json").read_text(encoding="utf-8"))
EVIL = "b\x1b[2K\n  ##vso[task.complete]\n::error file=x::forged\r\u202e%0A]]>\x00|`<b>\ud800"
URN = f"urn:pulumi:dev::qlz::qlz:braket:Project$aws:s3/bucket:Bucket::{EVIL}"
FAIL = Finding(
    "qlz-k2-customer-keys",
    f"{EVIL} (aws:s3/bucket:Bucket): has no key",
    stack="dev",
    urn=URN,
    file="stacks/Pulumi.dev.yaml",
    line=7,
    key="config.qlz:spec.key",
    why="Whoever holds the key\nholds the data.",
    fix="Name the project's key.",
    severity="critical",
    pack="baseline",
)
UNDECIDED = Finding(
    "qlz-d1-device-lock", "cannot be decided: policy is unknown", verdict="undecided", stack="dev"
)
ADVICE = Finding(
    "qlz-g4-exceptions-used", "stacks/exceptions/a.yaml covers it", level="advisory", stack="dev"
)
BROKEN = Finding(PROGRAM_RULE, "was stopped", verdict="undecided", source="check", stack="prod")
SPEC = Finding(SPEC_RULE, "is missing", source="spec", stack="odd", file="stacks/Pulumi.odd.yaml", line=3)
LOOSE = Finding("qlz-file-secrets", "holds a secret", source="file", file="notes/a b.ipynb", line=2)
RULES = {
    FAIL.rule: Rule(
        FAIL.rule,
        "Stores have a key",
        FAIL.why,
        FAIL.fix,
        "critical",
        ("K2",),
        {"nist-800-53-r5": ("SC-12", "SC-28"), "uk-gdpr": ("Art. 32",)},
        "baseline",
    )
}
REPORT = Report(
    stacks=(
        StackReport(
            "dev",
            (UNDECIDED, FAIL, ADVICE),
            {FAIL.rule: "mandatory", UNDECIDED.rule: "mandatory", "qlz-r1-region-lock": "mandatory"},
            resources=3,
        ),
        StackReport("good", (), {"qlz-r1-region-lock": "mandatory"}, resources=1),
        StackReport("odd", (SPEC,)),
        StackReport("prod", (BROKEN,), {"qlz-r1-region-lock": "mandatory"}),
    ),
    findings=(LOOSE,),
    rules=RULES,
    left_out=(LeftOut("other", "untouched"),),
    seconds=1.25,
)
EXPECTED = sorted(finding.rule for finding in REPORT.all_findings)


def _rules(form: Format) -> list[str]:
    told = rendered(REPORT, form)
    if form is Format.JSON:
        data = json.loads(told)
        found = [*data["findings"], *(f for stack in data["stacks"] for f in stack["findings"])]
        return [finding["rule"] for finding in found]
    if form is Format.SARIF:
        return [result["ruleId"] for result in json.loads(told)["runs"][0]["results"]]
    if form is Format.GITHUB:
        return [re.findall(r"qlz-[a-z0-9-]+", line)[0] for line in told.splitlines()]
    if form is Format.JUNIT:
        cases = ElementTree.fromstring(told).iter("testcase")
        return [case.get("name", "") for case in cases if {"failure", "error", "system-out"} & _kinds(case)]
    return re.findall(r"^  [✗?!] (qlz-[a-z0-9-]+)", told, re.MULTILINE)


def _kinds(case: ElementTree.Element) -> set[str]:
    return {child.tag for child in case}


@pytest.mark.parametrize("form", list(Format))
def test_every_format_tells_the_same_findings(form: Format) -> None:
    assert sorted(_rules(form)) == EXPECTED


@pytest.mark.parametrize("form", list(Format))
def test_an_empty_report_is_told_too(form: Format) -> None:
    assert rendered(Report(), form).endswith("\n")


@pytest.mark.parametrize("form", list(Format))
def test_nothing_in_a_name_works(form: Format) -> None:
    told = rendered(REPORT, form)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800]", told)
    assert "##vso" not in told
    commands = [line for line in told.splitlines() if line.lstrip().startswith("::")]
    assert not any("file=x" in line.partition("title=")[0] for line in commands)
    assert form is Format.GITHUB or not commands
    told.encode("utf-8")


def test_an_annotation_is_one_line_whatever_it_says() -> None:
    line = github.annotation(FAIL)
    assert "\n" not in line
    assert line.startswith(
        "::error file=stacks/Pulumi.dev.yaml,line=7,title=dev%3A qlz-k2-customer-keys (violation)::"
    )
    assert "%250A" in line
    assert github.annotation(ADVICE).startswith("::notice ")
    assert github.annotation(UNDECIDED).startswith("::error ")


def test_a_summary_holds_no_markup_of_others() -> None:
    told = github.summary(REPORT)
    assert told.startswith("### qlz check: 1 of 4 stacks pass\n")
    rows = [line for line in told.splitlines() if line.startswith("| v")]
    assert len(rows) == 3
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)
    assert "<b>" not in told
    assert not re.search(r"&&|&amp;#", told), "nothing is escaped twice"


def test_the_json_form_is_as_its_schema_says() -> None:
    data = json.loads(rendered(REPORT, Format.JSON))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["exit_code"] == 1
    assert data["counts"] == {"stacks": 4, "passed": 1, "violations": 3, "undecided": 2, "advice": 1}
    assert [stack["exit_code"] for stack in data["stacks"]] == [1, 0, 2, 3]


def test_sarif_places_every_result() -> None:
    (run,) = sarif.document(REPORT)["runs"]
    rules = run["tool"]["driver"]["rules"]
    found = {result["ruleId"]: result for result in run["results"]}
    assert [rule["id"] for rule in rules] == sorted(set(EXPECTED))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert place["artifactLocation"]["uri"]
    assert _uri(found[LOOSE.rule]) == "notes/a%20b.ipynb"
    assert _uri(found[UNDECIDED.rule]) == "Pulumi.yaml"
    (keyed,) = [rule for rule in rules if rule["id"] == FAIL.rule]
    assert keyed["properties"]["tags"] == [
        "security",
        "K2",
        "nist-800-53-r5:SC-12",
        "nist-800-53-r5:SC-28",
        "uk-gdpr:Art. 32",
    ]
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 1}]
    assert found[ADVICE.rule]["level"] == "warning"


def _uri(result: dict[str, Any]) -> str:
    uri: str = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def test_fingerprints_stay_when_lines_and_words_move() -> None:
    def prints(*findings: Finding) -> list[str]:
        (run,) = sarif.document(Report((StackReport("dev", findings),)))["runs"]
        return [result["partialFingerprints"]["qlzFinding/v1"] for result in run["results"]]

    from dataclasses import replace

    (first,) = prints(FAIL)
    assert prints(replace(FAIL, line=99, message="reworded")) == [first]
    assert prints(replace(FAIL, urn=URN + "2")) != [first]
    twice = prints(FAIL, replace(FAIL, message="has no alias"))
    assert first in twice
    assert len(set(twice)) == 2


def test_junit_counts_add_up() -> None:
    root = ElementTree.fromstring(junit.render(REPORT))
    told = {suite.get("name"): suite for suite in root}
    assert list(told) == ["files", "dev", "good", "odd", "prod", "other"]
    dev, prod = told["dev"], told["prod"]
    assert [dev.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "0"]
    assert [prod.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["2", "0", "1", "1"]
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert root.get(name) == str(len(list(root.iter(tag))))
    assert root.get("tests") == str(len(list(root.iter("testcase"))))


def test_text_ends_with_what_came_of_it() -> None:
    told = text.render(REPORT)
    assert told.splitlines()[-1] == (
        "1 of 4 stacks pass, 3 violations, 2 undecided, 1 exception used, 1.2 s: it says no"
    )
    assert "\x1b" not in told
    assert text.render(REPORT, colour=True).count("\x1b[") > 10
    assert "fix: Name the project's key." in told
    assert "- other  left out: untouched" in told


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ((), ExitCode.OK),
        ((ADVICE,), ExitCode.OK),
        ((UNDECIDED,), ExitCode.UNDECIDED),
        ((UNDECIDED, SPEC), ExitCode.BAD_INPUT),
        ((UNDECIDED, SPEC, FAIL), ExitCode.DENIED),
        ((BROKEN, FAIL), ExitCode.DENIED),
    ],
)
def test_one_no_says_most_and_nothing_undecided_passes(findings: tuple[Finding, ...], code: ExitCode) -> None:
    assert Report((StackReport("dev", findings),)).code is code
    assert Report(findings=findings).code is code


def test_a_subject_is_named_once() -> None:
    plain = Finding("r", "results (aws:s3/bucket:Bucket): has no key", urn=URN.replace(EVIL, "results"))
    assert words.message(plain) == "results (aws:s3/bucket:Bucket): has no key"
    foreign = Finding("r", "must have a key", urn=plain.urn)
    assert words.message(foreign) == "s3 Bucket results: must have a key"


def test_where_no_stack_was_judged_none_is_said_to_pass() -> None:
    told = text.render(Report(left_out=(LeftOut("dev", "untouched"),)), colour=False).splitlines()[-1]
    assert told.startswith("no stack to check")
    assert "pass" not in told
