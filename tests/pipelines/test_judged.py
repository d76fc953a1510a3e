"""The shell of the check jobs, on a clone of this repository: what a branch does to pass, and does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipelines.branch import PROD, TIGHTER, WIDER
from tests.pipelines.templates import PIPELINES, ROOT, read

PACK = "policy_packs/controls/registry.py"
EMPTY = """
def all_controls() -> tuple[Control, ...]:  # a branch's idea of a pack
    return ()
"""


def script() -> str:
    """The shell of one step of the workflow that checks pull requests."""
    found = read(PIPELINES / "github" / "check.yml")["jobs"]["check"]["steps"][1]["run"]
    assert isinstance(found, str)
    return found


class Clone:
    """main, with whatever is in the work tree now, and a branch merged into it as GitHub does."""

    def __init__(self, folder: Path) -> None:
        self.root, self.temp = folder / "clone", folder / "temp"
        self.temp.mkdir()
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if not name.startswith(("tests/", "docs/")) and (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.root / name)
        (self.root / "scripts/setup.sh").write_text("#!/bin/sh\n")  # what it sets up is linked in here
        self.git("init", "-q", "-b", "main")
        self.commit()
        (self.root / ".git/info/exclude").write_text(".venv\n")
        (self.root / ".venv").symlink_to(ROOT / ".venv")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")

    def outputs(self, since: str) -> dict[str, object]:
        """What the step that lists stacks tells the jobs after it; stacks by name."""
        command = ["pipelines/steps/select.sh", str(self.temp / "reports"), since]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.temp), "PYTHONPATH": str(self.root)}
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**env, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told = dict(line.split("=", 1) for line in done.stdout.splitlines())
        del told["plan"]
        return {
            name: text if name == "held" else [row["stack"] for row in json.loads(text)]
            for name, text in told.items()
        }

    def check(self, *words: str) -> int:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.temp), "PYTHONPATH": str(self.root)}
        command = [".venv/bin/qlz", "check", *words]
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, check=False).returncode

    def judge(self, change: Callable[[Path], object]) -> tuple[int, str]:
        """A branch with a change, merged, and judged by the workflow's own shell."""
        self.git("checkout", "-q", "-B", "branch", "main")
        change(self.root)
        self.commit()
        self.git("checkout", "-q", "--detach", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "branch")
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            ["bash", "-c", script()], cwd=self.root, env=env, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr


def edit(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        text = (root / name).read_text(encoding="utf-8")
        assert old in text, name
        (root / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("judged"))


def test_a_harmless_change_passes(clone: Clone) -> None:
    code, said = clone.judge(
        edit("stacks/Pulumi.optimus-sandbox.yaml", "retention_days: 90", "retention_days: 60")
    )
    assert code == 0, said
    assert "program of base" in said
    assert (clone.temp / "reports" / "report.sarif").stat().st_size
    assert "optimus-sandbox" in (clone.temp / "reports" / "report.txt").read_text()


def test_a_wrong_stack_file_is_bad_input(clone: Clone) -> None:
    code, said = clone.judge(edit("stacks/Pulumi.optimus-sandbox.yaml", "amazon/dm1", "amazon/dm9"))
    assert code == 2, said
    assert "Pulumi.optimus-sandbox.yaml" in said


def test_a_branch_that_weakens_a_guard_and_empties_the_pack_is_stopped(clone: Clone) -> None:
    def change(root: Path) -> None:
        edit("components/braket/buckets.py", "block_public_policy=True", "block_public_policy=False")(root)
        with (root / PACK).open("a", encoding="utf-8") as stream:
            stream.write(EMPTY)

    code, said = clone.judge(change)
    assert code == 1, said
    assert "program of branch" in said
    assert "public" in said


def test_an_overdue_review_holds_up_what_widens_and_no_other(clone: Clone) -> None:
    clone.git("checkout", "-q", "-B", "branch", "main")
    edit("stacks/charters/optimus.yaml", 'next_review: "2027-02-01"', 'next_review: "2026-11-10"')(clone.root)
    edit("stacks/Pulumi.prod-optimus.yaml", 'next_review: "2027-02-01"', 'next_review: "2026-11-10"')(
        clone.root
    )
    clone.commit()
    before = clone.git("rev-parse", "HEAD")
    edit(PROD, *TIGHTER)(clone.root)
    edit("stacks/Pulumi.catalyst-sandbox.yaml", "retention_days: 90", "retention_days: 120")(clone.root)
    clone.commit()
    assert clone.check("optimus-prod") == 1
    assert clone.check("optimus-prod", "--changed", before) == 0
    edit(PROD, *WIDER)(clone.root)
    clone.commit()
    assert clone.outputs(before) == {
        "held": "prod-optimus optimus-prod",
        "environments": ["azure-sandbox"],
        "projects": ["catalyst-sandbox"],
    }


def test_an_environment_that_would_lose_a_project_without_its_exit_is_held_up(clone: Clone) -> None:
    clone.git("checkout", "-q", "-B", "branch", "main")
    before = clone.git("rev-parse", "HEAD")
    (clone.root / "stacks/Pulumi.optimus-dev.yaml").unlink()
    edit("stacks/Pulumi.catalyst-sandbox.yaml", "retention_days: 90", "retention_days: 60")(clone.root)
    clone.commit()
    assert clone.check("dev", "--changed", before) == 1
    assert clone.outputs(before) == {
        "held": "dev",
        "environments": ["azure-sandbox"],
        "projects": ["catalyst-sandbox"],
    }
    held = ["pipelines/steps/held.sh", "dev", before]
    env = {"PATH": os.environ["PATH"], "HOME": str(clone.temp), "PYTHONPATH": str(clone.root)}
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(held, cwd=clone.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "stack optimus-dev has lost its file" in done.stderr
