"""What every command's exit status means (docs/commands.md)."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The four answers a pipeline can act on."""

    OK = 0
    DENIED = 1
    """A policy or a check says no."""
    BAD_INPUT = 2
    """A file or the command line is wrong; nothing was touched."""
    UNDECIDED = 3
    """Something could not be decided or reached: never taken for a yes."""


class CommandError(Exception):
    """An expected error: what is wrong, where, and what to do. Shown without a stack trace."""

    def __init__(self, message: str, *, code: ExitCode, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.fix = fix
