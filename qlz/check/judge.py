"""Judges what programs ask for, in a process that runs none of them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import AzureEnvironmentStack, AzureProjectStack, LoadedStack
from policy_packs.baseline import policies as baseline
from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import facts_of
from policy_packs.regulated import policies as regulated
from qlz.check.frames import END, OUTPUTS, RESOURCE, STACK, Broken
from qlz.check.places import SPEC, place
from qlz.check.program import Run
from qlz.check.report import PACK_RULE, PROGRAM_RULE, Finding, Level, Rule, Severity, StackReport
from qlz.check.stage import Lane
from rehearsal.engine import Project
from rehearsal.engine.analyzers import (
    AnalyzedResource,
    PolicyInfo,
    PolicyPackError,
    PolicyPacks,
    ProviderRef,
    Violation,
)

ORGANIZATION = "organization"
OWN_PACKS = (baseline, regulated)
SECONDS = 120.0
"""How long a program may run."""
_PLACE = re.compile(r"([^:\s]+):([0-9]+)")
_SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")


class Judge:
    """Judges stacks, one after another; `lane` is where their programs run."""

    def __init__(
        self, project: Project, lane: Lane, folders: Sequence[Path] = (), seconds: float = SECONDS
    ) -> None:
        """folders: policy packs besides this project's own. seconds: how long a program may run."""
        self._project, self._lane = project, lane
        self._folders, self._seconds = tuple(folders), seconds
        self.rules: dict[str, Rule] = {}
        """Every control that was in force in some stack."""

    def outputs(self, environment: LoadedStack) -> bytes:
        """What an environment will export, a Struct; where only the cloud knows a value, an example.

        Raises Broken.
        """
        found = b""
        with closing(self._lane.run(run_of(environment, examples=True), self._seconds)) as running:
            for kind, payload in running.frames():
                if kind == OUTPUTS:
                    found = payload
                elif kind == END and (problem := _ending(payload)["error"]):
                    raise Broken(str(problem))
        return found

    def check(self, loaded: LoadedStack, assumed: Mapping[str, bytes]) -> StackReport:
        """Judge one stack. assumed: outputs of its environment, by the stack's name."""
        began = time.monotonic()
        report = StackReport(loaded.name, file=loaded.file, line=loaded.line(*SPEC))
        facts = facts_of(loaded)
        packs = [pack.analyzer(lambda stack, config: facts) for pack in OWN_PACKS]
        try:
            with PolicyPacks.start(
                [*packs, *self._folders],
                root=self._project.root,
                project=self._project.name,
                stack=loaded.name,
                organization=ORGANIZATION,
                dry_run=True,
                config=self._project.texts(loaded.config),
                on_log=lambda *said: None,
            ) as asked:
                report = self._judged(report, loaded, assumed, asked)
        except PolicyPackError as problem:
            message = "could not be asked, so nothing is decided: " + problem.problem
            finding = _own(loaded, PACK_RULE, message, fix="run the pack by itself and mend it")
            report = replace(report, findings=(*report.findings, replace(finding, pack=problem.pack)))
        findings = tuple(sorted(report.findings, key=lambda finding: finding.order))
        return replace(report, findings=findings, seconds=time.monotonic() - began)

    def _judged(
        self, report: StackReport, loaded: LoadedStack, assumed: Mapping[str, bytes], asked: PolicyPacks
    ) -> StackReport:
        rules = {policy.name: rule_of(policy) for policy in asked.policies}
        self.rules.update(rules)
        controls: dict[str, Level] = {
            policy.name: "mandatory" if policy.level == "mandatory" else "advisory"
            for policy in asked.policies
            if policy.level in ("mandatory", "advisory")
        }
        report = replace(report, controls=dict(sorted(controls.items())))
        found: list[Finding] = []
        count, whole, told = 0, 0, {"error": "it said nothing"}
        try:
            with closing(self._lane.run(run_of(loaded, assumed=assumed), self._seconds)) as running:
                for kind, payload in running.frames():
                    if kind == RESOURCE:
                        violations = asked.analyze(_resource(wire.AnalyzeRequest.FromString(payload)))
                    elif kind == STACK:
                        request = wire.AnalyzeStackRequest.FromString(payload)
                        violations = asked.analyze_stack(map(_stack_resource, request.resources))
                        count, whole = len(request.resources), whole + 1
                    elif kind == END:
                        told, violations = _ending(payload), ()
                    found += [
                        _finding(violation, rules[violation.policy], loaded) for violation in violations
                    ]
            if told["error"]:
                found.append(_ended(loaded, told))
            elif whole != 1 or not count:
                raise Broken("never showed the stack as a whole")
        except (Broken, DecodeError) as problem:
            message = (
                f"the program of {loaded.name} {problem}" if isinstance(problem, Broken) else str(problem)
            )
            fix = "run it by itself: qlz rehearse preview"
            found.append(_own(loaded, PROGRAM_RULE, message, fix=f"{fix} {loaded.name}"))
        return replace(report, findings=(*report.findings, *found), resources=count)


