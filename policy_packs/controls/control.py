"""What a control is, what it sees and what it answers.

A control passes a resource by finding nothing, fails it with `Fail`, or cannot decide. "Cannot decide" is a
violation like a failure, worded as what it is: unknown is not compliant. It is found by `undecided`, or
raised as `CannotDecide` from a helper that reads something unreadable; either way what was found before still
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from policy_packs.controls.redaction import redacted
from policy_packs.controls.value import Plain, Value

if TYPE_CHECKING:
    from policy_packs.controls.stack_facts import Declared, StackFacts


_MADE = ("aws:", "azure-native:", "pulumi-python:", "pulumi-nodejs:")  # dynamic providers are code


class Severity(Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Enforcement(Enum):
    """What a control's word counts in a stack of some tier."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"  # shown, and blocks nothing
    OFF = "off"  # not asked


TIERS = ("public-demo", "internal-research", "pre-production", "regulated-production")
"""The tiers of workload, from the least to the most demanding (W2)."""
UPPER_TIERS = TIERS[2:]
UPPER_ONLY: Mapping[str, Enforcement] = MappingProxyType(dict.fromkeys(TIERS[:2], Enforcement.OFF))
"""Levels of what only pre-production and regulated production demand: the pack `regulated`."""
UPPER_MANDATORY: Mapping[str, Enforcement] = MappingProxyType(dict.fromkeys(TIERS[:2], Enforcement.ADVISORY))
"""Levels of what blocks in pre-production and regulated production, and is shown elsewhere."""


class Verdict(Enum):
    FAIL = "fail"
    CANNOT_DECIDE = "cannot decide"


@dataclass(frozen=True)
class Finding:
    """`what` is a clause about the resource: "has no rotation"; a secret's value never stands in it."""

    verdict: Verdict
    what: str
    resource: Resource | None = None  # for stack rules; None means the stack as a whole


class CannotDecide(Exception):
    """Raised where a needed fact cannot be read; the text says which and why."""


@dataclass(frozen=True)
class Resource:
    """A resource as an engine shows it to a policy: inputs in a resource rule, outputs in a stack rule."""

    urn: str
    type: str
    name: str
    props: Value
    protect: bool = False
    provider_type: str = ""
    provider_name: str = ""
    provider: Value = field(default_factory=Value.missing)
    parent: str = ""
    depends_on: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()  # properties whose changes the program has the engine ignore
    aliases: tuple[str, ...] = ()  # URNs that it had before
    shown: bool = True  # to the rules over single resources; what a program only reads is not
    inputs: Value = field(default_factory=Value.missing)  # in a stack rule, where `props` are outputs

    def __getitem__(self, key: str) -> Value:
        return self.props.get(key)

    @property
    def is_provider(self) -> bool:
        return self.type.startswith("pulumi:providers:")

    @property
    def is_component(self) -> bool:
        """Only what a provider creates carries one; components and the stack itself create nothing."""
        return not self.provider_type and not self.is_provider and not self.type.startswith(_MADE)


