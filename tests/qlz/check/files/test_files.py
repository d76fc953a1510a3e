"""What is found in a project's files by themselves, and what goes round it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qlz.check.files import RULES, file_findings
from qlz.check.files.rules import OMITTED, OUTPUT, SECRET, STRAY
from qlz.check.files.scanner import MOST_BYTES
from qlz.exit_codes import CommandError, ExitCode
from tests.qlz.check.files.support import ROOT, TODAY, Repository
from tests.qlz.check.files.test_scanner import AWS_ID, GITHUB

STACK = "stacks/Pulumi.optimus-dev.yaml"
OTHER_ID = AWS_ID[:-4] + "HKLM"
OUTPUTS = {"output_type": "stream", "name": "stdout", "text": ["0.97\n"]}


def notebook(*outputs: object) -> str:
    cell = {"cell_type": "code", "source": ["run()"], "metadata": {}, "outputs": list(outputs)}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_the_project_itself_is_clean() -> None:
    found = [each for each in file_findings(ROOT, None, TODAY) if each.level == "mandatory"]
    assert found == []


def test_a_clean_project_says_only_what_was_not_compared(project: Repository) -> None:
    (found,) = file_findings(project.root, None, TODAY)
    assert (found.rule, found.level) == ("qlz-file-c3-not-compared", "advisory")
    assert file_findings(project.root, "HEAD", TODAY) == []


def test_every_finding_is_of_a_rule_that_is_told(project: Repository) -> None:
    project.write("bell.ipynb", notebook(OUTPUTS, {"text": [AWS_ID]}))
    project.write("stacks/odd.txt", "x")
    found = file_findings(project.root, None, date(2040, 1, 1))
    assert {each.rule for each in found} <= set(RULES)
    assert all(each.source == "file" and each.fix and each.why for each in found)


# --- secrets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["stacks/Pulumi.optimus-dev.yaml", "a/deep/x.py", ".hidden", "stacks/sub/x.YAML", "notes"]
)
def test_a_secret_is_found_without_showing_it(project: Repository, path: str) -> None:
    before = (project.root / path).read_text() if (project.root / path).exists() else ""
    project.write(path, f"{before}\n# {AWS_ID}\n")
    found = [each for each in project.findings() if each.rule == SECRET.id]
    assert [(each.file, each.line) for each in found] == [(path, before.count("\n") + 2)]
    assert AWS_ID not in repr(found)
    assert SECRET.id in [each.rule for each in project.findings("HEAD") if each.file == path]


def test_what_git_ignores_is_nobody_elses(project: Repository) -> None:
    project.write(".gitignore", "*.key\n")
    project.write("my.key", GITHUB)
    assert project.told() == []
    project.git("add", "--force", "my.key")
    assert project.told() == [(SECRET.id, "my.key", 1, "mandatory")]


def test_with_a_base_only_what_changed_is_looked_through(project: Repository) -> None:
    project.write("old.txt", AWS_ID)
    base = project.commit()
    project.write("new.txt", GITHUB)
    assert project.told(base) == [(SECRET.id, "new.txt", 1, "mandatory")]
    assert len(project.told()) == 2


def test_what_a_later_commit_took_out_is_in_the_history(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write("tool.py", f"key = '{AWS_ID}'\n")
    version = project.git("hash-object", "tool.py")
    project.commit()
    project.write("tool.py", "key = read()\n")
    project.commit()
    (found,) = project.findings(base)
    assert (found.rule, found.file, found.line) == (SECRET.id, "tool.py", 0)
    assert "in line 1 of a version of this branch" in found.message
    assert version[:12] in found.message
    (project.root / "tool.py").unlink()
    project.commit()
    assert [each.rule for each in project.findings(base)] == [SECRET.id], "nor does removing the file help"
    assert project.told("HEAD") == []


def test_another_secret_of_the_same_kind_is_another_one(project: Repository) -> None:
    """What the file holds now, excepted or not, says nothing of what it held before."""
    base = project.git("rev-parse", "HEAD")
    for number, secret in enumerate((OTHER_ID, AWS_ID, OTHER_ID, AWS_ID)):
        project.write("tool.py", f"key = '{secret}' # {number}\n")
        project.commit()
    found = [(each.rule, each.line, OTHER_ID in repr(each)) for each in project.findings(base)]
    assert found == [(SECRET.id, 0, False), (SECRET.id, 1, False)]


def test_what_only_a_merge_held_is_in_the_history(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write("theirs.py", "a = 1\n")
    project.commit()
    project.git("checkout", "--quiet", "-b", "side", base)
    project.write("ours.py", "b = 1\n")
    project.commit()
    project.git("merge", "--quiet", "--no-commit", "main")
    project.write("tool.py", f"key = '{AWS_ID}'\n")
    project.commit()
    (project.root / "tool.py").unlink()
    project.commit()
    assert [(each.rule, each.file) for each in project.findings(base)] == [(SECRET.id, "tool.py")]


def test_a_version_that_was_too_long_is_not_decided(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write("big.bin", b"x" * (MOST_BYTES + 1))
    project.commit()
    (project.root / "big.bin").unlink()
    project.commit()
    (found,) = project.findings(base)
    assert (found.rule, found.file, found.verdict) == (SECRET.id, "big.bin", "undecided")


def test_a_file_that_is_too_long_is_not_decided(project: Repository) -> None:
    project.write("big.bin", b"x" * (MOST_BYTES + 1))
    (found,) = project.findings()
    assert (found.rule, found.verdict, found.code) == (SECRET.id, "undecided", ExitCode.UNDECIDED)


def test_a_link_is_not_followed_out_of_the_project(project: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(AWS_ID)
    (project.root / "link").symlink_to(tmp_path / "outside")
    (project.root / "token").symlink_to(GITHUB)
    assert project.told() == [(SECRET.id, "token", 1, "mandatory")]


@pytest.mark.parametrize("name", ["\n", ":", "a\n::error file=x::b", "tab\tname", "\udcff", "-x", "sp ace"])
def test_names_of_files_hide_nothing_and_say_nothing(project: Repository, name: str) -> None:
    base = project.git("rev-parse", "HEAD")
    (project.root / name).write_text(AWS_ID)
    project.commit()
    found = [*project.findings(), *project.findings(base)]
    (project.root / name).unlink()
    project.commit()
    found += project.findings(base)
    assert [each.rule for each in found] == [SECRET.id] * 3
    assert all(each.file.isprintable() and each.message.isprintable() for each in found)


def test_without_git_everything_there_is_looked_through(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "x.txt").write_text(AWS_ID)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/y.txt").write_text(AWS_ID)
    found = file_findings(tmp_path, None, TODAY)
    assert [each.file for each in found if each.rule == SECRET.id] == ["x.txt"]
    with pytest.raises(CommandError) as error:
        file_findings(tmp_path, "HEAD", TODAY)
    assert error.value.code == ExitCode.BAD_INPUT


@pytest.mark.parametrize("base", ["no-such-branch", "--help", "", "HEAD~99"])
def test_a_base_that_git_does_not_know_is_no_pass(project: Repository, base: str) -> None:
    with pytest.raises(CommandError) as error:
        project.findings(base)
    assert error.value.code == ExitCode.BAD_INPUT


# --- notebooks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["bell.ipynb", "deep/BELL.IPYNB"])
def test_outputs_stay_out_of_the_repository(project: Repository, path: str) -> None:
    project.write(path, notebook())
    assert project.told() == []
    text = project.write(path, notebook(OUTPUTS))
    line = notebook(OUTPUTS).split("\n").index('   "outputs": [') + 1
    assert project.told() == [(OUTPUT.id, text, line, "mandatory")]


def test_what_widgets_show_is_an_output(project: Repository) -> None:
    text = json.dumps({"cells": [], "metadata": {"widgets": {"application/x": {"state": {"1": "0.97"}}}}})
    project.write("bell.ipynb", text)
    (found,) = project.findings()
    assert found.message.partition(" (file::")[0] == "holds the outputs of 0 cells and of widgets"


@pytest.mark.parametrize("data", ["", "{", "[]", '{"cells": 1}', '{"cells": ["x"]}', '{"nbformat": 4}'])
def test_a_notebook_that_cannot_be_read_is_not_decided(project: Repository, data: str) -> None:
    project.write("bell.ipynb", data)
    (found,) = project.findings()
    assert (found.rule, found.verdict) == (OUTPUT.id, "undecided")


# --- deletion by omission -----------------------------------------------------------------------------------


def test_a_stack_whose_file_is_gone(project: Repository) -> None:
    (project.root / STACK).unlink()
    found = project.findings("HEAD")
    assert [(each.rule, each.file, each.stack, each.level) for each in found] == [
        (OMITTED.id, STACK, "optimus-dev", "mandatory"),
        (OMITTED.id, STACK, "dev", "mandatory"),
    ]
    assert all(
        "stack optimus-dev has lost its file, and was active at HEAD" in each.message for each in found
    )
    project.commit()
    assert project.findings("HEAD~1") == [
        replace(each, message=each.message.replace("HEAD", "HEAD~1")) for each in found
    ]


def test_a_stack_that_was_decommissioned_before_may_go(project: Repository) -> None:
    project.edit(STACK, "lifecycle: active", "lifecycle: decommissioned")
    base = project.commit()
    (project.root / STACK).unlink()
    assert project.told(base) == []


def test_decommissioning_and_removing_in_one_branch_is_refused(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    project.edit(STACK, "lifecycle: active", "lifecycle: decommissioned")
    project.commit()
    (project.root / STACK).unlink()
    project.commit()
    assert [(each.rule, each.stack) for each in project.findings(base)] == [
        (OMITTED.id, "optimus-dev"),
        (OMITTED.id, "dev"),
    ]


@pytest.mark.parametrize(
    "new", ["Pulumi.optimus-dev2.yaml", "Pulumi.Optimus-dev.yaml", "old/Pulumi.optimus-dev.yaml", "x.yml"]
)
def test_a_stack_whose_file_has_moved(project: Repository, new: str) -> None:
    target = project.root / "stacks" / new
    target.parent.mkdir(exist_ok=True)
    (project.root / STACK).rename(target)
    found = [each for each in project.findings("HEAD") if each.rule == OMITTED.id]
    assert [(each.file, each.stack) for each in found] == [(STACK, "optimus-dev"), (STACK, "dev")]
    assert ("says the same" in found[0].message) is ("/" not in new)


@pytest.mark.parametrize(
    ("stack", "old", "new"),
    [
        ("optimus-dev", 'account: "', 'account: "9'),
        ("sandbox", "region: eu-west-2", "region: eu-north-1"),
        ("catalyst-dev", 'subscription: "', 'subscription: "f'),
        ("azure-dev", "location: ", "location: x"),
    ],
)
def test_a_stack_that_moves_leaves_what_it_holds(project: Repository, stack: str, old: str, new: str) -> None:
    file = f"stacks/Pulumi.{stack}.yaml"
    project.edit(file, old, new)
    found = [each for each in project.findings("HEAD") if each.rule == OMITTED.id]
    assert [(each.file, each.stack) for each in found] == [(file, stack)]
    assert "would leave there what it holds" in found[0].message


@pytest.mark.parametrize(
    ("old", "new"), [("environment: dev", "environment: sandbox"), ("environment: dev", "")]
)
def test_a_project_that_leaves_its_environment_is_told_there_too(
    project: Repository, old: str, new: str
) -> None:
    project.edit(STACK, old, new)
    found = [each for each in project.findings("HEAD") if each.rule == OMITTED.id]
    assert [each.stack for each in found] == ["optimus-dev", "dev"]
    assert {each.key for each in found} == {"environment"}


def test_an_environment_that_goes_with_its_project_is_told_once(project: Repository) -> None:
    (project.root / STACK).unlink()
    (project.root / "stacks/Pulumi.dev.yaml").unlink()
    found = [each.stack for each in project.findings("HEAD") if each.rule == OMITTED.id]
    assert sorted(found) == ["dev", "optimus-dev"]


def test_a_decommissioned_stack_leaves_nothing(project: Repository) -> None:
    project.edit(STACK, "lifecycle: active", "lifecycle: decommissioned")
    base = project.commit()
    project.edit(STACK, 'account: "', 'account: "9')
    assert [each for each in project.findings(base) if each.rule == OMITTED.id] == []


def test_one_that_could_not_be_read_then_is_not_decided(project: Repository) -> None:
    project.write(STACK, "config: [")
    base = project.commit()
    (project.root / STACK).unlink()
    (found,) = project.findings(base)
    assert (found.rule, found.verdict) == (OMITTED.id, "undecided")


def test_an_environment_and_a_charter_that_are_gone(project: Repository) -> None:
    (project.root / "stacks/Pulumi.dev.yaml").unlink()
    (project.root / "stacks/charters/optimus.yaml").unlink()
    found = {each.file: each.message for each in project.findings("HEAD") if each.rule == OMITTED.id}
    assert set(found) == {"stacks/Pulumi.dev.yaml", "stacks/charters/optimus.yaml"}
    assert "stacks/Pulumi.optimus-sandbox.yaml" in found["stacks/charters/optimus.yaml"]


def test_a_charter_that_nobody_goes_by_may_go(project: Repository) -> None:
    project.write("stacks/charters/spare.yaml", "name: spare\n")
    base = project.commit()
    (project.root / "stacks/charters/spare.yaml").unlink()
    assert [each for each in project.findings(base) if each.rule == OMITTED.id] == []


# --- places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "stacks/sub/Pulumi.hidden.yaml",
        "stacks/Pulumi.hidden.YAML",
        "stacks/Pulumi.hidden.yml",
        "stacks/pulumi.hidden.yaml",
        "stacks/charters/sub/x.yaml",
        "stacks/charters/optimus.yml",
        "stacks/identity/x.pem",
        "Pulumi.hidden.yaml",
        "Pulumi.HIDDEN.YML",
    ],
)
def test_a_file_that_nothing_reads(project: Repository, path: str) -> None:
    project.write(path, "a: b\n")
    assert (STRAY.id, path, 0, "mandatory") in project.told()


@pytest.mark.parametrize(
    ("text", "line"), [("garbage: [\n", 2), ("name: spare\n", 1), ("- a\n", 1), ("name: &a b\n", 1)]
)
def test_a_charter_that_no_stack_goes_by_is_judged_too(project: Repository, text: str, line: int) -> None:
    path = project.write("stacks/charters/spare.yaml", text)
    for base in (None, "HEAD"):
        found = [each for each in project.findings(base) if each.rule == STRAY.id]
        assert found
        assert {(each.file, each.level) for each in found} == {(path, "mandatory")}
        assert line in {each.line for each in found}
        assert all("no stack goes by it" in each.message and each.fix for each in found)


def test_a_charter_that_no_stack_goes_by_yet_may_be_there(project: Repository) -> None:
    text = (project.root / "stacks/charters/optimus.yaml").read_text(encoding="utf-8")
    project.write("stacks/charters/spare.yaml", text.replace("name: optimus", "name: spare"))
    assert project.told("HEAD") == []


def test_a_charter_that_a_stack_goes_by_is_told_there_alone(project: Repository) -> None:
    project.write("stacks/charters/optimus.yaml", "garbage: [\n")
    assert project.told("HEAD") == []


@pytest.mark.parametrize("path", ["Pulumi.optimus-dev.yaml", "charters/optimus.yaml", "identity"])
def test_a_link_in_the_folder(project: Repository, tmp_path: Path, path: str) -> None:
    where = project.root / "stacks" / path
    where.rename(tmp_path / "elsewhere")
    where.symlink_to(tmp_path / "elsewhere")
    assert (STRAY.id, f"stacks/{path}", 0, "mandatory") in project.told()


def test_the_folder_as_a_link(project: Repository, tmp_path: Path) -> None:
    (project.root / "stacks").rename(tmp_path / "elsewhere")
    (project.root / "stacks").symlink_to(tmp_path / "elsewhere")
    assert (STRAY.id, "stacks", 0, "mandatory") in project.told()
