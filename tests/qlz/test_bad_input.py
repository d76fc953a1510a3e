"""Mistakes in files and on the command line: exit 2, with file and line, before anything starts."""

from __future__ import annotations

import pytest

from tests.qlz.conftest import Workplace

SANDBOX = "stacks/Pulumi.sandbox.yaml"
OPTIMUS = "stacks/Pulumi.optimus-sandbox.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (SANDBOX, "  qlz:spec:\n", "  qlz:spec: [\n", "Pulumi.sandbox.yaml:"),
        (SANDBOX, "    cost_centre:", "    cost_center:", "did you mean cost_centre?"),
        (SANDBOX, 'account: "111122223333"', "account: 111122223333", 'account: "111122223333"'),
        (OPTIMUS, "      - amazon/dm1\n", "      - amazon/dm2\n", "amazon/dm1"),
        (OPTIMUS, "      region: eu-west-2\n", "      region: eu-north-1\n", "eu-north-1"),
    ],
    ids=["syntax", "unknown key", "unquoted account", "wrong device", "wrong region"],
)
def test_a_mistake_in_a_stack_file(workplace: Workplace, file: str, old: str, new: str, said: str) -> None:
    workplace.edit(file, old, new)
    line = (workplace.root / file).read_text(encoding="utf-8").split(new)[0].count("\n") + 1

    ran = workplace.qlz("rehearse", "up", "sandbox", "optimus-sandbox", "--json")

    assert ran.code == 2, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    problems = ran.document["problems"]
    assert any(p["file"] == file and line <= p["line"] <= line + 3 for p in problems), problems
    assert not (workplace.home / "embedded" / "cloud.json").exists(), "a local cloud was started"


def test_a_stack_that_is_not_there_lists_those_that_are(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "preview", "sandbx")
    assert ran.code == 2
    assert "optimus-sandbox" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["rehearse", "up"],
        ["rehearse", "up", "sandbox", "--engine", "terraform"],
        ["rehearse", "upp", "sandbox"],
        ["rehearse", "up", "sandbox", "--account", "1111"],
        ["rehearse", "up", "sandbox", "--policy-pack", "no/such/pack"],
    ],
)
def test_wrong_usage(workplace: Workplace, arguments: list[str]) -> None:
    ran = workplace.qlz(*arguments, "--json")
    assert ran.code == 2
    assert "Usage:" in ran.err
    assert ran.document["exit_code"] == 2
    assert ran.document["error"]
    assert workplace.qlz(*arguments).out == ""


def test_a_setting_that_makes_no_sense(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "up", "sandbox", "--json", QLZ_CLOUD_IDLE_SECONDS="soon")
    assert ran.code == 2
    assert "QLZ_CLOUD_IDLE_SECONDS" in ran.document["error"]


def test_outside_a_project(workplace: Workplace) -> None:
    (workplace.root / "Pulumi.yaml").unlink()
    ran = workplace.qlz("rehearse", "preview", "sandbox")
    assert ran.code == 2
    assert "no Pulumi.yaml" in ran.err


@pytest.mark.parametrize("command", ["preview", "up", "destroy", "export", "coverage"])
def test_every_help_has_an_example(workplace: Workplace, command: str) -> None:
    ran = workplace.qlz("rehearse", command, "--help")
    assert ran.code == 0
    assert f"Example: qlz rehearse {command}" in ran.out
