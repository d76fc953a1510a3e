"""Between the engine and its policy packs: what is asked of them, and when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine.analyzers import (
    AnalyzedResource,
    PackSource,
    PolicyInfo,
    PolicyPackError,
    PolicyPacks,
    ProviderRef,
    Violation,
)
from rehearsal.engine.engine_service import OnLog, Severity
from rehearsal.engine.errors import EngineError
from rehearsal.engine.goal import Goal
from rehearsal.engine.state import ResourceState
from rehearsal.engine.urns import name_of


class PacksFailed(EngineError):
    """A policy pack could not start or answer. That is never a pass."""

    def __init__(self, problem: PolicyPackError) -> None:
        super().__init__(str(problem), fix="Policies must be able to say no before anything is made.")


class LateLog:
    """What packs say is for an operation that may begin after they were started."""

    def __init__(self) -> None:
        self.listener: OnLog = lambda *said: None

    def __call__(self, severity: Severity, message: str, urn: str, ephemeral: bool) -> None:
        self.listener(severity, message, urn, ephemeral)


class PolicyGate:
    """The packs of one operation, started in the background by `begin` (or the first question); without
    packs it lets everything pass."""

    def __init__(self, start: Callable[[], PolicyPacks] | None, *, shared: bool = False) -> None:
        """`shared`: other operations ask the same packs, one at a time (they are objects)."""
        self._start, self._shared = start, shared
        self._packs: Future[PolicyPacks] | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Start the packs, once, without waiting for them."""
        with self._lock:
            if self._start is not None and self._packs is None:
                executor = ThreadPoolExecutor(1, "policy-packs")
                self._packs = executor.submit(self._start)
                executor.shutdown(wait=False)

    def begin_early(self) -> None:
        """`begin` while another operation still goes on, unless that asks the same packs."""
        if not self._shared:
            self.begin()

    def _running(self) -> PolicyPacks | None:
        """The packs, None where there are none to ask. Raises PolicyPackError."""
        self.begin()
        return self._packs.result() if self._packs is not None else None

    @classmethod
    def of(cls, packs: Sequence[PackSource], after: PolicyGate | None = None, **settings: Any) -> PolicyGate:
        """A gate over packs, which start once those of `after` have; `settings` as for PolicyPacks.start."""

        def start() -> PolicyPacks:
            if after is not None and after._packs is not None:
                after._packs.result()
            return PolicyPacks.start(packs, **settings)

        return cls(start if packs else None, shared=not all(isinstance(pack, Path) for pack in packs))

    @property
    def policies(self) -> tuple[PolicyInfo, ...]:
        """What the packs judge by. Raises PacksFailed."""
        try:
            packs = self._running()
            return packs.policies if packs is not None else ()
        except PolicyPackError as problem:
            raise PacksFailed(problem) from None

    def analyze(
        self, goal: Goal, resource: ResourceState, inputs: Struct, provider: ResourceState | None
    ) -> tuple[Violation, ...]:
        """Judge a resource before it is touched, by its checked inputs. Raises PacksFailed."""
        try:
            packs = self._running()
            return packs.analyze(_analyzed(goal, resource, inputs, provider)) if packs is not None else ()
        except PolicyPackError as problem:
            raise PacksFailed(problem) from None

    def analyze_stack(
        self, resources: Iterable[tuple[Goal, ResourceState, ResourceState | None]]
    ) -> tuple[Violation, ...]:
        """Judge all resources together, by their outputs. Raises PacksFailed."""
        try:
            packs = self._running()
            if packs is None:
                return ()
            subjects = [_analyzed(g, r, r.outputs or Struct(), provider) for g, r, provider in resources]
            return packs.analyze_stack(subjects)
        except PolicyPackError as problem:
            raise PacksFailed(problem) from None

    def close(self) -> None:
        """End the packs; one that did not start has nothing to end."""
        if self._packs is not None:
            try:
                packs = self._packs.result()
            except PolicyPackError:
                return
            packs.close()


def _analyzed(
    goal: Goal, resource: ResourceState, properties: Struct, provider: ResourceState | None
) -> AnalyzedResource:
    timeouts = resource.custom_timeouts
    return AnalyzedResource(
        urn=resource.urn,
        type=resource.type,
        name=goal.name,
        properties=properties,
        parent=resource.parent,
        protect=resource.protect,
        ignore_changes=resource.ignore_changes,
        delete_before_replace=goal.delete_before_replace,
        aliases=goal.earlier,
        custom_timeouts=(
            timeouts.get("create", 0.0),
            timeouts.get("update", 0.0),
            timeouts.get("delete", 0.0),
        ),
        additional_secret_outputs=resource.additional_secret_outputs,
        provider=ProviderRef(
            urn=provider.urn,
            type=provider.type,
            name=name_of(provider.urn),
            properties=provider.inputs or Struct(),
        )
        if provider is not None
        else None,
        dependencies=resource.dependencies,
        property_dependencies=resource.property_dependencies,
    )
