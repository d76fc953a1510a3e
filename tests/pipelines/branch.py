"""A protected branch that holds this project's stack files, and what is merged into it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.pipelines.templates import ROOT

PROD = "stacks/Pulumi.optimus-prod.yaml"
CHARTER = "stacks/charters/optimus.yaml"
TIGHTER = ("      retention_days: 90", "      retention_days: 60")
WIDER = ('usd_per_month: "1200"', 'usd_per_month: "9000"')


class Branch:
    """Each change is one commit of `main`."""

    def __init__(self, root: Path, first: str = "") -> None:
        self.root, self.first = root, first
        if first:
            return
        shutil.copytree(ROOT / "stacks", root / "stacks")
        shutil.copy(ROOT / "Pulumi.yaml", root)
        self.git("init", "-q", "-b", "main")
        self.first = self.commit()

    def copy(self, root: Path) -> Branch:
        """Another clone of it."""
        shutil.copytree(self.root, root)
        return Branch(root, self.first)

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def edit(self, name: str, *pairs: tuple[str, str]) -> str:
        """Its commit."""
        text = (self.root / name).read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        return self.write(name, text)

    def write(self, name: str, text: str) -> str:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")
        return self.commit()


def entry(commit: str, result: str = "succeeded", kind: str = "update", **more: str) -> dict[str, Any]:
    """What the CLI writes down of an apply by the pipelines."""
    flags = {f"pulumi.flag.{flag}": "set" for flag in ("stack", "non-interactive", "yes")}
    told = {"git.head": commit, "git.dirty": "false", "pulumi.env.PULUMI_OPTION_POLICY_PACK": "set", **flags}
    return {"kind": kind, "result": result, "environment": {**told, **more}}
