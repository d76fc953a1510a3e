"""What an expected error means for the exit code. Anything else is a defect of ours and keeps its trace."""

from __future__ import annotations

import re

from components.spec import SpecError
from qlz.exit_codes import CommandError, ExitCode
from rehearsal.engine import (
    BadState,
    EngineError,
    InvalidResource,
    PendingCreates,
    PolicyBlocked,
    ProgramFailed,
    ProtectedResources,
    ProviderFailed,
    Unsupported,
    WrongPassphrase,
)
from rehearsal.local_cloud import BadSetting, LocalCloudError

DENIED = (PolicyBlocked, ProtectedResources)
BAD_INPUT = (BadSetting, InvalidResource, ProgramFailed, SpecError, Unsupported)
BEGIN_AFRESH = (BadState, PendingCreates, WrongPassphrase)
"""A state that no rehearsal can go on from."""
AFRESH = (
    "begin with an empty local cloud: qlz rehearse up STACK… --fresh "
    "(all stacks begin anew; their states are set aside, not lost)"
)
HELD = (
    "something is attached that this stack did not attach, perhaps a freeze\n"
    "    fix: look first why it was frozen; then thaw it (detach its freeze from its roles, as"
    " environment-apply or break-glass) and run again"
)
ALREADY_THERE = re.compile(r"Already(Exists|OwnedByYou)|already exists", re.IGNORECASE)
FROZEN = re.compile(r"DeleteConflict")
EXPECTED = (CommandError, EngineError, LocalCloudError, OSError, SpecError)


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
    if isinstance(error, BEGIN_AFRESH):
        place = f"{error.where}: " if error.where else ""
        return f"{place}{error.what}\n    fix: {AFRESH}"
    if isinstance(error, ProviderFailed) and ALREADY_THERE.search(error.words):
        return (
            f"{error}\n    it is there, but not in this stack's state: perhaps an earlier destroy kept it;\n"
            f"    on a real cloud it is imported (pulumi import)\n    fix: {AFRESH}"
        )
    if isinstance(error, ProviderFailed) and FROZEN.search(error.words):
        return f"{error}\n    {HELD}"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return (
            f"{place}{error.strerror or error}\n    fix: make room there and the folder writable, or set "
            "QLZ_HOME to another folder"
        )
    return str(error)


def data(error: BaseException) -> dict[str, object]:
    """The --json document of a command that could not begin."""
    problems = [
        {"file": p.file, "line": p.line, "key": p.key, "message": p.message, "fix": p.fix}
        for p in (error.problems if isinstance(error, SpecError) else ())
    ]
    return {"error": text(error), "problems": problems, "exit_code": int(exit_code(error))}
