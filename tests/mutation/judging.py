"""The packs' verdict on a stack with one thing changed, in this process: what is unchanged is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_packs.controls.control import Control, Enforcement, Finding, Resource, Stack, Verdict
from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import PROJECT_ROOT, StackFacts, read_facts
from policy_packs.controls.value import Value
from tests.mutation.mutant import Change
from tests.mutation.recording import Recorded, Recording

Said = tuple[str, str, str]
"""Control, resource, what."""


@dataclass(frozen=True)
class Killed:
    """The first control that went red, and whether it failed the mutant or could not decide."""

    control: str
    verdict: Verdict


class Judge:
    """Judges the mutants of one recording. The controls that said no last are asked first."""

    def __init__(
        self, recording: Recording, controls: Sequence[Control] = (), root: Path = PROJECT_ROOT
    ) -> None:
        self.recording = recording
        self.facts: StackFacts = read_facts(recording.stack, {}, root)
        given = [
            control
            for control in tuple(controls) or all_controls()
            if control.in_stack(self.facts.tier) is Enforcement.MANDATORY
        ]
        self._on_resource = [control for control in given if control.judge is not None]
        self._on_stack = [control for control in given if control.judge_stack is not None]
        self._pairs = {each.urn: _pair(each) for each in recording.resources}
        self.baseline = frozenset(_said(c, f) for c, f in self._all())

    def _all(self) -> Iterator[tuple[Control, Finding]]:
        for shown, _ in self._pairs.values():
            if shown is not None:
                yield from self._judge_resource(shown)
        yield from self._judge_stack([whole for _, whole in self._pairs.values()])

    def killed(self, urn: str, change: Change) -> Killed | None:
        """What goes red that was not red before; None where the mutant survives."""
        new = _pair(change.resource) if change.resource is not None else None
        if new is not None and new[0] is not None:
            for control, finding in self._judge_resource(new[0]):
                if _said(control, finding) not in self.baseline:
                    return self._first(self._on_resource, control, finding)
        pairs = self._pairs.items()
        whole = [new[1] if at == urn and new else pair[1] for at, pair in pairs if at != urn or new]
        for control, finding in self._judge_stack(whole):
            if _said(control, finding) not in self.baseline:
                return self._first(self._on_stack, control, finding)
        return None

    def _first(self, controls: list[Control], control: Control, finding: Finding) -> Killed:
        controls.remove(control)
        controls.insert(0, control)
        return Killed(control.id, finding.verdict)

    def _judge_resource(self, resource: Resource) -> Iterator[tuple[Control, Finding]]:
        for control in tuple(self._on_resource):
            for finding in control.on_resource(resource, self.facts):
                yield control, Finding(finding.verdict, finding.what, resource)

    def _judge_stack(self, resources: Sequence[Resource]) -> Iterator[tuple[Control, Finding]]:
        stack = Stack(tuple(resources), self.recording.made)
        for control in tuple(self._on_stack):
            for finding in control.on_stack(stack, self.facts):
                yield control, finding


def _said(control: Control, finding: Finding) -> Said:
    return control.id, finding.resource.urn if finding.resource else "", finding.what


def _pair(recorded: Recorded) -> tuple[Resource | None, Resource]:
    """A resource as the rules over single resources see it, and those over the stack."""
    shown = None if recorded.inputs is None else Value.of(recorded.inputs)
    whole = Resource(
        urn=recorded.urn,
        type=recorded.type,
        name=recorded.name,
        props=Value.of(recorded.outputs),
        protect=recorded.protect,
        provider_type=recorded.provider_type,
        provider_name=recorded.provider_name,
        provider=Value.of(recorded.provider),
        parent=recorded.parent,
        depends_on=recorded.depends_on,
        property_dependencies=recorded.property_dependencies,
        ignored=recorded.ignored,
        aliases=recorded.aliases,
        shown=shown is not None,
        inputs=Value.missing() if shown is None else shown,
    )
    if shown is None:
        return None, whole
    single = Resource(
        urn=whole.urn,
        type=whole.type,
        name=whole.name,
        props=shown,
        protect=whole.protect,
        provider_type=whole.provider_type,
        provider_name=whole.provider_name,
        provider=whole.provider,
        parent=whole.parent,
        ignored=whole.ignored,
        aliases=whole.aliases,
    )
    return single, whole
