"""The command itself: exit codes, what goes where, and that it reaches nothing outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from qlz.check.report import PACK_RULE, SPEC_RULE
from tests.qlz.check.conftest import Acting
from tests.qlz.conftest import ROOT, Workplace

SCHEMA = json.loads((ROOT / "schemas/check-report.schema.json").read_text(encoding="utf-8"))
# Whatever reaches for a network leaves a line; the hook stays in every process that is forked.
WATCHED = """\
import os, sys
noted = os.path.join(sys.argv.pop(1), "reached")
def hook(event, words):
    away = event in ("socket.connect", "socket.bind", "socket.sendto") and words[0].family.name != "AF_UNIX"
    away = away and (event, words[1][:2]) != ("socket.bind", ("::1", 0))  # urllib3 asks whether there is IPv6
    asks = event in ("socket.getaddrinfo", "socket.gethostbyname")
    runs = event == "subprocess.Popen" and os.path.basename(str(words[0])) != "git"
    if away or asks or runs:
        with open(noted, "a") as file:
            file.write(f"{event} {words}\\n")
sys.addaudithook(hook)
from qlz.__main__ import main
main()
"""
NO_CLOUD = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "x" * 40,
    "AWS_ENDPOINT_URL": "http://192.0.2.1:1",
    "AWS_PROFILE": "none",
    "AZURE_CLIENT_ID": "x",
    "AZURE_CLIENT_SECRET": "x",
    "ARM_SUBSCRIPTION_ID": "x",
    "PULUMI_ACCESS_TOKEN": "x",
    "PULUMI_BACKEND_URL": "http://192.0.2.1:1",
    "PULUMI_STACK": "other",
    "PULUMI_DRY_RUN": "false",
    "QLZ_TIGHTENING": "optimus-prod",
}


def test_every_stack_of_this_project_passes_without_anything_outside(
    workplace: Workplace, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, str(tmp_path), "check", "--all", "--json"],
        cwd=workplace.root,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **NO_CLOUD},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    names = sorted(path.name[7:-5] for path in (ROOT / "stacks").glob("Pulumi.*.yaml"))
    assert [stack["stack"] for stack in document["stacks"]] == names
    assert all(stack["resources"] > 5 and len(stack["controls"]) > 50 for stack in document["stacks"])
    assert not (tmp_path / "reached").exists(), (tmp_path / "reached").read_text()
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing was left anywhere


def test_one_stack_that_breaks_hides_none_of_the_others(acting: Acting) -> None:
    work = acting(good="pass", other="pass")
    (work.root / "stacks/Pulumi.sandbox-bad.yaml").write_text("config:\n  qlz:kind: environment\n")
    ran = work.qlz("check", "--all", "--format", "json")
    codes = {stack["stack"]: stack["exit_code"] for stack in ran.document["stacks"]}
    assert codes == {"sandbox-bad": 2, "sandbox-good": 1, "sandbox-other": 1}
    assert ran.code == 1
    bad = work.qlz("check", "sandbox-bad", "--json")
    assert bad.code == 2
    (first, *_) = bad.document["stacks"][0]["findings"]
    assert (first["rule"], first["file"]) == (SPEC_RULE, "stacks/Pulumi.sandbox-bad.yaml")
    assert first["line"] > 0
    unknown = work.qlz("check", "nowhere", "--json")
    assert (unknown.code, "there is no stack nowhere" in unknown.err) == (2, True)


def test_the_form_goes_to_stdout_or_whole_into_a_file(acting: Acting) -> None:
    work = acting(quiet="pass")
    plain = work.qlz("check", "sandbox-quiet")
    assert (plain.code, plain.out) == (1, "")
    assert "\x1b" not in plain.err
    assert "says no" in plain.err.splitlines()[-1]
    text = work.qlz("check", "sandbox-quiet", "--format", "text")
    assert (text.err, "sandbox-quiet" in text.out) == ("", True)
    target = work.root / "out" / "check.xml"
    missing = work.qlz("check", "sandbox-quiet", "--format", "junit", "--output", str(target))
    assert (missing.code, "cannot be written" in missing.err) == (3, True)
    target.parent.mkdir()
    summary = work.root / "summary.md"
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    written = work.qlz("check", "sandbox-quiet", "--format", "junit", "--output", str(target), **actions)
    assert (written.code, written.out) == (1, "")
    assert [path.name for path in target.parent.iterdir()] == ["check.xml"]
    found = ElementTree.parse(target).getroot()
    annotations = [line for line in written.err.splitlines() if line.startswith("::error ")]
    assert len(annotations) >= int(found.get("failures", "0")) > 0
    assert summary.read_text().startswith("### qlz check: 0 of 1 stack pass")


FOREIGN: dict[str, tuple[dict[str, str], int, str]] = {
    "is not there": ({}, 2, "is no folder"),
    "does not start": ({"__main__.py": "raise SystemExit(1)"}, 3, PACK_RULE),
    "is no pack": ({"a.txt": ""}, 3, PACK_RULE),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_pack_that_cannot_be_asked_is_never_a_pass(case: str, workplace: Workplace) -> None:
    files, code, said = FOREIGN[case]
    pack = workplace.root / "pack"
    for name, text in files.items():
        pack.mkdir(exist_ok=True)
        (pack / name).write_text(text)
        if name.endswith(".py"):
            (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    ran = workplace.qlz("check", "organization", "--policy-pack", str(pack))
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err


THROWS = """
    from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
    def look(args, report):
        raise RuntimeError("a rule that throws")
    rule = ResourceValidationPolicy("throws", "It throws.", look)
    PolicyPack("foreign", [rule], EnforcementLevel.MANDATORY)
