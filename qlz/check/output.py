"""Where a report goes: text for people to stderr, the form that was asked for to stdout or into a file."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from qlz.check.formats import rendered, words
from qlz.check.options import Format
from qlz.exit_codes import CommandError, ExitCode
from qlz.streams import silence

if TYPE_CHECKING:
    from qlz.check.options import CheckOptions
    from qlz.check.report import Report, StackReport

CLEAR = "\r\x1b[2K"


class Progress:
    """How far it is, on a terminal; silent elsewhere."""

    def __init__(self, stacks: int, terminal: bool) -> None:
        self._stacks, self._done, self._terminal = stacks, 0, terminal

    def __enter__(self) -> Self:
        self._show("checking")
        return self

    def tell(self, report: StackReport) -> None:
        """One more is judged."""
        self._done += 1
        self._show(words.line(report.stack))

    def _show(self, what: str) -> None:
        if self._terminal:
            sys.stderr.write(f"{CLEAR}{self._done} of {self._stacks} stacks: {what} …")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()


def deliver(report: Report, options: CheckOptions) -> None:
    """Write the report wherever it belongs. Raises CommandError where that cannot be, the rest written."""
    form = options.format or Format.TEXT
    told: list[Callable[[], None]] = []
    if options.format is None or form is not Format.TEXT or options.output is not None:
        told.append(lambda: _to_stream("stderr", _text(report, sys.stderr)))
    if (output := options.output) is not None:
        told.append(lambda: _to_file(output, rendered(report, form)))
    elif options.format is Format.TEXT:
        told.append(lambda: _to_stream("stdout", _text(report, sys.stdout)))
    elif options.format is not None:
        told.append(lambda: _to_stream("stdout", rendered(report, form)))
    if os.environ.get("GITHUB_ACTIONS") == "true" and form in (Format.TEXT, Format.SARIF, Format.JUNIT):
        # Wherever they are written, the runner takes them out of the log.
        told.append(lambda: _to_stream("stderr", rendered(report, Format.GITHUB)))
    failed = [problem for write in told if (problem := _tried(write))]
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        from qlz.check.formats import github

        with suppress(OSError), Path(summary).open("a", encoding="utf-8") as file:
            file.write(github.summary(report))
    if failed:
        if options.format is not None and output is None:
            silence("stdout")  # a report stands there, or what could be written of it: nothing may follow
        raise failed[0]


def _tried(write: Callable[[], None]) -> CommandError | None:
    try:
        write()
    except CommandError as problem:
        return problem
    return None


def _to_stream(name: Literal["stdout", "stderr"], text: str) -> None:
    """Write all of it. Raises CommandError where the stream is closed, full or no longer read."""
    stream = getattr(sys, name)
    try:
        if stream is None:  # it was closed when Python began
            raise OSError(errno.EBADF, "it is closed")
        stream.write(text)
        stream.flush()
    except OSError as error:
        silence(name)
        raise CommandError(
            f"the report cannot be written to {name}: {error.strerror or error}",
            code=ExitCode.UNDECIDED,
            fix="read all of it, or name a file with --output",
        ) from None


def _text(report: Report, stream: object) -> str:
    from qlz.check.formats import text

    terminal = bool(getattr(stream, "isatty", lambda: False)())
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    told = text.render(report, colour=terminal and not plain)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return told.encode(encoding, "backslashreplace").decode(encoding)


def place_of(output: Path | None) -> None:
    """Refuse what can be no file, before anything is judged. Raises CommandError (bad input)."""
    if output is not None and output.is_dir():
        raise CommandError(
            f"--output is a folder: {'the one this runs in' if output == Path() else output}",
            code=ExitCode.BAD_INPUT,
            fix="name a file, such as check.sarif",
        )


def _to_file(path: Path, text: str) -> None:
    """Whole or not at all: under another name first. What a link leads to is written, and the link stays; a
    pipe, a device or a file that is one of this command's own streams is written as it stands."""
    try:
        if _stands(path):
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
        else:
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        raise CommandError(
            f"the report cannot be written to {path}: {error.strerror or error}",
            code=ExitCode.UNDECIDED,
            fix="name a file in a folder that is there and writable",
        ) from None


def _stands(path: Path) -> bool:
    """Whether it is there and nothing that another file could take the place of."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    for stream in (1, 2):
        with suppress(OSError):  # it is closed
            if os.path.samestat(found, os.fstat(stream)):
                return True
    return not stat.S_ISREG(found.st_mode)


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
