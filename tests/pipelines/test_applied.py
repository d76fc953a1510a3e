"""That a change only tightens is confirmed by what the stack's own state says was applied, or is not so."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.applied import OURS, main
from tests.pipelines.branch import PROD, TIGHTER, WIDER, Branch, entry
from tests.pipelines.templates import PIPELINES, ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Branch:
    return Branch(tmp_path_factory.mktemp("made") / "branch")


@pytest.fixture
def branch(made: Branch, tmp_path: Path) -> Branch:
    return made.copy(tmp_path / "branch")


@pytest.fixture
def asked(branch: Branch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Exit code, what it prints and what it says, for a history; about optimus-prod."""

    def ask(*history: object, text: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(history) if text is None else text))
        code = main(["optimus-prod"], branch.root)
        return (code, *capsys.readouterr())

    return ask


YES, NO = (0, "optimus-prod\n", ""), (0, "", "")


def test_a_change_that_tightens_what_was_applied(branch: Branch, asked: Any) -> None:
    branch.edit(PROD, TIGHTER)
    assert asked(entry(branch.first)) == YES
    assert asked(entry(branch.first), entry("f" * 40)) == YES  # what was before that is over
    assert asked(entry("", kind="refresh", **{"git.dirty": "true"}), entry(branch.first)) == YES


def test_a_merge_that_was_never_applied_is_part_of_the_change(branch: Branch, asked: Any) -> None:
    widened = branch.edit(PROD, WIDER)
    branch.edit(PROD, TIGHTER)
    assert asked(entry(branch.first)) == NO
    assert asked(entry(widened)) == YES


def test_an_apply_that_failed_counts_like_one_that_succeeded(branch: Branch, asked: Any) -> None:
    tightened = branch.edit(PROD, TIGHTER)
    failed = entry(tightened, "failed")
    assert asked(failed, entry(branch.first)) == YES  # tried again
    branch.edit(PROD, TIGHTER[::-1], ("      retention_days: 30", "      retention_days: 20"))
    assert asked(entry(branch.first)) == YES
    assert asked(failed, entry(branch.first)) == NO


@pytest.mark.parametrize("file", ["components/new.py", "policy_packs/new.py", "requirements.txt"])
def test_with_code_nothing_only_tightens(branch: Branch, asked: Any, file: str) -> None:
    branch.edit(PROD, TIGHTER)
    branch.write(file, "# new\n")
    assert asked(entry(branch.first)) == NO


def test_a_stack_that_did_not_change_does_not_tighten(branch: Branch, asked: Any) -> None:
    branch.write("docs/a.md", "")
    assert asked(entry(branch.first)) == NO
    assert asked(entry(branch.commit())) == NO


UNCLEAR: dict[str, dict[str, str]] = {
    "files that were not committed": {"git.dirty": "true"},
    "a part of the stack": {"pulumi.flag.target": "set"},
    "all but a part": {"pulumi.flag.exclude": "set"},
    "other settings": {"pulumi.flag.config-file": "set"},
    "a part, by a variable": {"pulumi.env.PULUMI_OPTION_TARGET": "set"},
    "a commit that nobody has": {"git.head": "f" * 40},
    "a name of a commit": {"git.head": "HEAD^"},
    "no commit": {"git.head": ""},
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_an_apply_of_something_else_confirms_nothing(branch: Branch, asked: Any, case: str) -> None:
    branch.edit(PROD, TIGHTER)
    assert (
        asked({**entry(branch.first), "environment": entry(branch.first, **UNCLEAR[case])["environment"]})
        == NO
    )
    failed = entry(branch.first, "failed", **UNCLEAR[case])
    assert asked(failed, entry(branch.first)) == NO


@pytest.mark.parametrize("kind", ["destroy", "import", "resource-import", "rename", "preview", ""])
def test_what_is_no_apply_confirms_nothing(branch: Branch, asked: Any, kind: str) -> None:
    branch.edit(PROD, TIGHTER)
    assert asked(entry(branch.first, kind=kind), entry(branch.first)) == NO


def test_without_an_apply_that_succeeded_nothing_is_confirmed(branch: Branch, asked: Any) -> None:
    branch.edit(PROD, TIGHTER)
    assert asked() == NO
    assert asked(entry(branch.first, "failed")) == NO
    assert asked(entry(branch.first, "in-progress")) == NO


def test_after_a_forced_push_nothing_is_confirmed(branch: Branch, asked: Any) -> None:
    gone = branch.edit(PROD, WIDER)
    branch.git("reset", "-q", "--hard", branch.first)
    branch.edit(PROD, TIGHTER)
    assert asked(entry(gone)) == NO
    assert asked(entry(branch.first)) == YES


@pytest.mark.parametrize("result", ["succeeded", "failed"])
def test_an_older_commit_is_not_applied_over_a_later_one(branch: Branch, asked: Any, result: str) -> None:
    later = branch.edit(PROD, TIGHTER)
    branch.git("checkout", "-q", "--detach", branch.first)
    code, printed, said = asked(entry(later, result), entry(branch.first))
    assert (code, printed) == (1, "")
    assert f"was applied from {later}, which is later than this commit" in said
    assert asked(entry(later, result, **{"git.dirty": "true"}), entry(branch.first))[0] == 1


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"kind": "update"}]', "null"])
def test_what_cannot_be_read_stops_it(asked: Any, text: str) -> None:
    code, printed, said = asked(text=text)
    assert (code, printed, "cannot be read" in said) == (2, "", True)


def test_its_stack_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Example:" in capsys.readouterr().err


def test_the_options_are_those_of_the_step() -> None:
    (command,) = (
        line.partition(")")[2].split()
        for line in (PIPELINES / "steps/cloud.sh").read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("up)")
    )
    assert command[:2] == ["pulumi", "up"]
    assert {word.removeprefix("--") for word in command if word.startswith("--")} == OURS


PROGRAM = """
import os, pulumi
if os.environ.get("STOP") and not pulumi.runtime.is_dry_run():
    raise SystemExit(1)
"""


@pytest.mark.cli
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH")
def test_the_clis_own_history_is_read(branch: Branch, asked: Any, tmp_path: Path) -> None:
    def pulumi(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        plain = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": (tmp_path / "backend").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "for this test only",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        stack = ["--stack", "organization/qlz/optimus-prod"]
        command = ["pulumi", *words, *(stack if words[1] != "init" else stack[1:])]
        return subprocess.run(
            command, cwd=branch.root, env={**plain, **env}, capture_output=True, text=True, check=False
        )

    def history() -> str:
        done = pulumi("stack", "history", "--json", "--page", "1", "--page-size", "100")
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "backend").mkdir()
    (branch.root / ".gitignore").write_text(".venv\n")
    (branch.root / ".venv").symlink_to(ROOT / ".venv")
    branch.write("__main__.py", PROGRAM)
    assert pulumi("stack", "init").returncode == 0
    branch.commit()
    assert asked(text=history()) == NO
    up = ("up", "--non-interactive", "--yes")
    done = pulumi(*up)
    assert done.returncode == 0, done.stdout + done.stderr
    branch.edit(PROD, TIGHTER)
    assert asked(text=history()) == YES
    assert pulumi(*up, STOP="1").returncode != 0
    assert [each["result"] for each in json.loads(history())] == ["failed", "succeeded"]
    assert asked(text=history()) == YES
    (branch.root / "notes.txt").write_text("")
    assert pulumi(*up).returncode == 0
    (branch.root / "notes.txt").unlink()
    branch.edit(PROD, ("      retention_days: 60", "      retention_days: 50"))
    assert asked(text=history()) == NO
