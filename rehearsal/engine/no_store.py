"""In place of a store where nothing is to be kept: every stack is new, and stays so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from rehearsal.engine.errors import EngineError
from rehearsal.engine.passphrase import Passphrase


class NoStore:
    """For previews from nothing. Whatever would have to write a state raises EngineError first."""

    def load(self, stack: str) -> dict[str, Any] | None:
        return None

    def secrets(self, deployment: Mapping[str, Any] | None) -> Passphrase:
        return Passphrase("", _no_place)

    def save(self, stack: str, deployment: bytes) -> None:
        _no_place()

    def prepare(self) -> None:
        """There is no key to derive."""

    @contextmanager
    def lock(self, stack: str) -> Iterator[None]:
        _no_place()
        yield


def _no_place() -> NoReturn:
    raise EngineError("there is no place for a state here", fix="Give the engine a StateStore.")