def run_of(loaded: LoadedStack, *, examples: bool = False, assumed: Mapping[str, bytes] | None = None) -> Run:
    """How a stack's program is run."""
    stack = loaded.stack
    azure = isinstance(stack, AzureEnvironmentStack | AzureProjectStack)
    return Run(
        root=str(loaded.root),
        stack=loaded.name,
        cloud="azure-native" if azure else "aws",
        account=stack.account,
        tenant=stack.spec.azure.tenant
        if isinstance(stack, AzureEnvironmentStack | AzureProjectStack)
        else "",
        config=dict(loaded.config),
        examples=examples,
        assumed={name: outputs.hex() for name, outputs in (assumed or {}).items()},
    )


def undecided(loaded: LoadedStack, message: str, fix: str = "") -> StackReport:
    """The report of a stack that could not be judged."""
    finding = _own(loaded, PROGRAM_RULE, message, fix=fix)
    return StackReport(loaded.name, (finding,), file=loaded.file, line=finding.line)


def rule_of(policy: PolicyInfo) -> Rule:
    """A policy as formats describe it."""
    control = next((each for each in all_controls() if each.id == policy.name), None)
    return Rule(
        id=policy.name,
        title=policy.display_name or policy.description or policy.name,
        why=policy.description if policy.display_name else "",
        fix=policy.remediation_steps,
        severity=next((each for each in _SEVERITIES if each == policy.severity), "medium"),
        requirements=policy.tags,
        frameworks=dict(control.frameworks) if control is not None else {},
        pack=policy.pack,
    )


def _finding(violation: Violation, rule: Rule, loaded: LoadedStack) -> Finding:
    file, line, key = place(loaded, rule.requirements)
    return Finding(
        rule=rule.id,
        message=_what(violation.message, rule),
        level=violation.level,
        verdict="undecided" if violation.undecided else "fail",
        stack=loaded.name,
        urn=violation.urn,
        file=file,
        line=line,
        key=key,
        why=rule.why,
        fix=rule.fix,
        severity=next((each for each in _SEVERITIES if each == violation.severity), rule.severity),
        pack=violation.pack,
    )


def _what(message: str, rule: Rule) -> str:
    """The message without what the rule says of itself anyway."""
    text = message.strip().removeprefix(f"{rule.id}: ")
    return text.removesuffix(f"\nWhy: {rule.why}\nTo do: {rule.fix}").strip()


def _own(loaded: LoadedStack, rule: str, message: str, fix: str = "") -> Finding:
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
    )


def _ending(payload: bytes) -> dict[str, Any]:
    """What END says. Raises Broken where that is nothing that could be read."""
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("error"), str):
        raise Broken("ended with words that cannot be read")
    return told


def _ended(loaded: LoadedStack, told: Mapping[str, Any]) -> Finding:
    """The finding of a program that did not come to its end."""
    finding = _own(loaded, PROGRAM_RULE, str(told["error"]), fix=str(told.get("fix") or ""))
    if told.get("wrong") is True:
        finding = replace(finding, verdict="fail")
    where = str(told.get("where") or "")
    if where.startswith("urn:"):
        finding = replace(finding, urn=where)
    elif (found := _PLACE.fullmatch(where)) and (loaded.root / found[1]).is_file():
        finding = replace(finding, file=found[1], line=int(found[2]))
    return finding


def _resource(request: wire.AnalyzeRequest | wire.AnalyzerResource) -> AnalyzedResource:
    """What the engine was about to show a pack, from what it was shown as."""
    options, provider = request.options, request.provider
    return AnalyzedResource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        properties=request.properties,
        parent=options.parent,
        protect=options.protect,
        ignore_changes=tuple(options.ignoreChanges),
        delete_before_replace=options.deleteBeforeReplace if options.deleteBeforeReplaceDefined else None,
        aliases=tuple(options.aliases),
        custom_timeouts=(
            options.customTimeouts.create,
            options.customTimeouts.update,
            options.customTimeouts.delete,
        ),
        additional_secret_outputs=tuple(options.additionalSecretOutputs),
        provider=ProviderRef(provider.urn, provider.type, provider.name, provider.properties)
        if request.HasField("provider")
        else None,
    )


def _stack_resource(request: wire.AnalyzerResource) -> AnalyzedResource:
    return replace(
        _resource(request),
        parent=request.parent,
        dependencies=tuple(request.dependencies),
        property_dependencies={key: tuple(found.urns) for key, found in request.propertyDependencies.items()},
    )
