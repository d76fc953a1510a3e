"""What an expected error means for the exit code. Anything else is a defect of ours and keeps its trace."""

from __future__ import annotations

from components.spec import SpecError
from qlz.exit_codes import CommandError, ExitCode
from rehearsal.engine import (
    EngineError,
    InvalidResource,
    PolicyBlocked,
    ProgramFailed,
    ProtectedResources,
    Unsupported,
)
from rehearsal.local_cloud import LocalCloudError

DENIED = (PolicyBlocked, ProtectedResources)
BAD_INPUT = (InvalidResource, ProgramFailed, SpecError, Unsupported)
EXPECTED = (CommandError, EngineError, LocalCloudError, SpecError)


def exit_code(error: BaseException) -> ExitCode:
    """0 never: an error is denied, bad input or undecided."""
    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, DENIED):
        return ExitCode.DENIED
    if isinstance(error, BAD_INPUT):
        return ExitCode.BAD_INPUT
    return ExitCode.UNDECIDED


def text(error: BaseException) -> str:
    """What is wrong, where, and what to do."""
    if isinstance(error, CommandError) and error.fix:
        return f"{error.message}\n    fix: {error.fix}"
    return str(error)


def data(error: BaseException) -> dict[str, object]:
    """The --json document of a command that could not begin."""
    problems = [
        {"file": p.file, "line": p.line, "key": p.key, "message": p.message, "fix": p.fix}
        for p in (error.problems if isinstance(error, SpecError) else ())
    ]
    return {"error": text(error), "problems": problems, "exit_code": int(exit_code(error))}
