"""What a person may ask of `qlz check`. Light: `--help` and usage errors load no engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is asked.

    stacks: by name; with `every` all that have a file, with `base` those that the branch touches since it
    left that commit. Stacks and base: those stacks, touched or not, of which no day stops one that the branch
    only tightens. state: an exported deployment to judge instead. steps: a preview of the one stack, whose
    deletes and replacements are judged, too. output: a file for the report.
    jobs: how many stacks at a time, 0 for as many as there are processors. seconds: how long one stack's
    program may take.
    """

    stacks: tuple[str, ...] = ()
    every: bool = False
    format: Format | None = None
    state: Path | None = None
    base: str | None = None
    policy_packs: tuple[Path, ...] = ()
    steps: Path | None = None
    output: Path | None = None
    jobs: int = 0
    seconds: float = 120.0
    root: Path | None = None
