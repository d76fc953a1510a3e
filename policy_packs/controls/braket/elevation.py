"""I6: what needs more than the daily rights is granted to one person, by a stack file, and ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from policy_packs.controls.aws import IDENTITY_POLICIES, identity_documents
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.iam_document import Statement
from policy_packs.controls.stack_facts import Declared, StackFacts

_MORE = (
    "kms:ImportKeyMaterial",
    "kms:RotateKeyOnDemand",
    "servicequotas:RequestServiceQuotaIncrease",
)
"""What a project's people do in turn, one by one, for a time."""


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_project:
        return
    for document in identity_documents(resource):
        for statement in document.allows():
            people = statement.pinned("aws:SourceIdentity")
            if not people and (more := statement.may(*_MORE)):
                yield fail(f"{statement.label} allows {more[0]} to whoever has the role, for ever")
            elif people:
                yield from _judge_grant(statement, people, declared)


def _judge_grant(statement: Statement, people: tuple[str, ...], declared: Declared) -> Iterator[Finding]:
    if len(people) != 1 or any(sign in people[0] for sign in "*?$"):
        yield fail(f"{statement.label} is for more than one person")
    start, end = _instant(statement, "dategreaterthanequals"), _instant(statement, "datelessthan")
    if start is None or end is None:
        yield fail(f"{statement.label} does not begin and end by aws:CurrentTime")
        return
    if end - start > timedelta(hours=declared.elevation_hours):
        yield fail(f"{statement.label} lasts longer than the tier's {declared.elevation_hours} hours")
    rows = declared.need_spec().rights
    if not any(row.requester == people[0] and row.start <= start and end <= row.end for row in rows):
        yield fail(f"{statement.label} gives {people[0]} what no stack file grants")


def _instant(statement: Statement, operator: str) -> datetime | None:
    """The one instant of a condition on the time; None where there is none, or more, or another form."""
    found = [
        each.values
        for each in statement.conditions
        if (each.operator, each.key) == (operator, "aws:currenttime")
    ]
    try:
        ((text,),) = found
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


CONTROL = Control(
    id="qlz-i6-elevation",
    title="More rights go to one person, and end",
    why="A right that stays is used by whoever takes over the account, long after its reason is gone.",
    fix="Name it in the stack file's elevation; allow it by aws:SourceIdentity, between two instants.",
    requirements=("I6", "I5"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-2(2)", "AC-6(5)", "AC-5"),
        "iso-27001-2022-annex-a": ("A.8.2", "A.5.18"),
        "ncsc-cloud-principles": ("9", "12"),
        "csa-ccm-4": ("IAM-09", "IAM-10"),
    },
    types=IDENTITY_POLICIES,
    judge=judge,
    admits_exceptions=False,
)
