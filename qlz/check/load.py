"""Reads the stacks that are to be judged; what is wrong in one hides nothing of the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from components.spec import AnyProject, LoadedStack, Problem, SpecError, load_stack
from qlz.check.report import SPEC_RULE, Finding, Rule, StackReport

RULE = Rule(
    id=SPEC_RULE,
    title="Stack file and charter say what they may",
    why="What a stack is built from and judged by is read from these files.",
    fix="Write what the message names; editors complete both files from schemas/.",
    severity="critical",
)


@dataclass
class Loaded:
    """stacks: those that are right, by name. broken: reports of the others. environments: what the right
    projects live in, by name; None where it is not right itself."""

    stacks: dict[str, LoadedStack] = field(default_factory=dict)
    broken: list[StackReport] = field(default_factory=list)
    environments: dict[str, LoadedStack | None] = field(default_factory=dict)


def load(root: Path, names: Iterable[str], aside: Path) -> Loaded:
    """Read stacks by name, and the environments of the projects among them.

    aside: an empty folder for copies of the project, for environments that stand beside broken projects.
    """
    found = Loaded()
    for name in names:
        try:
            found.stacks[name] = load_stack(root, name)
        except SpecError as error:
            found.broken.append(_report(name, error.problems))
    for stack in found.stacks.values():
        if isinstance(stack.stack, AnyProject):
            name = stack.environment.name
            if name not in found.environments:
                found.environments[name] = found.stacks.get(name) or _environment(root, name, aside)
    return found


def _environment(root: Path, name: str, aside: Path) -> LoadedStack | None:
    """An environment for its answers, without the projects in it that are broken: what is wrong in one of
    them is told of that one, and is no reason to leave its neighbours unjudged."""
    try:
        return load_stack(root, name)
    except SpecError as error:
        own = {f"stacks/Pulumi.{name}.yaml", "Pulumi.yaml"}
        files = {problem.file for problem in error.problems}
    if files & own:
        return None
    return _alone(root, name, aside / name, files)


def _alone(root: Path, name: str, copy: Path, wrong: set[str]) -> LoadedStack | None:
    copy.mkdir(parents=True)
    shutil.copytree(root / "stacks", copy / "stacks", ignore=_unreadable)
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy2(root / file, copy / file)
    for only in (wrong, None):  # a charter that is wrong takes some looking for
        for path in (copy / "stacks").glob("Pulumi.*.yaml"):
            stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
            bad = f"stacks/{path.name}" in only if only is not None else not _is_right(copy, stack)
            if stack != name and bad:
                path.unlink()
        if _is_right(copy, name):
            return load_stack(copy, name)
    return None


def _unreadable(folder: str, names: list[str]) -> list[str]:
    """Links to nothing, pipes, and folders by the name of a stack file: no reader gets anything from them."""
    paths = {name: Path(folder) / name for name in names}
    return [
        name
        for name, path in paths.items()
        if not path.is_file() and (name.startswith("Pulumi.") or not path.is_dir())
    ]


def _is_right(root: Path, name: str) -> bool:
    try:
        load_stack(root, name)
    except SpecError:
        return False
    return True


def _report(name: str, problems: Iterable[Problem]) -> StackReport:
    findings = tuple(
        Finding(
            rule=SPEC_RULE,
            message=problem.message,
            source="spec",
            stack=name,
            file=problem.file,
            line=problem.line,
            key=problem.key,
            why=RULE.why,
            fix=problem.fix or RULE.fix,
            severity="critical",
        )
        for problem in problems
    )
    return StackReport(name, findings, file=f"stacks/Pulumi.{name}.yaml")
