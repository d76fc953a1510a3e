"""Some control goes red for each guard of the real stacks that is removed or weakened.

Here a sample of the mutants of five stacks, always the same; all of them in `make exhaustive`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scripts.mutation import collect
from tests.mutation.page import guard_rate, page
from tests.mutation.reasons import CLASSES, reason_for, reasons
from tests.mutation.recording import Recording, record
from tests.mutation.running import Result, changes, run, survivors

STACKS = ("azure-prod-catalyst", "organization", "prod-optimus", "catalyst-prod", "optimus-prod")
SAMPLE = 12
FLOOR = 2000  # of the sample
WHOLE = 60_000  # of all
LEAST = 0.97
PAGE = Path(__file__).parents[2] / "docs" / "mutation.md"


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    return record(STACKS)


@pytest.fixture(scope="module")
def results(recordings: list[Recording]) -> list[Result]:
    return [each for found in recordings for each in run(found, SAMPLE)]


def unexplained(results: list[Result]) -> list[str]:
    return [str(each) for each in survivors(results) if reason_for(each) is None]


def test_every_survivor_of_the_sample_has_a_reason(results: list[Result]) -> None:
    assert not unexplained(results)


def test_enough_guards_are_held(results: list[Result]) -> None:
    assert len(results) >= FLOOR
    assert guard_rate(results) >= LEAST


def test_every_kind_of_change_is_in_the_sample(results: list[Result]) -> None:
    kinds = Counter(each.kind for each in results)
    needed = {
        "drop-resource",
        "unprotect",
        "drop",
        "flip",
        "more",
        "less",
        "other-reference",
        "drop-statement",
    }
    assert needed | {"drop-key", "all", "everyone", "if-exists", "drop-order", "add-value"} <= set(kinds)
    assert all(kind in {each.kind for each in results if each.killed} for kind in needed)


def test_both_moments_are_judged(results: list[Result]) -> None:
    assert {each.made for each in results} == {True, False}


def test_reasons_are_of_a_class_and_match_something(recordings: list[Recording]) -> None:
    made = [
        Result(found.stack, found.made, resource.type, resource.name, change.kind, change.where)
        for found in recordings
        for resource, change in changes(found)
    ]
    for reason in reasons():
        assert reason.of in CLASSES
        assert any(reason.matches(each) for each in made), reason


@pytest.mark.exhaustive
def test_every_mutant() -> None:
    results = collect()
    assert not unexplained(results)
    assert len(results) >= WHOLE
    assert guard_rate(results) >= LEAST
    used = {reason_for(each) for each in survivors(results)}
    assert not [each for each in reasons() if each not in used], "a reason that explains no survivor"
    assert PAGE.read_text(encoding="utf-8") == page(results)
