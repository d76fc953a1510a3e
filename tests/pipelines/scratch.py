"""A repository to run the steps in: stand-ins for qlz, pulumi and curl that tell what they were asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.pipelines.templates import PIPELINES, ROOT

QLZ = """#!/usr/bin/env bash
printf 'qlz %s\\n' "$*" >>"$TOLD"
printf 'token %s\\n' "${AWS_WEB_IDENTITY_TOKEN_FILE:-none}" >>"$TOLD"
for file in policy_packs/pack.txt components/program.txt stacks/*; do
  printf '%s: %s\\n' "$file" "$(cat "$file")" >&2
done
previous=
for word in "$@"; do [[ $previous != --output ]] || printf 'report' >"$word"; previous=$word; done
exit "${QLZ_SAYS:-0}"
"""
FILES = {
    "stacks/Pulumi.one.yaml": "first",
    "stacks/Pulumi.two.yaml": "second",
    "policy_packs/pack.txt": "pack of main",
    "components/program.txt": "program of main",
    "scripts/setup.sh": "#!/bin/sh\n",
    ".gitignore": ".venv/\n",
}


class Scratch:
    """A git repository, and a copy of the steps outside it, as a pipeline takes one from the base branch."""

    def __init__(self, folder: Path) -> None:
        self.root, self.told = folder / "repository", folder / "told"
        self.steps = folder / "trusted" / "steps"
        shutil.copytree(PIPELINES, folder / "trusted", ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in {**FILES, ".venv/bin/qlz": QLZ}.items():
            self.write(name, text)
        self.told.touch()
        self.git("init", "-q", "-b", "main")
        self.commit("first")

    def with_project(self, **programs: str) -> Scratch:
        """With the project's own code and stack files, and stand-ins for programs: by name."""
        for name in ("pipelines", "components", "stacks"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "Pulumi.yaml", self.root)
        self.write(".gitignore", ".venv/\n__pycache__/\nqlz-reports/\n")
        self.write(".venv/bin/python", f'#!/bin/sh\nexec "{ROOT}/.venv/bin/python" "$@"\n')
        for name, text in programs.items():
            self.write(f"bin/{name}" if name != "qlz" else ".venv/bin/qlz", text)
        return self

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if text.startswith("#!"):
            path.chmod(0o755)

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def branch(self) -> None:
        self.git("checkout", "-q", "-b", "branch")

    def run(
        self, step: str, *words: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A step of the trusted copy, in the repository."""
        return self.call([str(self.steps / step), *words], env)

    def call(
        self, command: list[str], env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.root), "TOLD": str(self.told), **(env or {})}
        return subprocess.run(command, cwd=self.root, env=plain, capture_output=True, text=True, check=False)