@dataclass(frozen=True)
class Stack:
    """All resources of a stack as they are, or at preview are to be."""

    resources: tuple[Resource, ...]
    made: bool = False
    """Whether it is known to be an up that asks, when nothing is still to come."""

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        if len(types) == 1:
            return self._by_type.get(types[0], ())
        return tuple(resource for resource in self.resources if resource.type in types)

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        """Many rules ask for the same types, in stacks of many resources."""
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {type_: tuple(those) for type_, those in found.items()}

    def behind(self, resource: Resource, prop: str) -> tuple[Resource, ...]:
        """The resources from which a property takes its value: how a reference is judged while unknown."""
        urns = resource.property_dependencies.get(prop, ())
        found = {self._places[urn] for urn in urns if urn in self._places}
        return tuple(self.resources[place] for place in sorted(found))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Where in `resources` each one is, by its URN."""
        return {resource.urn: place for place, resource in enumerate(self.resources)}


ResourceJudge = Callable[[Resource, "StackFacts"], Iterable[Finding]]
StackJudge = Callable[[Stack, "StackFacts"], Iterable[Finding]]
SpecJudge = Callable[["Declared"], Iterable[Finding]]


@dataclass(frozen=True)
class Control:
    """One rule: over single resources, over the whole stack, or over what stack file and charter declare.

    types: those of the resources it looks at; empty for every one, and for a rule over what is declared.
    levels: tier to what it counts there; mandatory where nothing is said. admits_exceptions: whether an
    exception on record may cover a finding. timed: whether a day decides, so that it must not stop a change
    that only tightens.
    """

    id: str
    title: str
    why: str
    fix: str
    requirements: tuple[str, ...]
    severity: Severity
    frameworks: Mapping[str, tuple[str, ...]]
    types: tuple[str, ...]
    judge: ResourceJudge | None = None
    judge_stack: StackJudge | None = None
    judge_spec: SpecJudge | None = None
    cloud: str = "aws"  # aws | azure | any: whose stacks a rule over the whole stack is for
    levels: Mapping[str, Enforcement] = field(default_factory=dict)
    admits_exceptions: bool = True
    timed: bool = False

    def level(self, tier: str) -> Enforcement:
        """What it counts in a stack of a tier; mandatory where the tier is not known."""
        return self.levels.get(tier, Enforcement.MANDATORY)

    def in_stack(self, tier: str, tightens: bool = False) -> Enforcement:
        """What it counts where the change only tightens: a day stops none of those."""
        level = self.level(tier)
        return Enforcement.ADVISORY if self.timed and tightens and level is Enforcement.MANDATORY else level

    @property
    def judges(self) -> str:
        """What it looks at: resource, stack or spec."""
        return "resource" if self.judge else "stack" if self.judge_stack else "spec"

    def on_resource(self, resource: Resource, facts: StackFacts) -> list[Finding]:
        if self.judge is None or (self.types and resource.type not in self.types):
            return []
        judge = self.judge
        return _collect(lambda: judge(resource, facts))

    def on_stack(self, stack: Stack, facts: StackFacts) -> list[Finding]:
        """Findings of a rule over the whole stack, or over what it declares."""
        declared = facts.declared  # an unreadable stack may be any cloud's
        if declared and self.cloud not in ("any", declared.cloud):
            return []
        if self.judge_stack is not None:
            judge = self.judge_stack
            return _collect(lambda: judge(stack, facts))
        if self.judge_spec is not None:
            judge_spec = self.judge_spec
            return _collect(lambda: judge_spec(facts.need()))
        return []

    def message(self, finding: Finding, resource: Resource | None) -> str:
        """What people read: control, resource, what is wrong, why it matters, what to do."""
        subject = f"{resource.name} ({resource.type})" if resource else "the stack"
        what = finding.what
        if finding.verdict is Verdict.CANNOT_DECIDE:
            what = f"cannot be decided: {what}"
        if resource:
            what = redacted(what, resource.props, resource.provider)
        return f"{self.id}: {subject}: {what}.\nWhy: {self.why}\nTo do: {self.fix}"


def fail(what: str, resource: Resource | None = None) -> Finding:
    return Finding(Verdict.FAIL, what, resource)


def undecided(value: Value | str, resource: Resource | None = None) -> Finding:
    """For an unknown value, or a text saying what is missing."""
    return Finding(Verdict.CANNOT_DECIDE, value if isinstance(value, str) else why_unknown(value), resource)


def why_unknown(value: Value) -> str:
    paths = ", ".join(value.unknown_paths()) or value.path
    return f"{paths} is unknown at preview because it comes from something the cloud has not assigned yet"


def expect(
    value: Value, holds: Callable[[Plain], bool], what: str, resource: Resource | None = None
) -> Iterator[Finding]:
    """Nothing if a wholly known value satisfies `holds`; absent reaches it as None."""
    if not value.known:
        yield undecided(value, resource)
    elif not holds(value.plain()):
        yield fail(what, resource)


def _collect(judge: Callable[[], Iterable[Finding]]) -> list[Finding]:
    found: list[Finding] = []
    try:
        for finding in judge():  # one by one, so that what came before an error is kept
            found.append(finding)
    except CannotDecide as problem:
        found.append(Finding(Verdict.CANNOT_DECIDE, str(problem)))
    except Exception as problem:  # noqa: BLE001 - a control that breaks has decided nothing
        found.append(
            Finding(Verdict.CANNOT_DECIDE, f"the control itself failed with {type(problem).__name__}")
        )
    return found
