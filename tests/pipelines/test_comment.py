"""A comment shows a report that an untrusted job wrote, and believes nothing in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.comment import LONGEST, MARK, body
from tests.pipelines.templates import PIPELINES

GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$TOLD"
case "$*" in
  *"/pulls "*) cat "$PULLS" ;;
  *"/files?"*) cat "$FILES" ;;
  *"/pulls/"*) jq '.[-1]' "$PULLS" ;;
  *"/comments"*--paginate* | *--paginate*"/comments"*) cat "$COMMENTS" ;;
esac
case "$*" in *"body=@-"*) cat >"$TOLD.body" ;; esac
"""


def report(folder: Path, text: str) -> Path:
    (folder / "report.txt").write_text(text, encoding="utf-8")
    return folder


def test_it_says_what_the_job_concluded_not_what_the_report_says(tmp_path: Path) -> None:
    said = body(report(tmp_path, "all 13 stacks pass"), "failure", "branch")
    assert said.startswith(MARK)
    assert "The check says no" in said
    assert "The check did not end" in body(tmp_path, "cancelled", "branch")
    assert "The check says yes" in body(tmp_path, "success", "branch")


def test_it_says_whose_code_ran(tmp_path: Path) -> None:
    assert "brings code of its own" in body(report(tmp_path, ""), "success", "branch")
    assert "Only `stacks/` differs" in body(report(tmp_path, ""), "success", "base")


@pytest.mark.parametrize("text", ["```\n@everyone <img src=x>\n```", "````\n# Approved\n`````", "a\r```\rb"])
def test_a_report_stays_within_its_fence(tmp_path: Path, text: str) -> None:
    lines = body(report(tmp_path, text), "success", "branch").split("\n")
    opening = next(line for line in lines if line.endswith("text") and set(line[:-4]) == {"`"})
    fence = opening.removesuffix("text")
    inside = lines[lines.index(opening) + 1 : lines.index("</details>") - 2]
    assert lines[lines.index("</details>") - 2] == fence
    assert all(len(fence) > len(run) for line in inside for run in line.split() if set(run) == {"`"})
    assert not any(fence in line for line in inside)


def test_colours_and_control_characters_go(tmp_path: Path) -> None:
    said = body(report(tmp_path, "\x1b[31mred\x1b[0m\x00\x07 and\ttab"), "failure", "branch")
    assert "red and\ttab" in said
    assert "\x1b" not in said


def test_a_long_report_is_cut_and_a_missing_one_is_told(tmp_path: Path) -> None:
    said = body(report(tmp_path, "x" * (3 * LONGEST)), "failure", "branch")
    assert len(said) < 65_536
    assert "the rest is in the job's reports" in said
    (tmp_path / "report.txt").unlink()
    assert "There is no report.txt" in body(tmp_path, "failure", "branch")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("token", encoding="utf-8")
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "report.txt").symlink_to(secret)
    assert "token" not in body(reports, "success", "branch")


def step(
    tmp_path: Path, pulls: object, comments: object, files: object = (), said: str = "found"
) -> tuple[str, list[str]]:
    """What it prints for the next step, and what it asked GitHub."""
    for name, text in {"gh": GH}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "pulls").write_text(json.dumps(pulls), encoding="utf-8")
    (tmp_path / "comments").write_text(json.dumps(comments), encoding="utf-8")
    (tmp_path / "files").write_text(json.dumps(files), encoding="utf-8")
    env = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        **{name.upper(): str(tmp_path / name) for name in ("told", "pulls", "comments", "files")},
        **{"REPOSITORY": "o/r", "HEAD_OWNER": "o", "HEAD_BRANCH": "b", "HEAD_SHA": "f" * 40, "BASE": "main"},
        "CONCLUSION": "failure",
    }
    command = [str(PIPELINES / "steps/comment.sh"), str(report(tmp_path, said))]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return done.stdout, (tmp_path / "told").read_text(encoding="utf-8").splitlines()


needs_jq = pytest.mark.skipif(
    shutil.which("jq") is None, reason="jq, which GitHub's runners have, is not on PATH"
)


@needs_jq
def test_it_comments_once_and_then_replaces_its_comment(tmp_path: Path) -> None:
    pulls = [{"number": 3, "head": {"sha": "e" * 40}}, {"number": 7, "head": {"sha": "f" * 40}}]
    other = {"id": 1, "user": {"login": "somebody"}, "body": MARK}
    printed, asked = step(tmp_path, pulls, [other])
    assert printed == "number=7\n"
    assert any("--method POST repos/o/r/issues/7/comments" in line for line in asked)
    mine = {"id": 9, "user": {"login": "github-actions[bot]"}, "body": f"{MARK}\nbefore"}
    _, asked = step(tmp_path, pulls, [other, mine])
    assert any("--method PATCH repos/o/r/issues/comments/9" in line for line in asked)


@needs_jq
def test_a_commit_that_is_no_longer_the_head_is_left_alone(tmp_path: Path) -> None:
    printed, asked = step(tmp_path, [{"number": 3, "head": {"sha": "e" * 40}}], [])
    assert printed == ""
    assert len(asked) == 1


@needs_jq
@pytest.mark.parametrize(
    ("files", "base"),
    [
        ([{"filename": "stacks/Pulumi.dev.yaml"}], True),
        ([{"filename": "stacks/Pulumi.dev.yaml"}, {"filename": ".github/workflows/check.yml"}], False),
        ([{"filename": "stacks/a.yaml", "previous_filename": "qlz/a.py"}], False),
        ([{"filename": "stacks/a.yaml"}] * 3000, False),
    ],
)
def test_whose_code_ran_is_what_github_says(files: object, base: bool, tmp_path: Path) -> None:
    (tmp_path / "judged.json").write_text('{"code": "base"}', encoding="utf-8")
    step(tmp_path, [{"number": 7, "head": {"sha": "f" * 40}}], [], files)
    said = (tmp_path / "told.body").read_text(encoding="utf-8")
    assert ("Only `stacks/` differs" in said) is base


@needs_jq
def test_a_pull_request_that_moved_on_meanwhile_is_not_believed(tmp_path: Path) -> None:
    pulls = [{"number": 7, "head": {"sha": "f" * 40}}, {"number": 7, "head": {"sha": "e" * 40}}]
    step(tmp_path, pulls, [], [{"filename": "stacks/a.yaml"}])
    assert "brings code of its own" in (tmp_path / "told.body").read_text(encoding="utf-8")


@needs_jq
def test_a_report_of_wide_characters_is_not_too_long_for_a_command(tmp_path: Path) -> None:
    step(tmp_path, [{"number": 7, "head": {"sha": "f" * 40}}], [], said="\N{SNOWMAN}" * (2 * LONGEST))
    assert "the rest is in the job's reports" in (tmp_path / "told.body").read_text(encoding="utf-8")
