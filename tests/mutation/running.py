"""Runs mutants through the packs and says which survive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_packs.controls.control import Verdict
from tests.mutation.judging import Judge
from tests.mutation.mutant import Change
from tests.mutation.properties import property_changes
from tests.mutation.recording import Recorded, Recording
from tests.mutation.resources import resource_changes


@dataclass(frozen=True)
class Result:
    """What became of one mutant. control: who said no, or empty; undecided: it said "cannot decide"."""

    stack: str
    made: bool
    type: str
    name: str
    kind: str
    where: str
    control: str = ""
    undecided: bool = False

    @property
    def killed(self) -> bool:
        return bool(self.control)

    def __str__(self) -> str:
        when = "up" if self.made else "first preview"
        return " | ".join((self.stack, when, self.type, self.name, self.kind, self.where))


def changes(recording: Recording) -> Iterator[tuple[Recorded, Change]]:
    """Every mutant of a stack: of what a provider makes, and of the providers."""
    for resource in recording.resources:
        if resource.provider_type or resource.type.startswith("pulumi:providers:"):
            for change in resource_changes(recording, resource):
                yield resource, change
            if resource.inputs is not None:
                for change in property_changes(resource):
                    yield resource, change


def run(recording: Recording, one_of: int = 1) -> list[Result]:
    """Judge a stack's mutants, or one of so many, always the same ones.

    Raises AssertionError where a control says no to the unchanged stack: then nothing else it says is news.
    """
    judge = Judge(recording)
    if judge.baseline:
        raise AssertionError(f"{recording.stack} does not comply as it is: {sorted(judge.baseline)[0]}")
    return [
        _result(recording, resource, change, judge)
        for resource, change in changes(recording)
        if _chosen(resource, change, one_of)
    ]


def _result(recording: Recording, resource: Recorded, change: Change, judge: Judge) -> Result:
    killed = judge.killed(resource.urn, change)
    return Result(
        stack=recording.stack,
        made=recording.made,
        type=resource.type,
        name=resource.name,
        kind=change.kind,
        where=change.where,
        control=killed.control if killed else "",
        undecided=killed is not None and killed.verdict is Verdict.CANNOT_DECIDE,
    )


def _chosen(resource: Recorded, change: Change, one_of: int) -> bool:
    text = f"{resource.type} {resource.name} {change.kind} {change.where}"
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % one_of == 0


def survivors(results: Sequence[Result]) -> list[Result]:
    return [each for each in results if not each.killed]
