"""The operator's command line."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from qlz.commands import rehearse
from qlz.output import Reporter

app = typer.Typer(
    name="qlz",
    help="Quantum Landing Zone: safe quantum projects on Amazon Braket and Azure Quantum.\n\n"
    "Exit codes: 0 fine, 1 a policy or check says no, 2 bad input or usage, 3 could not decide or reach.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(rehearse.app, name="rehearse")


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


def main() -> None:
    """Entry point of `qlz`: an expected error is told in words, with its exit code."""
    try:
        app()
    except Exception as error:
        from qlz import failures

        if not isinstance(error, failures.EXPECTED):
            raise
        Console(stderr=True, soft_wrap=True, highlight=False).print(Text(failures.text(error)), style="red")
        Reporter(json_mode="--json" in sys.argv[1:]).document(failures.data(error))
        sys.exit(int(failures.exit_code(error)))
    except KeyboardInterrupt:
        Console(stderr=True).print(
            "stopped; what was done is in the state, and running it again goes on from there"
        )
        sys.exit(130)


if __name__ == "__main__":
    main()
