"""Asks the policy packs about one stack, and says what they answer as findings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import LoadedStack
from policy_packs.baseline import policies as baseline
from policy_packs.controls.exceptions import TIGHTENING, excepted
from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import facts_of
from policy_packs.regulated import policies as regulated
from qlz.check.places import SPEC, place
from qlz.check.report import PACK_RULE, Finding, Level, Rule, Severity
from rehearsal.engine import Project
from rehearsal.engine.analyzers import (
    PolicyInfo,
    PolicyPackError,
    PolicyPacks,
    Violation,
)

ORGANIZATION = "organization"
OWN_PACKS = (baseline, regulated)
"""The packs that always run, in this process."""
_FRAMEWORKS = {control.id: dict(control.frameworks) for control in all_controls()}
"""By control. Read with this module, so that processes forked to judge have every control already."""
_MOST_WORDS = 2000
"""Characters of what a pack wrote, at most."""
_SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")


class Asked:
    """The packs of one stack, while they are asked. findings: all that was found so far."""

    def __init__(self, packs: PolicyPacks, loaded: LoadedStack) -> None:
        self._packs, self._loaded = packs, loaded
        self.rules = {policy.name: rule_of(policy) for policy in packs.policies}
        self.controls: dict[str, Level] = {
            policy.name: "mandatory" if policy.level == "mandatory" else "advisory"
            for policy in sorted(packs.policies, key=lambda policy: policy.name)
            if policy.level in ("mandatory", "advisory")
        }
        self.findings: list[Finding] = []

    def resource(self, request: wire.AnalyzeRequest) -> None:
        """Show a resource by its inputs. Raises PolicyPackError."""
        self._take(self._packs.judge(request))

    def stack(self, request: wire.AnalyzeStackRequest) -> None:
        """Show all resources by their outputs. Raises PolicyPackError."""
        self._take(self._packs.judge_stack(request))

    def _take(self, violations: Iterable[Violation]) -> None:
        self.findings += [_finding(each, self.rules[each.policy], self._loaded) for each in violations]


@contextmanager
def asking(
    project: Project,
    loaded: LoadedStack,
    folders: Sequence[Path],
    *,
    made: bool = False,
    tightens: bool = False,
) -> Iterator[Asked]:
    """Have the packs at hand. Raises PolicyPackError, also while they are asked.

    folders: packs besides this project's own. made: whether what is judged is there already, so that nothing
    is still to come. tightens: whether the change only tightens, so that no day stops it.
    """
    facts = facts_of(loaded)
    packs = [pack.analyzer(lambda stack, config: facts) for pack in OWN_PACKS]
    with (
        _tightening(loaded.name if tightens else ""),
        PolicyPacks.start(
            [*packs, *folders],
            root=project.root,
            project=project.name,
            stack=loaded.name,
            organization=ORGANIZATION,
            dry_run=not made,
            config=project.texts(loaded.config),
            on_log=lambda *said: None,
        ) as started,
    ):
        yield Asked(started, loaded)


@contextmanager
def _tightening(stack: str) -> Iterator[None]:
    """Packs read in the environment which stack's change only tightens; then it is as it was."""
    before = os.environ.get(TIGHTENING)
    os.environ[TIGHTENING] = stack
    try:
        yield
    finally:
        if before is None:
            del os.environ[TIGHTENING]
        else:
            os.environ[TIGHTENING] = before


def rule_of(policy: PolicyInfo) -> Rule:
    """A policy as formats describe it."""
    return Rule(
        id=policy.name,
        title=policy.display_name or policy.description or policy.name,
        why=policy.description if policy.display_name else "",
        fix=policy.remediation_steps,
        severity=_severity(policy.severity, "medium"),
        requirements=policy.tags,
        frameworks=_FRAMEWORKS.get(policy.name, {}),
        pack=policy.pack,
    )


def _finding(violation: Violation, rule: Rule, loaded: LoadedStack) -> Finding:
    message = _what(violation.message, rule)
    file, line, key = place(loaded, rule.id, message, rule.requirements)
    by = excepted(violation.message)
    if by is not None:
        file, line, key = by[1], 0, ""
    return Finding(
        rule=rule.id,
        message=message,
        level=violation.level,
        verdict="undecided" if violation.undecided else "fail",
        stack=loaded.name,
        urn=violation.urn,
        file=file,
        line=line,
        key=key,
        why=rule.why,
        fix=rule.fix,
        severity=_severity(violation.severity, rule.severity),
        excepted=by[1] if by is not None else "",
        pack=violation.pack,
    )


def _severity(said: str, otherwise: Severity) -> Severity:
    """A pack may say none, or one that nobody knows."""
    return next((each for each in _SEVERITIES if each == said), otherwise)


def _what(message: str, rule: Rule) -> str:
    """The message without what the rule says of itself anyway."""
    text = message.strip().removeprefix(f"{rule.id}: ")
    return text.removesuffix(f"\nWhy: {rule.why}\nTo do: {rule.fix}").strip()


def own(loaded: LoadedStack, rule: str, message: str, fix: str = "", pack: str = "") -> Finding:
    """The check's own finding: the stack is not decided."""
    return Finding(
        rule=rule,
        message=message,
        verdict="undecided",
        source="check",
        stack=loaded.name,
        file=loaded.file,
        line=loaded.line(*SPEC),
        fix=fix,
        severity="critical",
        pack=pack,
    )


def unanswered(loaded: LoadedStack, problem: PolicyPackError) -> Finding:
    """The finding of a pack that could not be asked."""
    message = f"the policy pack {problem.pack} could not be asked, so nothing is decided: {problem.problem}"
    if problem.words:
        message += f"\nit said: {problem.words[-_MOST_WORDS:]}"
    return own(loaded, PACK_RULE, message, fix="run the pack by itself and mend it", pack=problem.pack)
