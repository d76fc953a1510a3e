"""The checks by file that belong to a check of stacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from components.spec import Lifecycle, LoadedStack
from qlz.check.files import file_findings
from qlz.check.files.dates import dates
from qlz.check.files.excepted import with_exceptions
from qlz.check.files.omission import omitted
from qlz.check.files.secrets import secrets
from qlz.check.git import Base
from qlz.check.options import CheckOptions
from qlz.check.report import Finding
from qlz.check.selection import Selection


def by_file(
    root: Path, options: CheckOptions, chosen: Selection, stacks: Iterable[LoadedStack]
) -> list[Finding]:
    """What the files say by themselves. Of stacks that are named only their own files are looked at, and with
    a base whether one of them, or a project in one of them, is gone or elsewhere.

    Raises CommandError (bad input) where git cannot tell what has changed, or the steps cannot be read.
    """
    today = datetime.now(UTC).date()
    found = list(stacks)
    if not options.stacks:
        return file_findings(root, options.base, today, stacks=found, tightening=chosen.tightening)
    own = {f"stacks/Pulumi.{name}.yaml" for name in options.stacks}
    own |= {file for loaded in found for file in loaded.documents}
    own = {file for file in own if (root / file).is_file()}
    told = [*secrets(root, sorted(own)), *dates(found, chosen.tightening, today)]
    if options.base is not None:
        gone = omitted(root, Base.of(root, options.base))
        told += [one for one in gone if one.stack in options.stacks]
    return [*with_exceptions(root, told, own, today), *_steps(options, found)]


def _steps(options: CheckOptions, stacks: Sequence[LoadedStack]) -> Iterator[Finding]:
    if options.steps is None:
        return
    from qlz.check.steps import read_steps, step_findings

    steps = read_steps(options.steps)
    for loaded in stacks:
        gone = loaded.stack.spec.lifecycle is Lifecycle.DECOMMISSIONED
        yield from step_findings(steps, loaded.name, decommissioned=gone, file=loaded.file)
