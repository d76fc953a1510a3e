"""Telling the program's printing from ours, in one process: by contextvar, not by thread.

The program runs in its own context; what it prints becomes messages. Whatever it calls into (the engine,
and those who listen to the engine's events) prints as ever, inside `not_the_program`.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

OnLine = Callable[[str], None]
PRINTING: Final[contextvars.ContextVar[OnLine | None]] = contextvars.ContextVar("printing", default=None)
"""Who reads the lines that are printed in this context; None: they go where they always went."""


@contextmanager
def not_the_program() -> Iterator[None]:
    """What is printed inside is not the program's."""
    token = PRINTING.set(None)
    try:
        yield
    finally:
        PRINTING.reset(token)


class Lines:
    """A text stream that hands whole lines of the program to its reader, and the rest through."""

    def __init__(self, beneath: Any) -> None:
        self._beneath = beneath
        self._rest = ""
        self._reader: OnLine | None = None

    def write(self, text: str) -> int:
        reader = PRINTING.get()
        if reader is None:
            return int(self._beneath.write(text))
        self._reader = reader
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            reader(line)
        return len(text)

    def end(self) -> None:
        if self._rest and self._reader:
            self._reader(self._rest)
        self._rest = ""

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def isatty(self) -> bool:
        return PRINTING.get() is None and bool(self._beneath.isatty())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._beneath, name)
