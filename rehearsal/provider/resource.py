"""What a cloud does with one resource, as the conversation with the engine needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rehearsal.provider.model.schema import Value, Values


@dataclass(frozen=True)
class Made:
    """A resource as it now is. `failed` says what did not work after it came into being, "" if nothing."""

    id: str
    outputs: dict[str, Value]
    failed: str = ""


@dataclass(frozen=True)
class Found:
    """A resource as it was read."""

    inputs: dict[str, Value]
    outputs: dict[str, Value]


class Resource(Protocol):
    """One resource of a type. Raises Refusal when nothing was done, or nothing can be said."""

    def create(self, inputs: Values) -> Made: ...

    def update(self, id: str, old: Values, inputs: Values) -> Made:
        """`old` are the outputs so far."""

    def read(self, id: str, inputs: Values, old: Values) -> Found | None:
        """Return it as it is; None when it is gone. Without inputs (an import) all come from the cloud."""

    def candidates(self, inputs: Values) -> list[str]:
        """Return the ids of what could have come of a create with these inputs."""

    def delete(self, id: str, state: Values) -> None: ...
