"""A copy of the project for each test, and one local cloud home for the whole module of tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.local_azure.client import LocalAzure
from rehearsal.local_cloud import LocalCloud
from rehearsal.pulumi_cli.project_copy import copy_project
from tests.days import reviewed_today

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Workplace:
    """A project of its own, with its own home for rehearsals."""

    root: Path
    home: Path

    def qlz(self, *arguments: str, **environment: str) -> Ran:
        """Run `qlz ARGUMENTS` in the project, as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "qlz", *arguments],
            cwd=self.root,
            env={**os.environ, "QLZ_HOME": str(self.home), "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace one place in a file of the project."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is in {file} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def make_workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Workplace]]:
    made: list[Workplace] = []

    def make() -> Workplace:
        folder = tmp_path_factory.mktemp("work")
        copy_project(ROOT, folder / "project")
        reviewed_today(folder / "project" / "stacks")
        made.append(Workplace(folder / "project", folder / "home"))
        return made[-1]

    yield make
    for work in made:
        for engine in ("embedded", "pulumi"):
            home = work.home / engine
            found = [LocalCloud.find(home), LocalAzure.find(home)] if home.exists() else []
            for cloud in found:
                if cloud is not None:
                    cloud.stop()


@pytest.fixture
def workplace(make_workplace: Callable[[], Workplace]) -> Workplace:
    return make_workplace()
