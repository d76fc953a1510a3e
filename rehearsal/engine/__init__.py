"""The embedded engine: runs a Pulumi program in Python against provider servers, needing only PyPI."""

from __future__ import annotations

from rehearsal.engine.engine import Engine
from rehearsal.engine.errors import (
    BadState,
    EngineError,
    InvalidResource,
    NoProviderServer,
    PendingCreates,
    PolicyBlocked,
    ProgramFailed,
    ProtectedResources,
    ProviderFailed,
    StackNotFound,
    StateLocked,
    Unsupported,
    WrongPassphrase,
)
from rehearsal.engine.events import (
    Diagnostic,
    Event,
    Finished,
    Kept,
    Outcome,
    PolicyViolated,
    Said,
    Step,
    StepDone,
    StepFailed,
    StepStarted,
)
from rehearsal.engine.no_store import NoStore
from rehearsal.engine.policies import PacksFailed
from rehearsal.engine.project import Project
from rehearsal.engine.snapshot import Pending
from rehearsal.engine.store import StateStore

__all__ = [
    "BadState",
    "Diagnostic",
    "Engine",
    "EngineError",
    "Event",
    "Finished",
    "InvalidResource",
    "Kept",
    "NoProviderServer",
    "NoStore",
    "Outcome",
    "PacksFailed",
    "Pending",
    "PendingCreates",
    "PolicyBlocked",
    "PolicyViolated",
    "ProgramFailed",
    "Project",
    "ProtectedResources",
    "ProviderFailed",
    "Said",
    "StackNotFound",
    "StateLocked",
    "StateStore",
    "Step",
    "StepDone",
    "StepFailed",
    "StepStarted",
    "Unsupported",
    "WrongPassphrase",
]
