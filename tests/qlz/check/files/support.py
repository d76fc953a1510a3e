"""A copy of the project's stack files in a git repository of a test's own."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qlz.check.files import file_findings
from qlz.check.report import Finding

ROOT = Path(__file__).parents[4]
TODAY = date(2026, 11, 22)
QUIET = ("qlz-file-c3-not-compared",)


@dataclass(frozen=True)
class Repository:
    """Its root is a folder in the repository, as a project in a larger one has it."""

    root: Path

    def git(self, *words: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        ran = subprocess.run(
            ["git", *identity, *words], cwd=self.root, capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    def commit(self) -> str:
        """Everything there is; returns the commit."""
        self.git("add", "--all", "--force", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a step")
        return self.git("rev-parse", "HEAD")

    def write(self, path: str, data: str | bytes) -> str:
        where = self.root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def findings(self, base: str | None = None, today: date = TODAY) -> list[Finding]:
        """All but the word that nothing was compared."""
        return [each for each in file_findings(self.root, base, today) if each.rule not in QUIET]

    def told(self, base: str | None = None, today: date = TODAY) -> list[tuple[str, str, int, str]]:
        return [(each.rule, each.file, each.line, each.level) for each in self.findings(base, today)]


def repository(folder: Path) -> Repository:
    """With the project's own stack files, committed."""
    root = folder / "somewhere" / "project"
    root.mkdir(parents=True)
    shutil.copy(ROOT / "Pulumi.yaml", root)
    shutil.copytree(ROOT / "stacks", root / "stacks")
    made = Repository(root)
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", str(folder)], check=True)
    made.commit()
    return made
