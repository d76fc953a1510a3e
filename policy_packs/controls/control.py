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
from typing import TYPE_CHECKING

from policy_packs.controls.redaction import redacted
from policy_packs.controls.value import Plain, Value

if TYPE_CHECKING:
    from policy_packs.controls.stack_facts import StackFacts


_CLOUDS = ("aws:", "azure-native:")


class Severity(Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


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
        return not self.provider_type and not self.is_provider and not self.type.startswith(_CLOUDS)


@dataclass(frozen=True)
class Stack:
    """All resources of a stack as they are, or at preview are to be."""

    resources: tuple[Resource, ...]
    made: bool = False
    """Whether it is known to be an up that asks, when nothing is still to come."""

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        return tuple(resource for resource in self.resources if resource.type in types)

    def behind(self, resource: Resource, prop: str) -> tuple[Resource, ...]:
        """The resources from which a property takes its value: how a reference is judged while unknown."""
        urns = resource.property_dependencies.get(prop, ())
        return tuple(other for other in self.resources if other.urn in urns)


ResourceJudge = Callable[[Resource, "StackFacts"], Iterable[Finding]]
StackJudge = Callable[[Stack, "StackFacts"], Iterable[Finding]]


@dataclass(frozen=True)
class Control:
    """One rule. `types` empty means every resource; a rule over the whole stack names what it looks at."""

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
    cloud: str = "aws"  # aws | azure | any: whose stacks a rule over the whole stack is for

    def on_resource(self, resource: Resource, facts: StackFacts) -> list[Finding]:
        if self.judge is None or (self.types and resource.type not in self.types):
            return []
        judge = self.judge
        return _collect(lambda: judge(resource, facts))

    def on_stack(self, stack: Stack, facts: StackFacts) -> list[Finding]:
        judge = self.judge_stack
        declared = facts.declared  # an unreadable stack may be any cloud's
        if judge is None or (declared and self.cloud not in ("any", declared.cloud)):
            return []
        return _collect(lambda: judge(stack, facts))

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
