"""Collects what an operation does and says, passes it on as events, and keeps secrets out of all of it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine import wire
from rehearsal.engine.errors import EngineError, PolicyBlocked
from rehearsal.engine.events import (
    Diagnostic,
    Event,
    Finished,
    Kept,
    Outcome,
    PolicyViolated,
    Result,
    Said,
    Step,
    StepDone,
    StepFailed,
    StepStarted,
)
from rehearsal.engine.policy_types import PolicyInfo, Violation
from rehearsal.engine.printing import not_the_program

_SHORTEST = 3  # a secret of one or two letters would mask half of every text


class Reporter:
    """One operation's record. Safe from any thread; events are passed on one at a time."""

    def __init__(
        self,
        stack: str,
        operation: Literal["preview", "up", "destroy"],
        dry_run: bool,
        on_event: Callable[[Event], None],
    ) -> None:
        self._stack, self._operation, self.dry_run = stack, operation, dry_run
        self._on_event = on_event
        self._lock = threading.RLock()
        self._secrets: set[str] = set()
        self._began = time.monotonic()
        self.steps: list[Step] = []
        self.policies: tuple[PolicyInfo, ...] = ()
        self.violations: list[Violation] = []
        self.diagnostics: list[Diagnostic] = []
        self.kept: list[Kept] = []

    def learn(self, struct: Struct | None) -> None:
        """Remember the secrets among these properties, to mask them."""
        if struct is None:
            return
        found = {text for text in wire.secret_texts(struct) if len(text) >= _SHORTEST}
        if found - self._secrets:
            with self._lock:
                self._secrets |= found

    def masked(self, text: str) -> str:
        with self._lock:
            for secret in sorted(self._secrets, key=len, reverse=True):
                text = text.replace(secret, "[secret]")
        return text

    def started(self, step: Step) -> float:
        self._emit(StepStarted(step, self.dry_run))
        return time.monotonic()

    def done(self, step: Step, began: float) -> None:
        with self._lock:
            self.steps.append(step)
        self._emit(StepDone(step, time.monotonic() - began))

    def failed(self, step: Step, error: Exception) -> None:
        self._emit(StepFailed(step, self.masked(str(error))))

    def say(
        self, severity: Literal["debug", "info", "warning", "error"], message: str, urn: str = ""
    ) -> None:
        diagnostic = Diagnostic(severity, self.masked(message), urn)
        with self._lock:
            self.diagnostics.append(diagnostic)
        self._emit(Said(diagnostic))

    def logged(self, severity: Any, message: str, urn: str, ephemeral: bool) -> None:
        """What a program, a pack or a provider says to its engine; debugging talk is dropped."""
        if severity != "debug" and message.strip():
            self.say(severity, message, urn)

    def violated(self, violations: Sequence[Violation]) -> bool:
        """Record violations; whether one of them is mandatory."""
        for violation in violations:
            with self._lock:
                self.violations.append(violation)
            self._emit(PolicyViolated(violation))
        return any(v.mandatory for v in violations)

    def finish(self, error: EngineError | None, outputs: Struct | None) -> Outcome:
        blocked = any(v.mandatory for v in self.violations)
        if error is not None:
            error = _masked_error(error, self.masked)
        if blocked and error is None:
            error = PolicyBlocked("a mandatory policy says no; nothing was created for what it names")
        result: Result = "ok" if error is None else "failed"
        if isinstance(error, PolicyBlocked):
            result = "blocked"
        with self._lock:
            outcome = Outcome(
                stack=self._stack,
                operation=self._operation,
                dry_run=self.dry_run,
                result=result,
                steps=tuple(self.steps),
                changes=dict(Counter(step.op for step in self.steps)),
                policies=self.policies,
                violations=tuple(self.violations),
                diagnostics=tuple(self.diagnostics),
                outputs={k: wire.shown(v) for k, v in sorted(outputs.fields.items())} if outputs else {},
                kept=tuple(self.kept),
                duration=time.monotonic() - self._began,
                error=error,
            )
        self._emit(Finished(outcome))
        return outcome

    def _emit(self, event: Event) -> None:
        with self._lock, not_the_program():
            self._on_event(event)


def _masked_error(error: EngineError, masked: Callable[[str], str]) -> EngineError:
    """The same error with secrets masked in every text it carries."""
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, masked(value))
    error.args = tuple(masked(a) if isinstance(a, str) else a for a in error.args)
    return error
