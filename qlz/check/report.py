"""What a check found: one shape for findings of policies, of stack files and of checks by file.

Plain data without imports of engine, packs or spec, so that whatever finds something can say it here, and
every format says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qlz.exit_codes import ExitCode

Level = Literal["mandatory", "advisory"]
Verdict = Literal["fail", "undecided"]
Severity = Literal["low", "medium", "high", "critical"]
Source = Literal["policy", "spec", "file", "check"]
"""Who says it: a policy pack; the reader of stack files and charters; a check by file; the check itself, of
what kept a stack from being judged (where that is certain and not only undecided, the stack is bad input)."""

SPEC_RULE = "qlz-spec"
"""The rule of whatever is wrong in a stack file, its charter or what they name."""
TIME_RULE = "qlz-spec-time"
"""The rule of what is wrong there because of the day (G3)."""
PROGRAM_RULE = "qlz-check-program"
"""The rule of a program that could not be run to its end: it refuses what it was given, or is not decided."""
PACK_RULE = "qlz-check-pack"
"""The rule of a policy pack that could not be asked: the stack is not decided."""
STATE_RULE = "qlz-check-state"
"""The rule of what a deployment leaves open: an operation that was interrupted."""
FILES_RULE = "qlz-check-files"
"""The rule of files that change while they are relied on: nothing is decided then."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or could not be decided.

    rule: the control's id, `qlz-file-…` of a check by file, or one of the rules above. stack: its name; empty
    where no stack is concerned. urn: the resource, empty for a stack as a whole or a file. file: relative to
    the project's root, with forward slashes; line from 1 (0: the file as a whole); key: the key path in it.
    message: what is wrong, in words; never a secret. excepted: the file of the exception that covers it (such
    a finding is advisory). pack: the policy pack that said it.
    """

    rule: str
    message: str
    level: Level = "mandatory"
    verdict: Verdict = "fail"
    source: Source = "policy"
    stack: str = ""
    urn: str = ""
    file: str = ""
    line: int = 0
    key: str = ""
    why: str = ""
    fix: str = ""
    severity: Severity = "high"
    excepted: str = ""
    pack: str = ""

    @property
    def counts(self) -> bool:
        """Whether it keeps the check from saying yes."""
        return self.level == "mandatory"

    @property
    def code(self) -> ExitCode:
        """What it means for the exit code, alone."""
        if not self.counts:
            return ExitCode.OK
        if self.verdict == "undecided":
            return ExitCode.UNDECIDED
        return ExitCode.BAD_INPUT if self.source in ("spec", "check") else ExitCode.DENIED

    @property
    def order(self) -> tuple[str, str, str, str, int, str]:
        """Sorts findings the same way whatever found them first."""
        return (self.stack, self.rule, self.urn, self.file, self.line, self.message)


@dataclass(frozen=True)
class Rule:
    """A control or another rule, as formats describe it.

    requirements: ids such as R1. frameworks: framework to ids.
    """

    id: str
    title: str
    why: str = ""
    fix: str = ""
    severity: Severity = "high"
    requirements: tuple[str, ...] = ()
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pack: str = ""


@dataclass(frozen=True)
class StackReport:
    """One stack's part. controls: the policies in force by id, with their level, also where all passed.

    file and line are where the stack describes itself (`qlz:spec`). resources: how many were judged.
    """

    stack: str
    findings: tuple[Finding, ...] = ()
    controls: Mapping[str, Level] = field(default_factory=dict)
    file: str = ""
    line: int = 0
    resources: int = 0
    seconds: float = 0.0

    @property
    def code(self) -> ExitCode:
        """This stack's own exit code."""
        return worst(self.findings)


@dataclass(frozen=True)
class LeftOut:
    """A stack that was not looked at, and why."""

    stack: str
    why: str


@dataclass(frozen=True)
class Report:
    """All that one check says. findings: those that belong to no stack."""

    stacks: tuple[StackReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    seconds: float = 0.0

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Those of the stacks and those of none, in a stable order."""
        found = [*self.findings, *(one for stack in self.stacks for one in stack.findings)]
        return tuple(sorted(found, key=lambda finding: finding.order))

    @property
    def code(self) -> ExitCode:
        """The exit code of the whole check."""
        return worst(self.all_findings)


def worst(findings: Iterable[Finding]) -> ExitCode:
    """The exit code of findings together: a no (1) says most, then bad input (2), then undecided (3).

    Whichever it is, it is never 0 while one mandatory finding is left.
    """
    codes = {finding.code for finding in findings}
    for code in (ExitCode.DENIED, ExitCode.BAD_INPUT, ExitCode.UNDECIDED):
        if code in codes:
            return code
    return ExitCode.OK
