"""Checks that component arguments share. They refuse what a cloud would refuse, before it is asked."""

from __future__ import annotations

import re
from collections.abc import Collection


class ArgumentError(ValueError):
    """An argument of a component is not right.

    argument: its name, such as ``ProjectArgs.retention_days``. problem: what is wrong. fix: what is allowed.
    """

    def __init__(self, argument: str, problem: str, fix: str) -> None:
        self.argument, self.problem, self.fix = argument, problem, fix
        super().__init__(f"{argument}: {problem}\n    fix: {fix}")


NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""Names of projects and environments: never two hyphens in a row, which therefore can end a name."""


def check_match(argument: str, value: str, pattern: str, allowed: str) -> None:
    """Refuses a value that does not match the whole pattern; ``allowed`` says in words what does."""
    if not re.fullmatch(pattern, value):
        raise ArgumentError(argument, f"{value!r} is not allowed", allowed)


def check_name(argument: str, value: str) -> None:
    """Refuses what cannot be part of resource names."""
    check_match(
        argument, value, NAME, "lower-case letters, digits and single hyphens, beginning with a letter"
    )


def check_length(argument: str, value: str, longest: int) -> None:
    """Refuses a text longer than ``longest`` characters."""
    if len(value) > longest:
        raise ArgumentError(argument, f"{value!r} has {len(value)} characters", f"at most {longest}")


def check_range(argument: str, value: int, least: int, most: int, unit: str) -> None:
    """Refuses a number outside least to most, both included."""
    if not least <= value <= most:
        raise ArgumentError(argument, f"{value} {unit} is out of range", f"{least} to {most} {unit}")


def check_among(argument: str, value: object, allowed: Collection[object]) -> None:
    """Refuses a value that is not among the allowed ones."""
    if value not in allowed:
        raise ArgumentError(argument, f"{value} is not allowed", ", ".join(map(str, allowed)))
