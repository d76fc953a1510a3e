"""What can go wrong in the engine, said so that an operator can act on it: what, where, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime


class EngineError(Exception):
    """An expected failure. `str()` is fit for people: one line of what and where, one of what to do."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n{self.fix}" if self.fix else head


class Unsupported(EngineError):
    """The program uses something this engine does not carry; nothing was done for that resource."""

    def __init__(self, feature: str, urn: str = "") -> None:
        self.feature, self.urn = feature, urn
        fix = "Leave it out, or run this stack with the Pulumi CLI (--engine pulumi)."
        super().__init__(f"the embedded engine does not support {feature}", where=urn, fix=fix)


class ProgramFailed(EngineError):
    """The program raised; `where` is its own file and line where that is known."""


class InvalidResource(EngineError):
    """A registration that cannot stand: no provider, a duplicate URN, properties refused by Check."""

    def __init__(self, urn: str, what: str, fix: str = "") -> None:
        self.urn = urn
        super().__init__(what, where=urn, fix=fix)


class ProviderFailed(EngineError):
    """A provider refused or broke; `words` are the provider's (the cloud's) own."""

    def __init__(self, urn: str, operation: str, words: str, *, answered: bool = True) -> None:
        self.urn, self.operation, self.words, self.answered = urn, operation, words, answered
        fix = "" if answered else "The provider did not answer; whether it acted is not known."
        super().__init__(f"{operation} failed: {words}", where=urn, fix=fix)


class NoProviderServer(EngineError):
    """A package whose server address the engine was not given."""

    def __init__(self, package: str, urn: str) -> None:
        super().__init__(
            f"no provider server for package {package!r}",
            where=urn,
            fix="Only the packages that are played locally can be used in a rehearsal.",
        )


class StateLocked(EngineError):
    """Another process works on the stack. `since` is in UTC."""

    def __init__(self, stack: str, pid: int, host: str, since: datetime | None) -> None:
        self.stack, self.pid, self.host, self.since = stack, pid, host, since
        when = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
        super().__init__(
            f"the stack is in use by {f'process {pid}' if pid else 'another process'} on {host}{when}",
            where=stack,
            fix="Wait until it has finished, or end it; the lock goes with the process.",
        )


class BadState(EngineError):
    """A checkpoint that cannot be read, or holds what this engine does not carry."""


class WrongPassphrase(EngineError):
    """The passphrase does not open the state."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "the passphrase does not open the secrets of this state",
            where=where,
            fix="Use the passphrase it was made with, or remove the state and rehearse afresh.",
        )


class StackNotFound(EngineError):
    """There is no such stack in the store."""

    def __init__(self, stack: str, where: str = "") -> None:
        self.stack = stack
        super().__init__(
            f"stack {stack!r} does not exist yet",
            where=where,
            fix="Bring it up first; an environment comes before the projects in it.",
        )


class ProtectedResources(EngineError):
    """Protected resources would be deleted; nothing has been deleted."""

    def __init__(self, urns: Sequence[str]) -> None:
        self.urns = tuple(urns)
        listed = "\n".join(f"  {urn}" for urn in urns)
        super().__init__(
            f"{len(urns)} protected resource(s) would be deleted, so nothing was deleted:\n{listed}",
            fix="Take their protection away with an update first, if they are meant to go.",
        )


class PendingCreates(EngineError):
    """An earlier run ended while these were being created, and what came of it cannot be told.

    `reasons` maps each URN to why.
    """

    def __init__(self, stack: str, reasons: Mapping[str, str]) -> None:
        self.urns, self.reasons = tuple(reasons), dict(reasons)
        listed = "\n".join(f"  {urn}: {why}" for urn, why in reasons.items())
        super().__init__(
            f"an earlier run was cut off while creating:\n{listed}",
            where=stack,
            fix="They may exist without being known. Make sure that they do not: begin with an empty local "
            "cloud (--fresh), which holds nothing.",
        )


class PolicyBlocked(EngineError):
    """A mandatory policy says no."""


class Aborted(Exception):
    """Tells the program that the operation is over; the reason is kept by the deployment."""
