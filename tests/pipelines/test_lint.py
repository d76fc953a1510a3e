"""The templates against the schemas that their systems publish, and against what is known to be unsafe."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.templates import AZURE, GITHUB, GITLAB, PIPELINES, STEPS

BIN = Path(sys.executable).parent
EXPLAINED = re.compile(r"# zizmor: ignore\[[a-z-]+\] \w+.{20,}")


def lint(schema: str, path: Path, *options: str) -> None:
    command: list[str | Path] = [
        BIN / "check-jsonschema",
        "--builtin-schema",
        f"vendor.{schema}",
        *options,
        path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
def test_workflows_have_githubs_shape(path: Path) -> None:
    lint("github-workflows", path)


def test_the_pipeline_has_gitlabs_shape() -> None:
    lint("gitlab-ci", GITLAB, "--data-transform", "gitlab-ci")


@pytest.mark.parametrize("path", AZURE, ids=lambda path: path.name)
def test_the_pipeline_has_azures_shape(path: Path, tmp_path: Path) -> None:
    # Microsoft's schema knows its own tasks alone, and no expression where a job's name stands.
    text = path.read_text(encoding="utf-8")
    known = tmp_path / path.name
    text = re.sub(r"(?ms)^ *- task: AWSShellScript@1\n.*?(?=^ *- |\Z)", "", text)
    known.write_text(text.replace("${{ parameters.name }}", "name"), encoding="utf-8")
    # One of the schema's patterns is for Python's regular expressions only.
    lint("azure-pipelines", known, "--data-transform", "azure-pipelines", "--regex-variant", "python")


def test_a_wrong_template_does_not_pass(tmp_path: Path) -> None:
    wrong = tmp_path / "check.yml"
    text = (PIPELINES / "github" / "check.yml").read_text(encoding="utf-8")
    wrong.write_text(text.replace("runs-on:", "run-on:"), encoding="utf-8")
    with pytest.raises(AssertionError, match="run-on"):
        lint("github-workflows", wrong)


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [
        BIN / "zizmor",
        "--offline",
        "--persona",
        "pedantic",
        "--no-progress",
        *paths,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_is_known_to_be_unsafe() -> None:
    done = zizmor(*GITHUB)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "No findings" in done.stdout + done.stderr


def test_what_is_unsafe_would_be_found(tmp_path: Path) -> None:
    bad = tmp_path / "check.yml"
    text = (PIPELINES / "github" / "check.yml").read_text(encoding="utf-8")
    bad.write_text(re.sub("@[0-9a-f]{40} # ", "@", text), encoding="utf-8")
    assert zizmor(bad).returncode != 0


def test_every_ignore_is_explained() -> None:
    for path in GITHUB:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "zizmor:" in line:
                assert EXPLAINED.search(line), f"{path.name}: {line}"


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.name)
def test_steps_are_shell(path: Path) -> None:
    subprocess.run(["bash", "-n", path], check=True)
