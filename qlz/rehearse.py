"""What the `qlz rehearse` commands do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import typer

from components.spec import LoadedStack
from qlz import stopping
from qlz.decommission import decommissioned_copy
from qlz.exit_codes import CommandError, ExitCode
from qlz.failures import exit_code
from qlz.options import RehearseOptions
from qlz.output import Reporter
from qlz.rehearsal import Rehearsal
from qlz.stacks import blocking_time_problems, load_all
from qlz.summary import (
    is_real,
    is_undecided,
    outcome_data,
    show_outcome,
    show_places,
    show_recorded,
    type_label,
)
from qlz.workspace import find_root
from rehearsal.engine import Event, Outcome, StepDone, StepStarted


class Run:
    """One command over some stacks: reports as it goes, and ends with an exit code."""

    def __init__(
        self, command: str, names: Sequence[str], options: RehearseOptions, *, starts_cloud: bool
    ) -> None:
        self.command = command
        self.report = Reporter(json_mode=options.json_mode)
        root = find_root(options.root)
        self.stacks = load_all(root, names)
        self.documents: list[dict[str, Any]] = []
        self.code = ExitCode.OK
        self._doing, self._planned, self._done = "", 0, 0
        self.rehearsal = Rehearsal(
            root,
            options.engine,
            starts_cloud=starts_cloud,
            fresh=options.fresh,
            account=options.account,
            extra_packs=[pack.resolve() for pack in options.policy_packs],
            on_event=self._on_event,
            on_progress=lambda text: self.report.line(f"{text} …"),
        )

    def each(
        self, verb: str, act: Callable[[LoadedStack], Outcome], stacks: Sequence[LoadedStack] | None = None
    ) -> None:
        """Act on each stack in turn; stop at the first that does not end well."""
        for loaded in self.stacks if stacks is None else stacks:
            own, played = loaded.stack.account, self.rehearsal.account_of(loaded)
            if own != played:
                self.report.line(f"! {loaded.name} names account {own}; the credentials are of {played}")
            self._doing, self._planned, self._done = f"{verb} {loaded.name}", 0, 0
            with self.report.doing(self._doing):
                outcome = act(loaded)
            stopping.look()
            self.take(outcome)
            if self.code is not ExitCode.OK:
                if own != played:  # the provider's own check of the account said no
                    self.code = ExitCode.DENIED
                break

    def take(self, outcome: Outcome) -> None:
        """Show an outcome and let it decide the exit code."""
        show_outcome(self.report, outcome)
        if outcome.result == "ok" and outcome.operation != "destroy":
            show_places(self.report, outcome.outputs)
        self.documents.append(outcome_data(outcome))
        if outcome.result == "ok":
            self.code = ExitCode.OK
        elif is_undecided(outcome):
            self.code = ExitCode.UNDECIDED
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
        """Say what was only recorded, print the document and leave with the exit code."""
        recorded = self.rehearsal.recorded_in_use()
        show_recorded(self.report, recorded)
        self.report.document(
            {
                "command": f"rehearse {self.command}",
                "engine": str(self.rehearsal.engine),
                "clouds": dict(self.rehearsal.cloud_ids),
                "stale": list(self.rehearsal.stale),
                "stacks": self.documents,
                "recorded_only": recorded,
                "exit_code": int(self.code),
            }
        )
        raise typer.Exit(int(self.code))

    def _on_event(self, event: Event) -> None:
        """Tell how far it is: an `up` has as many steps as the preview before it."""
        if isinstance(event, StepDone) and is_real(event.step):
            self._done += 1
        elif isinstance(event, StepStarted) and is_real(event.step):
            if event.dry_run:
                self._planned += 1
            step = f"{event.step.op} {type_label(event.step.type)} {event.step.name}"
            count = (
                "checking" if event.dry_run else f"{self._done + 1} of {max(self._planned, self._done + 1)}"
            )
            self.report.progress(f"{self._doing}: {count}: {step}")


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
    run.take(outcome)
    run.report.line(f"✗ {loaded.name}: nothing may be added or changed until this is put right", style="red")
    run.code = ExitCode.DENIED
    return True


def preview(names: Sequence[str], options: RehearseOptions) -> None:
    """Preview stacks; starts no local cloud."""
    run = Run("preview", names, options, starts_cloud=False)
    with run.rehearsal:
        run.tell_stale()
        run.each("previewing", run.rehearsal.preview)
    run.finish()


def up(names: Sequence[str], options: RehearseOptions) -> None:
    """Bring stacks up, environments first."""
    run = Run("up", names, options, starts_cloud=True)
    with run.rehearsal:
        run.tell_stale()
        for loaded in run.stacks:
            if run.code is ExitCode.OK and not _refuse_out_of_time(run, loaded):
                run.each("bringing up", run.rehearsal.up, [loaded])
    run.finish()


def destroy(names: Sequence[str], options: RehearseOptions, *, decommission: bool) -> None:
    """Destroy stacks, projects first."""
    run = Run("destroy", names, options, starts_cloud=True)
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


def export(name: str, options: RehearseOptions) -> None:
    """Print the deployment."""
    run = Run("export", [name], options, starts_cloud=False)
    with run.rehearsal:
        run.tell_stale()
        deployment = run.rehearsal.export(run.stacks[0])
    Reporter(json_mode=True).document(deployment)


def coverage(names: Sequence[str], options: RehearseOptions) -> None:
    """Print what is emulated; with stacks, of the types they use."""
    from qlz.coverage import coverage_rows, show_coverage  # here: it brings the models of both clouds

    types: set[str] | None = None
    if names:
        run = Run("coverage", names, options, starts_cloud=False)
        types = set()
        with run.rehearsal:
            for loaded in run.stacks:
                with run.report.doing(f"previewing {loaded.name}"):
                    outcome = run.rehearsal.preview(loaded)
                if outcome.error is not None and outcome.result == "failed":
                    raise outcome.error
                types |= {step.type for step in outcome.steps if is_real(step)}
    rows = coverage_rows(types)
    Reporter(json_mode=options.json_mode).document({"types": rows, "exit_code": int(ExitCode.OK)})
    if not options.json_mode:
        show_coverage(rows)
