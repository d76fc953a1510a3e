"""What an operation tells while it runs, and what it has done at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rehearsal.engine.errors import EngineError

if TYPE_CHECKING:
    from rehearsal.engine.policy_types import PolicyInfo, Violation

Op = Literal["same", "create", "update", "replace", "delete", "read"]
Result = Literal["ok", "blocked", "failed"]


@dataclass(frozen=True)
class Step:
    """One resource and what is done with it. `id` is empty while unknown; `keys` are the properties that
    caused an update or a replacement; `retained` tells that a delete left the thing itself in place."""

    op: Op
    urn: str
    type: str
    name: str
    id: str = ""
    keys: tuple[str, ...] = ()
    retained: bool = False


@dataclass(frozen=True)
class Diagnostic:
    """A message for people, about a resource (`urn`) or about the whole operation."""

    severity: Literal["debug", "info", "warning", "error"]
    message: str
    urn: str = ""


@dataclass(frozen=True)
class Event:
    """Progress; see the subclasses."""


@dataclass(frozen=True)
class StepStarted(Event):
    step: Step
    dry_run: bool


@dataclass(frozen=True)
class StepDone(Event):
    """`seconds` is the wall-clock time of the step."""

    step: Step
    seconds: float


@dataclass(frozen=True)
class StepFailed(Event):
    step: Step
    error: str


@dataclass(frozen=True)
class Said(Event):
    """A diagnostic."""

    diagnostic: Diagnostic


@dataclass(frozen=True)
class PolicyViolated(Event):
    violation: Violation


@dataclass(frozen=True)
class Kept:
    """Something left in the cloud on purpose (retainOnDelete): no longer in the state."""

    urn: str
    id: str


@dataclass(frozen=True)
class Outcome:
    """What an operation did.

    `policies` are those that judged it, also where all of them passed (the Pulumi CLI does not list them).
    `outputs` are the stack's, secrets as "[secret]", unknowns as "[unknown]". `error` is set when the result
    is "failed" (or "blocked" by a policy). `duration` is in seconds.
    """

    stack: str
    operation: Literal["preview", "up", "destroy"]
    dry_run: bool
    result: Result
    steps: tuple[Step, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    policies: tuple[PolicyInfo, ...] = ()
    violations: tuple[Violation, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()
    duration: float = 0.0
    error: EngineError | None = None

    @property
    def changed(self) -> bool:
        """Whether anything but reads and unchanged resources was among the steps."""
        return any(op not in ("same", "read") and count for op, count in self.changes.items())


@dataclass(frozen=True)
class Finished(Event):
    """The last event of an operation."""

    outcome: Outcome
