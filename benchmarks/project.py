"""A project of many stacks, written to a folder: what one has that grew for some years."""

from __future__ import annotations

import compileall
import re
import shutil
from pathlib import Path

from benchmarks.common import ROOT

_PROGRAM = ("__main__.py", "Pulumi.yaml", "components", "policy_packs", "qlz", "rehearsal", "schemas")
_STACK, _CHARTER, _ENVIRONMENT = "Pulumi.optimus-sandbox.yaml", "charters/optimus.yaml", "Pulumi.sandbox.yaml"
_BUDGET = """\
    budget:
      usd_per_month: "300"
"""
TOGETHER = 10
"""So many projects share an environment."""


def copy_project(root: Path) -> None:
    """The project as it is, compiled, where nobody else writes."""
    _copy_program(root)
    shutil.copytree(ROOT / "stacks", root / "stacks")


def _copy_program(root: Path) -> None:
    root.mkdir()
    for name in _PROGRAM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    compileall.compile_dir(root, quiet=2)


def write_project(root: Path, projects: int) -> list[str]:
    """The program and packs as they are, environments, and projects in them; names of the projects' stacks.

    Each project is optimus in a sandbox, with a budget, under a name of its own; each environment is the
    sandbox in an account of its own.
    """
    _copy_program(root)
    stacks = ROOT / "stacks"
    shutil.copytree(stacks / "identity", root / "stacks" / "identity")
    (root / "stacks" / "charters").mkdir()
    files = {name: (stacks / name).read_text(encoding="utf-8") for name in (_STACK, _CHARTER, _ENVIRONMENT)}
    names = []
    for number in range(projects):
        environment, project = f"sandbox-{number // TOGETHER:02}", f"project{number:03}"
        account = f"{111_122_223_333 + number // TOGETHER}"
        text = files[_ENVIRONMENT].replace("111122223333", account)
        text = re.sub(r"(plan|apply): sandbox-", rf"\1: {environment}-", text)  # each a place of its own
        (root / "stacks" / f"Pulumi.{environment}.yaml").write_text(text, encoding="utf-8")
        names.append(f"{project}-{environment}")
        text = files[_STACK].replace("charter: optimus", f"charter: {project}")
        text = text.replace("environment: sandbox #", f"environment: {environment} #")
        text = text.replace("org/optimus", f"org/{project}").replace("111122223333", account)
        text = text.replace('"123456789"', f'"{100_000 + number}"') + _BUDGET
        (root / "stacks" / f"Pulumi.{names[-1]}.yaml").write_text(text, encoding="utf-8")
        text = files[_CHARTER].replace("name: optimus", f"name: {project}")
        (root / "stacks" / "charters" / f"{project}.yaml").write_text(text, encoding="utf-8")
    return names
