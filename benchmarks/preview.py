"""`qlz rehearse preview` of a stack against the Pulumi CLI's preview: same program, provider and pack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.common import (
    PACKS,
    ROOT,
    Result,
    account_of,
    cost,
    environment_of,
    local_cloud,
    median,
    provider,
    well,
)
from rehearsal.pulumi_cli import CliError, PulumiCli

AIM = "0.50"
RECORDED_SECONDS = 2.4
RECORDED_SECONDS_A_RESOURCE = 0.011
"""The CLI v3.259 on two cores with one small pack, acquisition off; used where it is not on PATH."""


def qlz(home: Path, *arguments: str) -> dict[str, object]:
    """Run the command as a user does, with its own folder for rehearsals."""
    command = [sys.executable, "-m", "qlz", "rehearse", *arguments, "--json", "--root", str(ROOT)]
    done = subprocess.run(  # noqa: S603 our own interpreter and module
        command, env={**os.environ, "QLZ_HOME": str(home)}, cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"qlz rehearse {' '.join(arguments)}: {done.stderr.decode()[-500:]}")
    return dict(json.loads(done.stdout))


def measure(stack: str, runs: int) -> Result:
    """Both sides in turn, so that what else the machine does falls on both."""
    environment = environment_of(stack)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        home = Path(folder)
        closing.enter_context(local_cloud(home / "embedded"))
        qlz(home, "up", environment)
        (document,) = qlz(home, "preview", stack)["stacks"]  # type: ignore[misc]
        count = sum(document["changes"].values())  # type: ignore[has-type]
        theirs_once = real(closing, home / "cli", stack, environment)
        ours, theirs = [], []
        for _ in range(runs):
            ours.append(cost(lambda: qlz(home, "preview", stack)))
            if theirs_once is not None:
                theirs.append(cost(theirs_once))
    result = Result(
        f"Preview of {stack}, {count} resources, whole command",
        ("ours", "Pulumi CLI", "ratio", "aim"),
        values={"resources": count},
    )
    wall = median([wall for wall, _ in ours])
    if not theirs:
        recorded = RECORDED_SECONDS + RECORDED_SECONDS_A_RESOURCE * count
        result.compare("CLI not on PATH: against the recorded 2.4 s + 11 ms a resource", wall, recorded, AIM)
        return result
    result.compare(f"median of {runs} runs in turn", wall, median([wall for wall, _ in theirs]), AIM)
    result.compare("fastest", min(ours)[0], min(theirs)[0])
    work, works = (median([cpu for _, cpu in side]) for side in (ours, theirs))
    result.compare("processor time, median", work, works)
    return result


def real(
    closing: ExitStack, home: Path, stack: str, environment: str, packs: Sequence[Path] = PACKS
) -> Callable[[], Any] | None:
    """The CLI's preview of the same stack, same provider and packs; None where the CLI is not on PATH."""
    try:
        cli = PulumiCli.find()
    except CliError:
        cli = None
    if cli is None:
        return None
    cloud = closing.enter_context(local_cloud(home))
    servers = closing.enter_context(provider(cloud.endpoint, account_of(stack)))
    project = closing.enter_context(cli.open(ROOT, home, servers))
    if environment != stack:
        well(project.up(environment, packs))
    well(project.preview(stack, packs))
    # The bare command: not the look whether the stack is there.
    return lambda: well(project._operate("preview", stack, packs))
