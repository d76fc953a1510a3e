"""Grants of elevation: who, who else, why, and until when (I6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from components.spec import Elevation, ProjectStack
from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import OPTIMUS, Copy

GRANT = """\
    elevation:
      - what: rotate-key
        requester: ada@example.org
        approver: grace@example.org
        reason: The key was seen in a log.
        ticket: QLZ-17
        start: "2026-12-01T09:00:00Z"
        end: "2026-12-01T21:00:00Z"
"""
AT = f"{SPEC}.elevation[0]"
CASES = {
    "approved by himself": (
        "grace@example.org",
        "Ada@example.org",
        "approver:",
        "approver",
        "is the requester",
    ),
    "approved by nobody": ("grace@example.org", '""', "approver:", "approver", "shorter"),
    "for everybody": ("ada@example.org", '"*"', "requester:", "requester", "not a source identity"),
    "for anything": ("rotate-key", "admin", "what:", "what", "allowed: rotate-key, change-quota"),
    "without a reason": ("The key was seen in a log.", "yes", "reason:", "reason", "truth"),
    "for no stated reason": ("The key was seen in a log.", "tbd", "reason:", "reason", "placeholder"),
    "for too long": ("21:00:00Z", "21:00:01Z", "end:", "end", '"2026-12-01T21:00:00Z" or earlier (I6)'),
    "that ends before it starts": ("T21:00:00Z", "T09:00:00Z", "end:", "end", "not after the start"),
    "until some day": ('"2026-12-01T21:00:00Z"', '"2026-12-01"', "end:", "end", "not an instant"),
    "in another time zone": ("21:00:00Z", "21:00:00+01:00", "end:", "end", "not an instant"),
    "at an hour that is none": ("21:00:00Z", "25:00:00Z", "end:", "end", "does not exist"),
}


def write(project: Copy, grant: str = GRANT) -> None:
    project.edit(OPTIMUS, "    results:\n", f"{grant}    results:\n")


@pytest.mark.parametrize(("old", "new", "at", "key", "says"), CASES.values(), ids=CASES)
def test_a_grant(project: Copy, old: str, new: str, at: str, key: str, says: str) -> None:
    write(project)
    check(project, "optimus-sandbox", Case(OPTIMUS, old, new, at, f"{AT}.{key}", says), OPTIMUS)


def test_a_right_grant_is_read(project: Copy) -> None:
    write(project)
    stack = project.load("optimus-sandbox").stack
    assert isinstance(stack, ProjectStack)
    (grant,) = stack.spec.elevation
    assert grant.what is Elevation.ROTATE_KEY
    assert (grant.requester, grant.approver, grant.ticket) == (
        "ada@example.org",
        "grace@example.org",
        "QLZ-17",
    )
    assert grant.end == datetime(2026, 12, 1, 21, tzinfo=UTC)


def test_a_grant_that_has_ended_never_blocks(project: Copy) -> None:
    write(project, GRANT.replace("2026-12-01", "2020-12-01"))
    loaded = project.load("optimus-sandbox")
    assert not loaded.time_problems(datetime(2026, 12, 1, tzinfo=UTC).date())
