"""`qlz rehearse`: the program and its policy packs, with the cloud played on this machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from qlz.options import EngineName, RehearseOptions

app = typer.Typer(
    help="The program and its policy packs, with the cloud played on this machine: no account, no cost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _twelve_digits(account: str | None) -> str | None:
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        raise typer.BadParameter("an AWS account is 12 digits, such as 111122223333")
    return account


Stacks = Annotated[
    list[str], typer.Argument(metavar="STACK…", help="Stacks, such as: sandbox optimus-sandbox")
]
EngineOption = Annotated[
    EngineName, typer.Option("--engine", help="The embedded engine, or the Pulumi CLI where it is installed.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
RootOption = Annotated[
    Path | None, typer.Option("--root", help="The project's folder, when it is not this one or above it.")
]
AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        callback=_twelve_digits,
        help="Play the credentials of this account instead of the stack's own.",
    ),
]
PackOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--policy-pack", exists=True, file_okay=False, help="One more policy pack; baseline always runs."
    ),
]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Begin with an empty local cloud; what was rehearsed before is gone.")
]


@app.command()
def preview(
    stacks: Stacks,
    engine: EngineOption = EngineName.EMBEDDED,
    json_mode: JsonOption = False,
    root: RootOption = None,
    account: AccountOption = None,
    policy_pack: PackOption = None,
) -> None:
    """Show what `up` would do and every policy's verdict. Changes nothing.

    Example: qlz rehearse preview sandbox --json
    """
    from qlz import rehearse

    rehearse.preview(stacks, RehearseOptions(engine, json_mode, root, account, tuple(policy_pack or ())))


@app.command()
def up(
    stacks: Stacks,
    engine: EngineOption = EngineName.EMBEDDED,
    json_mode: JsonOption = False,
    root: RootOption = None,
    account: AccountOption = None,
    policy_pack: PackOption = None,
    fresh: FreshOption = False,
) -> None:
    """Bring stacks up in the local cloud, environments first; policies are mandatory.

    Example: qlz rehearse up sandbox optimus-sandbox
    """
    from qlz import rehearse

    rehearse.up(stacks, RehearseOptions(engine, json_mode, root, account, tuple(policy_pack or ()), fresh))


@app.command()
def destroy(
    stacks: Stacks,
    decommission: Annotated[
        bool,
        typer.Option(
            "--decommission",
            help="Rehearse the whole exit on a copy: mark the stack decommissioned, `up`, then destroy.",
        ),
    ] = False,
    engine: EngineOption = EngineName.EMBEDDED,
    json_mode: JsonOption = False,
    root: RootOption = None,
    account: AccountOption = None,
) -> None:
    """Delete what a stack made, projects before their environment; lists what is kept, and why.

    Refuses, before anything is deleted, while keys, logs or stores are protected: a live project is
    decommissioned first.

    Example: qlz rehearse destroy optimus-sandbox --decommission
    """
    from qlz import rehearse

    rehearse.destroy(stacks, RehearseOptions(engine, json_mode, root, account), decommission=decommission)


@app.command()
def export(
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    engine: EngineOption = EngineName.EMBEDDED,
    json_mode: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Print a stack's deployment as JSON, as `pulumi stack import` takes it; secrets stay encrypted.

    Example: qlz rehearse export sandbox > sandbox.json
    """
    from qlz import rehearse

    rehearse.export(stack, RehearseOptions(engine, json_mode, root))


@app.command()
def coverage(
    stacks: Annotated[
        list[str] | None, typer.Argument(metavar="[STACK…]", help="Only the types these stacks use.")
    ] = None,
    json_mode: JsonOption = False,
    root: RootOption = None,
) -> None:
    """List, by type and property, what the local cloud emulates, what it only records, what it refuses.

    Emulated: really set in the local cloud and read back. Recorded: checked and kept in the state only.

    Example: qlz rehearse coverage optimus-sandbox
    """
    from qlz import rehearse

    rehearse.coverage(stacks or [], RehearseOptions(json_mode=json_mode, root=root))
