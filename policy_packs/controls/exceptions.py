"""Applies exceptions on record to what controls find: the same in every pack, under every engine (G4).

A covered finding is not reported under its own policy, but by the advisory policy `qlz-g4-exceptions-used`;
an exception that nothing needed by `qlz-g4-exceptions-unused`. Each pack reports those of its own controls.
What is malformed or expired is `declared/exceptions_valid.py`'s to say. A finding that could not be decided
is never covered: nobody has approved what nobody knows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from policy_packs.controls.control import (
    TIERS,
    Control,
    Enforcement,
    Finding,
    Resource,
    Severity,
    Verdict,
)

if TYPE_CHECKING:
    from components.spec import LoadedStack, Problem
    from components.spec.exceptions import Recorded

TIGHTENING = "QLZ_TIGHTENING"
"""Names a stack whose change only tightens: what a day decides is then advice (see SECURITY.md)."""


def tightens(stack: str) -> bool:
    """Whether the operator says that the change of this stack only tightens."""
    return stack != "" and os.environ.get(TIGHTENING, "") == stack


def _report(what: str, title: str, why: str, fix: str) -> Control:
    return Control(
        id=f"qlz-g4-exceptions-{what}",
        title=title,
        why=why,
        fix=fix,
        requirements=("G4",),
        severity=Severity.LOW,
        frameworks={"nist-800-53-r5": ("CA-5",), "iso-27001-2022-annex-a": ("A.5.36",)},
        types=(),
        cloud="any",
        levels=dict.fromkeys(TIERS, Enforcement.ADVISORY),
        admits_exceptions=False,
    )


USED = _report(
    "used",
    "An exception covers a finding",
    "Whoever reads the result of a check sees what passed only by an exception, and until when.",
    "Meet the control, then remove the file, by its last day.",
)
UNUSED = _report(
    "unused",
    "An exception covers nothing",
    "An exception that nothing needs hides the next finding of its control on that resource.",
    "Remove the file, or correct the control, stack or resource it names.",
)
REPORTS = (USED, UNUSED)
"""What every pack reports besides its controls: advice, whatever the tier."""


@dataclass(frozen=True)
class Granted:
    """A well-formed exception. file: relative to the project's root. type and name, and urn: its resource's;
    urn is empty where it is not written out, all three for the stack as a whole."""

    file: str
    control: str
    resource: str
    type: str
    name: str
    urn: str
    owner: str
    approver: str
    ticket: str
    approved: date
    expires: date
    reason: str
    instead: str
    expired: bool = False

    def names(self, urn: str) -> bool:
        """Whether it is about the resource of this URN; the stack as a whole has none."""
        if not urn:
            return not self.type
        return self.urn == urn if self.urn else (self.type, self.name) == _type_and_name(urn)


@dataclass(frozen=True)
class Exceptions:
    """Those of one stack. problems: what is malformed, each with its file and line. tightens: the operator
    says that the change only tightens, so that what expired still covers."""

    granted: tuple[Granted, ...] = ()
    problems: tuple[str, ...] = ()
    tightens: bool = False

    def covering(self, control: Control, finding: Finding, resource: Resource | None) -> Granted | None:
        """The exception that covers a finding, if there is one."""
        if finding.verdict is not Verdict.FAIL or not control.admits_exceptions:
            return None
        urn = resource.urn if resource else ""
        for each in self.granted:
            if each.control == control.id and each.names(urn) and (self.tightens or not each.expired):
                return each
        return None


def used(granted: Granted, control: Control, finding: Finding, resource: Resource | None) -> str:
    """What is said of a covered finding."""
    # One line, whatever a resource is called, so that the next is known for what it is.
    found = " ".join(control.message(finding, resource).partition("\nWhy: ")[0].split())
    return (
        f"{USED.id}: {found}\n"
        f"Exception: {granted.file}, owner {granted.owner}, approved by {granted.approver} on "
        f"{granted.approved} ({granted.ticket}), until {granted.expires}{_late(granted)}.\n"
        f"Reason: {granted.reason}\nInstead: {granted.instead}\nWhy: {USED.why}\nTo do: {USED.fix}"
    )


def unused(exceptions: Exceptions, covered: Iterable[str], controls: Iterable[Control]) -> Iterator[str]:
    """What is said of exceptions from these controls whose file has covered nothing."""
    own, files = {control.id for control in controls}, set(covered)
    for granted in exceptions.granted:
        stays = exceptions.tightens or not granted.expired  # else it is said already that it expired
        if granted.control in own and granted.file not in files and stays:
            finding = Finding(
                Verdict.FAIL,
                f"{granted.file} excepts {granted.resource} from {granted.control}, which has found nothing "
                f"there that it can cover{_late(granted)}",
            )
            yield UNUSED.message(finding, None)


def excepted(message: str) -> tuple[str, str] | None:
    """Control and file, of a message that `used` made."""
    found = re.match(rf"{USED.id}: (qlz-[a-z0-9-]+): .*?\nException: ([^\s,]+),", message, re.DOTALL)
    return (found[1], found[2]) if found else None


def read_exceptions_of(
    stack: str, root: Path, loaded: LoadedStack | None, today: date | None = None
) -> Exceptions:
    """What is on record for a stack. loaded: None where its files cannot be read. today: of UTC."""
    from components.spec.exceptions import exceptions_of, read_exceptions

    day = today or datetime.now(UTC).date()
    recorded = exceptions_of(stack, read_exceptions(root), loaded, day)
    judged = [each.refused(_control_rules(each)) for each in recorded]
    return Exceptions(
        granted=tuple(_granted(each, day) for each in judged if each.exception),
        problems=tuple(
            ": ".join(filter(None, (f"{p.file}:{p.line}" if p.line else p.file, p.key, p.message)))
            + (f" ({p.fix})" if p.fix else "")
            for each in judged
            for p in each.problems
        ),
        tightens=tightens(stack),
    )


def _control_rules(each: Recorded) -> Iterator[Problem]:
    # Here, since controls are what exceptions are applied to.
    from policy_packs.controls.registry import all_controls

    if each.exception is None or each.document is None:
        return
    known = {control.id: control for control in (*all_controls(), *REPORTS)}
    wanted = each.exception.control
    if wanted not in known:
        fix = "the controls' page lists them"
        yield each.document.problem(("control",), f"there is no control {wanted}", fix)
    elif not known[wanted].admits_exceptions:
        fix = "meet the control, and remove the file"
        yield each.document.problem(("control",), f"{wanted} admits no exceptions", fix)


def _granted(each: Recorded, today: date) -> Granted:
    one = each.exception
    assert one is not None
    return Granted(
        each.file,
        one.control,
        one.resource,
        *one.type_and_name,
        one.urn,
        one.owner,
        one.approver,
        one.ticket,
        one.approved,
        one.expires,
        one.reason,
        one.compensating_control,
        each.expired(today),
    )


def _type_and_name(urn: str) -> tuple[str, str] | None:
    """The resource's own type and its name, in which :: may stand."""
    parts = urn.split("::", 3)
    return (parts[2].rpartition("$")[2], parts[3]) if len(parts) == 4 else None


def _late(granted: Granted) -> str:
    if not granted.expired:
        return ""
    return f"; it expired, and counts only because {TIGHTENING} says that the change tightens"
