"""The commands, and what becomes of their errors."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from qlz import stopping, streams
from qlz.commands import check, rehearse

STOPPED = 130
"""What a command that was interrupted ends with (SIGINT or SIGTERM), as shells have it."""

app = typer.Typer(
    name="qlz",
    help="Quantum Landing Zone: safe quantum projects on Amazon Braket and Azure Quantum.\n\n"
    "Exit codes: 0 fine, 1 a policy or check says no, 2 bad input or usage, 3 could not decide or reach\n"
    "(and 130 when it was interrupted).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(rehearse.app, name="rehearse")
app.command("check")(check.check)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"qlz {version('quantum-landing-zone')}\n")
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of every command."""


def run() -> None:
    """Read the arguments and do it: an expected error is told in words, with its exit code."""
    streams.reserve()
    stopping.obey()
    try:
        app()
    except Exception as error:
        from qlz import failures

        if not isinstance(error, failures.EXPECTED):
            raise
        _tell(failures.text(error), failures.data(error), "red")
        sys.exit(int(failures.exit_code(error)))
    except SystemExit as ended:
        if ended.code == STOPPED:
            text = "stopped; what was done is in the state: run it again to go on"
            if sys.argv[1:2] == ["check"]:
                text = "stopped; nothing is decided, and nothing was changed"
            _tell(text, {"error": text, "exit_code": STOPPED})
        elif usage := getattr(ended.__context__, "format_message", None):  # people have been told by Typer
            _tell("", {"error": usage(), "problems": [], "exit_code": ended.code})
        raise


def _tell(text: str, document: dict[str, object], style: str | None = None) -> None:
    """What ended the command: words for people, and the document with --json. Where a stream takes nothing,
    the exit code tells."""
    from rich.console import Console
    from rich.text import Text

    from qlz.output import Reporter

    try:
        if text and sys.stderr:
            Console(stderr=True, soft_wrap=True, highlight=False).print(Text(text), style=style)
    except (OSError, SystemExit):  # Rich ends the process where a pipe is not read
        streams.silence("stderr")
    try:
        if sys.stdout:
            Reporter(json_mode="--json" in sys.argv[1:]).document(document)
    except OSError:
        streams.silence("stdout")
