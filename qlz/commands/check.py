"""`qlz check`: program and policy packs, without cloud, credentials, CLI or backend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qlz.check.options import CheckOptions, Format


def check(
    stacks: Annotated[
        list[str] | None, typer.Argument(metavar="[STACK…]", help="Stacks, such as: dev optimus-dev")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every stack that has a file.")] = False,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format", help="Write the report to stdout in this form. Without it, text for people on stderr."
        ),
    ] = None,
    json_mode: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state", metavar="FILE", help="Judge a deployment that `pulumi stack export` wrote instead."
        ),
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option(
            "--changed",
            metavar="BASE",
            help="Only the stacks that this branch touches since it left BASE (a branch or commit of git); "
            "beside names those stacks, and no day stops one that the branch only tightens.",
        ),
    ] = None,
    steps: Annotated[
        Path | None,
        typer.Option(
            "--steps",
            metavar="FILE",
            help="Judge also what `pulumi preview --json` of the one stack deletes or replaces.",
        ),
    ] = None,
    policy_pack: Annotated[
        list[Path] | None,
        typer.Option(
            "--policy-pack",
            metavar="DIR",
            help="One more policy pack; baseline and regulated always run.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write the report to a file, and text to stderr."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, max=256, help="Stacks at a time; 0: as many as processors.")
    ] = 0,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, max=3600, help="Seconds that one stack's program may take.")
    ] = 120.0,
    root: Annotated[
        Path | None, typer.Option("--root", help="The project's folder, when it is not this one or above it.")
    ] = None,
) -> None:
    """Judge stacks by their files: the program and every policy, previewed from nothing.

    Needs no cloud, credential, Pulumi CLI or state. Nothing is made or changed.

    Exit codes: 1 where something mandatory says no; else 2 where a stack file or the program is wrong; else
    3 where something could not be decided (a program that hangs or is lost, a policy pack that does not
    answer, a value that only the cloud knows); 0 only when everything was judged and passes.

    Example: qlz check --all --format sarif --output check.sarif
    """
    from qlz.check import run

    options = CheckOptions(
        stacks=tuple(dict.fromkeys(stacks or ())),
        every=every,
        format=Format.JSON if json_mode else format,
        state=state,
        base=changed,
        policy_packs=tuple(policy_pack or ()),
        steps=steps,
        output=output,
        jobs=jobs,
        seconds=timeout,
        root=root,
    )
    if json_mode and format not in (None, Format.JSON):
        raise typer.BadParameter("says another format than --json", param_hint="--format")
    ways = sum([bool(options.stacks) or changed is not None, every, state is not None])
    if state is not None and len(options.stacks) <= 1 and not every and changed is None:
        ways = 1  # a stack's name beside a state says which one it must be of
    if ways != 1:
        raise typer.BadParameter(
            "name stacks, or give one of --all, --changed and --state", param_hint="STACK"
        )
    if steps is not None and len(options.stacks) != 1:
        raise typer.BadParameter("is a preview of one stack: name that one", param_hint="--steps")
    raise typer.Exit(int(run.run(options)))
