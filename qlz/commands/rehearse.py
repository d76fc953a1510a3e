"""`qlz rehearse`: the program and its policy packs, with the cloud played on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from components.spec import LoadedStack
from qlz.coverage import coverage_rows, show_coverage
from qlz.decommission import decommissioned_copy
from qlz.exit_codes import CommandError, ExitCode
from qlz.failures import exit_code
from qlz.output import Reporter
from qlz.rehearsal import EngineName, Rehearsal
from qlz.stacks import blocking_time_problems, load_all
from qlz.summary import is_real, outcome_data, show_outcome, show_places, type_label
from qlz.workspace import find_root
from rehearsal.engine import Event, Outcome, StepDone, StepStarted

app = typer.Typer(
    help="The program and its policy packs, with the cloud played on this machine: no account, no cost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

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
    typer.Option("--account", help="Play the credentials of this account instead of the stack's own."),
]
PackOption = Annotated[
    list[Path] | None, typer.Option("--policy-pack", help="One more policy pack; baseline always runs.")
]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Begin with an empty local cloud; what was rehearsed before is gone.")
]


class Run:
    """One command over some stacks: reports as it goes, and ends with an exit code."""

    def __init__(
        self,
        command: str,
        names: Sequence[str],
        *,
        engine: EngineName,
        json_mode: bool,
        root: Path | None,
        account: str | None = None,
        packs: Sequence[Path] | None = None,
        fresh: bool = False,
        starts_cloud: bool = True,
    ) -> None:
        self.command = command
        self.report = Reporter(json_mode=json_mode)
        self.root = find_root(root)
        self.stacks = load_all(self.root, names)
        self.documents: list[dict[str, Any]] = []
        self.code = ExitCode.OK
        self._done = 0
        self.rehearsal = Rehearsal(
            self.root,
            engine,
            starts_cloud=starts_cloud,
            fresh=fresh,
            account=account,
            extra_packs=[pack.resolve() for pack in packs or ()],
            on_event=self._on_event,
            on_progress=lambda text: self.report.line(f"{text} …"),
        )

    def each(
        self, verb: str, act: Callable[[LoadedStack], Outcome], stacks: Sequence[LoadedStack] | None = None
    ) -> None:
        """Act on each stack in turn; stop at the first that does not end well."""
        for loaded in self.stacks if stacks is None else stacks:
            self._done = 0
            with self.report.doing(f"{verb} {loaded.name}"):
                outcome = act(loaded)
            self.take(loaded, outcome)
            if self.code is not ExitCode.OK:
                break

    def take(self, loaded: LoadedStack, outcome: Outcome) -> None:
        """Show an outcome and let it decide the exit code."""
        recorded = self.rehearsal.recorded_in_use(loaded)
        show_outcome(self.report, outcome, recorded)
        if outcome.result == "ok" and outcome.operation != "destroy":
            show_places(self.report, outcome.outputs)
        self.documents.append(outcome_data(outcome, recorded))
        if outcome.result == "ok":
            self.code = ExitCode.OK
        elif outcome.result == "blocked" or outcome.error is None:
            self.code = ExitCode.DENIED
        else:
            self.code = exit_code(outcome.error)

    def tell_stale(self) -> None:
        """Say which states were set aside because the local cloud they belong to is gone."""
        for stack in self.rehearsal.stale:
            self.report.line(
                f"! the local cloud in which {stack} was rehearsed is gone; its state is set aside as stale "
                f"({self.rehearsal.home / 'stale'}) and it starts from nothing",
                style="yellow",
            )

    def finish(self) -> None:
        """Print the document and leave with the exit code."""
        self.report.document(
            {
                "command": f"rehearse {self.command}",
                "engine": str(self.rehearsal.engine),
                "cloud": self.rehearsal.cloud_id,
                "stale": list(self.rehearsal.stale),
                "stacks": self.documents,
                "exit_code": int(self.code),
            }
        )
        raise typer.Exit(int(self.code))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, StepStarted) and is_real(event.step):
            self.report.progress(f"{event.step.op} {type_label(event.step.type)} {event.step.name}")
        elif isinstance(event, StepDone):
            self._done += 1


def _refuse_out_of_time(run: Run, loaded: LoadedStack) -> bool:
    """Whether the day forbids this `up`: it would add or widen, and a date has passed (G3).

    What only takes away is never refused for a date.
    """
    today = datetime.now(UTC).date()
    for problem in loaded.time_problems(today):
        run.report.line(f"! {problem}", style="yellow")
    problems = blocking_time_problems(loaded, today)
    if not problems:
        return False
    outcome = run.rehearsal.preview(loaded)
    if outcome.result == "ok" and not any(outcome.changes.get(op) for op in ("create", "update", "replace")):
        return False
    run.take(loaded, outcome)
    run.report.line(f"✗ {loaded.name}: nothing may be added or changed until this is put right", style="red")
    run.code = ExitCode.DENIED
    return True


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
    run = Run(
        "preview",
        stacks,
        engine=engine,
        json_mode=json_mode,
        root=root,
        account=account,
        packs=policy_pack,
        starts_cloud=False,
    )
    with run.rehearsal:
        run.tell_stale()
        run.each("previewing", run.rehearsal.preview)
    run.finish()


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
    run = Run(
        "up",
        stacks,
        engine=engine,
        json_mode=json_mode,
        root=root,
        account=account,
        packs=policy_pack,
        fresh=fresh,
    )
    with run.rehearsal:
        run.tell_stale()
        for loaded in run.stacks:
            if run.code is ExitCode.OK and not _refuse_out_of_time(run, loaded):
                run.each("bringing up", run.rehearsal.up, [loaded])
    run.finish()


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
    run = Run("destroy", stacks, engine=engine, json_mode=json_mode, root=root, account=account)
    with run.rehearsal:
        run.tell_stale()
        for loaded in reversed(run.stacks):
            if run.code is not ExitCode.OK:
                break
            _refuse_while_inhabited(run, loaded)
            if not decommission:
                run.each("destroying", run.rehearsal.destroy, [loaded])
                continue
            with decommissioned_copy(loaded) as leaving:
                run.each("decommissioning", run.rehearsal.up, [leaving])
                if run.code is ExitCode.OK:
                    run.each("destroying", run.rehearsal.destroy, [leaving])
    run.finish()


def _refuse_while_inhabited(run: Run, loaded: LoadedStack) -> None:
    """An environment goes last: its projects would lose boundary, locks and logs."""
    inside = run.rehearsal.projects_in(loaded)
    if inside:
        raise CommandError(
            f"{loaded.name} still holds {', '.join(inside)}",
            code=ExitCode.DENIED,
            fix=f"destroy the projects first: qlz rehearse destroy {' '.join(inside)}",
        )


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
    run = Run("export", [stack], engine=engine, json_mode=True, root=root, starts_cloud=False)
    with run.rehearsal:
        run.tell_stale()
        deployment = run.rehearsal.export(run.stacks[0])
    run.report.document(deployment)


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
    types: set[str] | None = None
    if stacks:
        run = Run(
            "coverage",
            stacks,
            engine=EngineName.EMBEDDED,
            json_mode=json_mode,
            root=root,
            starts_cloud=False,
        )
        types = set()
        with run.rehearsal:
            for loaded in run.stacks:
                with run.report.doing(f"previewing {loaded.name}"):
                    outcome = run.rehearsal.preview(loaded)
                if outcome.error is not None and outcome.result == "failed":
                    raise outcome.error
                types |= {step.type for step in outcome.steps if is_real(step)}
    report = Reporter(json_mode=json_mode)
    rows = coverage_rows(types)
    report.document({"types": rows, "exit_code": int(ExitCode.OK)})
    if not json_mode:
        show_coverage(rows)
