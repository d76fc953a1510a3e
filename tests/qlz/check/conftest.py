"""A project whose program does what a test wants of it, by the stack's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.qlz.conftest import Workplace, make_workplace, workplace

__all__ = ["Acting", "acting", "make_workplace", "workplace"]

Acting = Callable[..., Workplace]
"""Takes stack name (of level sandbox) to the statements of its program."""


@pytest.fixture
def acting(make_workplace: Callable[[], Workplace]) -> Acting:
    """A project whose environments run the statements given; each has a file like the sandbox's."""

    def make(**programs: str) -> Workplace:
        work = make_workplace()
        stacks = work.root / "stacks"
        example = (stacks / "Pulumi.sandbox.yaml").read_text(encoding="utf-8")
        for file in stacks.glob("Pulumi.*.yaml"):
            file.unlink()
        for name in programs:
            (stacks / f"Pulumi.sandbox-{name}.yaml").write_text(example, encoding="utf-8")
        (work.root / "__main__.py").write_text(_program(programs), encoding="utf-8")
        return work

    return make


def _program(programs: dict[str, str]) -> str:
    told = "import os, signal, subprocess, sys, threading, time\nfrom pathlib import Path\nimport pulumi\n"
    for name, statements in programs.items():
        told += f"if pulumi.get_stack() == 'sandbox-{name}':\n{indent(dedent(statements), '    ')}\n"
    return told


def lines_of(path: Path) -> list[str]:
    """A file's lines."""
    return path.read_text(encoding="utf-8").splitlines()
