"""What `qlz check` does, from its options to its exit code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from qlz.check.formats import ready
from qlz.check.options import Format
from qlz.check.output import Progress, deliver, place_of
from qlz.check.report import Finding, Report, Rule, StackReport
from qlz.check.selection import Selection
from qlz.check.stage import Stage, share
from qlz.check.unchanged import Watch
from qlz.exit_codes import CommandError, ExitCode
from qlz.workspace import find_root

if TYPE_CHECKING:
    from qlz.check.judge import Judge
    from qlz.check.load import Loaded
    from qlz.check.options import CheckOptions


def run(options: CheckOptions) -> ExitCode:
    """Judge what is asked for, deliver the report and return the exit code.

    Raises CommandError (bad input) where nothing can be judged at all.
    """
    began = time.monotonic()
    place_of(options.output)
    root = find_root(options.root)
    _forget_settings()
    for form in {Format.TEXT, Format.GITHUB, options.format or Format.TEXT}:
        ready(form)  # nothing of the command is loaded once a program has run
    if options.state is not None:
        from qlz.check.state import judged_state

        report = judged_state(root, options)
    else:
        report = _checked(root, options)
    report = replace(report, seconds=time.monotonic() - began)
    deliver(report, options)
    return report.code


def _forget_settings() -> None:
    """What would tell a pack about another run than this one."""
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "QLZ_TIGHTENING"))]:
        del os.environ[name]


def _checked(root: Path, options: CheckOptions) -> Report:
    watch = Watch(root)  # before anything of the program is loaded
    chosen = _selected(root, options)
    names = chosen.names
    jobs = min(max(1, len(names)), options.jobs or _processors())
    packs = [_pack(folder) for folder in options.policy_packs]
    with ExitStack() as closing:
        share()
        stage = Stage(root, jobs, _modules(root, names), names=names) if names else None
        if stage is not None:
            closing.callback(stage.close)
        from qlz.check.load import load

        aside = Path(closing.enter_context(TemporaryDirectory(prefix="qlz-check-")))
        found = load(root, names, aside)  # while the stage loads the program
        report = _judged(root, chosen, found, options, stage if found.stacks else None, packs)
        return replace(report, findings=(*report.findings, *watch.findings()))


def _processors() -> int:
    """Those that this process may use, where the system tells."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def _judged(
    root: Path,
    chosen: Selection,
    found: Loaded,
    options: CheckOptions,
    stage: Stage | None,
    packs: Sequence[Path],
) -> Report:
    # Loaded while the stage still loads.
    from qlz.check.byfile import by_file
    from qlz.check.files import RULES, once
    from qlz.check.load import RULE

    reports: list[StackReport] = list(found.broken)
    rules: dict[str, Rule] = {RULE.id: RULE} if reports else {}

    def files() -> list[Finding]:
        return by_file(root, options, chosen, found.stacks.values())

    if stage is not None:
        from qlz.check.judge import Judge
        from rehearsal.engine import Project

        project = Project.load(root)
        judges = [Judge(project, lane, packs, options.seconds, chosen.tightening) for lane in stage.lanes]
        more, its_rules, loose = _reports(judges, found, bool(sys.stderr and sys.stderr.isatty()), files)
        reports += more
        rules |= its_rules
    else:
        loose = files()
    loose = once(loose, reports)
    if options.steps is not None:
        from qlz.check.steps import RULE as STEPS
        from qlz.check.steps import TITLE

        rules[STEPS] = Rule(STEPS, TITLE, severity="critical", requirements=("L7", "K5"))
    rules |= {finding.rule: RULES[finding.rule] for finding in loose if finding.rule in RULES}
    order = {name: number for number, name in enumerate(chosen.names)}
    reports.sort(key=lambda report: order[report.stack])
    told = [_with(report, loose) for report in reports]
    alone = [finding for finding in loose if finding.stack not in order]
    return Report(tuple(told), tuple(alone), rules=rules, left_out=chosen.left_out)


def _with(report: StackReport, loose: Sequence[Finding]) -> StackReport:
    """A stack's report with what files say of that stack."""
    own = [finding for finding in loose if finding.stack == report.stack]
    return replace(report, findings=tuple(sorted([*report.findings, *own], key=lambda each: each.order)))


def _reports(
    judges: Sequence[Judge], found: Loaded, terminal: bool, files: Callable[[], list[Finding]]
) -> tuple[list[StackReport], dict[str, Rule], list[Finding]]:
    """The stacks' reports and rules; and what `files` finds meanwhile."""
    from qlz.check.workers import Workers, one_by_one

    with Progress(len(found.stacks), terminal) as progress, ThreadPoolExecutor(1, "files") as beside:
        if len(judges) == 1 or len(found.stacks) == 1:
            loose = beside.submit(files)
            reports = list(one_by_one(judges[0], found, progress.tell))
            return reports, judges[0].rules, loose.result()
        workers = Workers(judges, found)
        try:
            loose = beside.submit(files)  # no process is forked from here on
            return workers.judge(progress.tell), workers.rules, loose.result()
        finally:
            workers.close()


def _selected(root: Path, options: CheckOptions) -> Selection:
    if options.stacks and options.base is None:
        return Selection(options.stacks)
    from components.spec import stack_names

    there = stack_names(root)
    if not there:
        raise CommandError(
            "stacks/ holds no stack, so there is nothing to check",
            code=ExitCode.BAD_INPUT,
            fix="describe one in stacks/Pulumi.NAME.yaml, or name the project with --root",
        )
    if options.base is None:
        return Selection(there)
    from qlz.check.changed import touched
    from qlz.check.git import Base

    found = touched(root, there, Base.of(root, options.base))
    if not options.stacks:
        return found
    return Selection(options.stacks, tightening=found.tightening.intersection(options.stacks))


def _pack(folder: Path) -> Path:
    if not folder.is_dir():
        raise CommandError(
            f"{folder} is no folder, so it is no policy pack",
            code=ExitCode.BAD_INPUT,
            fix="name the folder that holds PulumiPolicy.yaml",
        )
    return folder.resolve()


def _modules(root: Path, names: Sequence[str]) -> tuple[str, ...]:
    """What the stage loads before it is asked: the programs of the clouds that the stacks seem to be on.

    A guess from their text, which only saves time.
    """
    texts = []
    for name in names[:400]:
        path = root / "stacks" / f"Pulumi.{name}.yaml"
        texts.append(path.read_text("utf-8", "replace") if path.is_file() else "")
    azure = any("\n    azure:" in text for text in texts)
    aws = any("\n    aws:" in text for text in texts)
    modules = []
    if aws:
        modules += ["components.programs.environment", "components.programs.project"]
        modules += ["components.programs.organization", "rehearsal.aws.examples"]
    if azure:
        modules += ["components.programs.azure_environment", "components.programs.azure_project"]
        modules += ["rehearsal.azure.stand_in"]
    return tuple(modules)