"""
SPEAKS = THROWS.replace('raise RuntimeError("a rule that throws")', 'report("not like this")')


@pytest.mark.parametrize(
    ("program", "code", "said"), [(THROWS, 3, "a rule that throws"), (SPEAKS, 1, "not like this")]
)
def test_a_pack_of_others_is_asked_as_a_process(
    program: str, code: int, said: str, make_workplace: Callable[[], Workplace]
) -> None:
    from textwrap import dedent

    work = make_workplace()
    pack = work.root / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text(dedent(program))
    ran = work.qlz("check", "organization", "--policy-pack", str(pack), "--json")
    assert ran.code == code
    assert said in json.dumps(ran.document)


def test_the_steps_of_a_preview_are_judged_with_their_stack(acting: Acting) -> None:
    work = acting(quiet="pass")
    urn = "urn:pulumi:sandbox-quiet::qlz::aws:kms/key:Key::trail"
    (work.root / "steps.json").write_text(json.dumps({"steps": [{"op": "delete", "urn": urn}]}))
    ran = work.qlz("check", "sandbox-quiet", "--steps", "steps.json", "--json")
    found = [each for each in ran.document["stacks"][0]["findings"] if each["urn"] == urn]
    assert [(each["rule"], each["level"]) for each in found] == [("qlz-check-steps", "mandatory")]
    assert work.qlz("check", "--all", "--steps", "steps.json").code == 2


def test_bad_usage_is_told_with_its_exit_code(workplace: Workplace) -> None:
    for words in (
        ["check"],
        ["check", "dev", "--all"],
        ["check", "--all", "--changed", "main"],
        ["check", "--all", "--format", "html"],
        ["check", "dev", "--json", "--format", "sarif"],
    ):
        ran = workplace.qlz(*words)
        assert (ran.code, ran.out.strip() in ("",) or "--json" in words) == (2, True), words
    for file in (workplace.root / "stacks").glob("Pulumi.*.yaml"):
        file.unlink()
    empty = workplace.qlz("check", "--all", "--json")
    assert (empty.code, "holds no stack" in empty.document["error"]) == (2, True)


def test_help_has_an_example_and_the_exit_codes(workplace: Workplace) -> None:
    told = " ".join(workplace.qlz("check", "--help").out.split())
    assert "Example: qlz check --all --format sarif --output check.sarif" in told
    assert "Exit codes: 1 where something mandatory says no; else 2" in told


def _rules(document: dict[str, Any]) -> list[str]:
    return [finding["rule"] for stack in document["stacks"] for finding in stack["findings"]]


def test_the_order_is_the_same_whatever_the_jobs(acting: Acting) -> None:
    work = acting(**{f"s{number}": "pass" for number in range(4)})
    names = [f"sandbox-s{number}" for number in (2, 0, 3, 1)]
    one, three = (work.qlz("check", *names, "--json", "--jobs", jobs).document for jobs in ("1", "3"))
    assert [stack["stack"] for stack in one["stacks"]] == names
    for document in (one, three):
        for part in (document, *document["stacks"]):
            del part["seconds"]
    assert one == three
    assert len(set(_rules(one))) > 3
