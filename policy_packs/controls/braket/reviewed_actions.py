"""I8, T4: a project's roles are allowed reviewed actions only, each by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from policy_packs.controls.aws import IDENTITY_POLICIES, ROLE_POLICY, identity_documents
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement
from policy_packs.controls.stack_facts import Declared, StackFacts

DATA = Path(__file__).resolve().parents[1] / "data" / "reviewed_actions.json"


_PERSON = ("stringequals",)
_FROM = ("dategreaterthan", "dategreaterthanequals")
_UNTIL = ("datelessthan", "datelessthanequals")


@cache
def reviewed(rows: str = "actions") -> frozenset[str]:
    """Actions in lower case, from the dated list. rows: actions, or granted_for_a_time."""
    return frozenset(action.lower() for action in json.loads(DATA.read_text(encoding="utf-8"))[rows])


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_project:
        return
    for document in identity_documents(resource):
        for statement in document.allows():
            if statement.not_actions:
                yield fail(f"{statement.label} allows all actions but a list")
            for action in statement.actions:
                if action.lower() in reviewed():
                    continue
                if action.lower() not in reviewed("granted_for_a_time"):
                    yield fail(f"{statement.label} allows {action}, which nobody has reviewed for projects")
                elif not (_elevated(resource, declared) and _for_a_time(statement, declared)):
                    yield fail(
                        f"{statement.label} allows {action}, which the elevated role alone may have, in"
                        f" a policy of its own, for one person and at most {declared.elevation_hours} hours"
                    )


def _elevated(resource: Resource, declared: Declared) -> bool:
    """Whether it is written into the elevated role: what can be attached can be attached elsewhere."""
    name = f"qlz-{declared.project}-{declared.label or declared.environment}-elevated"
    return resource.type == ROLE_POLICY and resource["role"].text() == name


def _for_a_time(statement: Statement, declared: Declared) -> bool:
    """Whether it names one person by the source identity, and ends as soon as the tier demands."""
    people = _values(statement, "aws:sourceidentity", _PERSON)
    start, end = (_instants(statement, operators) for operators in (_FROM, _UNTIL))
    if len(people) != 1 or "${" in people[0] or len(start) != 1 or len(end) != 1:
        return False
    return timedelta(0) < end[0] - start[0] <= timedelta(hours=declared.elevation_hours)


def _instants(statement: Statement, operators: tuple[str, ...]) -> tuple[datetime, ...]:
    found = []
    for value in _values(statement, "aws:currenttime", operators):
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            return ()
        found.append(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    return tuple(found)


def _values(statement: Statement, key: str, operators: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        value
        for condition in statement.conditions
        if condition.key == key and condition.operator in operators
        for value in condition.values
    )


CONTROL = Control(
    id="qlz-i8-reviewed-actions",
    title="A project's roles do reviewed things only",
    why=(
        "An action nobody has thought about may show other projects, take off a lock, or start something "
        "that no lock holds."
    ),
    fix=(
        "Name a reviewed action, no pattern; or have the new one reviewed: the boundary first, then its entry"
        " in reviewed_actions.json."
    ),
    requirements=("I8", "T4"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AC-6(1)", "CM-5"),
        "iso-27001-2022-annex-a": ("A.8.2", "A.8.3"),
        "ncsc-cloud-principles": ("9", "12"),
        "csa-ccm-4": ("IAM-05", "CCC-04"),
    },
    types=IDENTITY_POLICIES,
    judge=judge,
    admits_exceptions=False,
)
