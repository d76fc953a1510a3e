"""`qlz check`: one production project beside the Pulumi CLI's preview, and all stacks of a large project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.common import PACKS, Result, cost, environment_of, median
from benchmarks.preview import real
from benchmarks.project import copy_project, write_project

AIM = "0.33"
PROJECTS = 200
STACKS_A_SECOND_AIM = 8
CHECK_PACKS = (*PACKS, Path("policy_packs/regulated"))
"""What `qlz check` always runs."""


def qlz_check(root: Path, *arguments: str) -> dict[str, Any]:
    """Run a project's own command as a user does; its report. Raises SystemExit where it does not say yes."""
    command = [sys.executable, "-m", "qlz", "check", *arguments, "--json", "--root", str(root)]
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)  # noqa: S603 our own module
    if done.returncode != 0:
        raise SystemExit(f"qlz check {' '.join(arguments)}: {done.stderr.decode()[-800:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def measure(stack: str, runs: int) -> Result:
    """Both sides in turn, with the same packs. The CLI's preview is of a project whose environment is up."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        root = Path(folder) / "project"
        copy_project(root)
        (judged,) = qlz_check(root, stack)["stacks"]
        theirs_once = real(closing, Path(folder) / "cli", stack, environment_of(stack), CHECK_PACKS)
        for _ in range(runs):
            ours.append(cost(lambda: qlz_check(root, stack)))
            if theirs_once is not None:
                theirs.append(cost(theirs_once))
    result = Result(
        f"Check of {stack}: {judged['resources']} resources, {len(judged['controls'])} controls",
        ("ours", "Pulumi CLI's preview", "ratio", "aim"),
        values={"resources": judged["resources"], "controls": len(judged["controls"])},
    )
    wall, worked = (median([run[side] for run in ours]) for side in (0, 1))
    if not theirs:
        result.add(f"median of {runs}; the CLI is not on PATH", f"{wall:.2f} s", "", "", AIM, wall=wall)
        return result
    result.compare(f"median of {runs} runs in turn", wall, median([wall for wall, _ in theirs]), AIM)
    result.compare("fastest", min(ours)[0], min(theirs)[0])
    result.compare("processor time, median", worked, median([worked for _, worked in theirs]))
    return result


def measure_all(stack: str, runs: int) -> Result:
    """Every stack of a generated project; `stack` is not used. One run, for it is a long one."""
    cores = len(os.sched_getaffinity(0))
    reports: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        names = write_project(root, PROJECTS)
        wall, worked = cost(lambda: reports.append(qlz_check(root, "--all")))
    stacks = reports[0]["stacks"]
    judged = [one for one in stacks if one["stack"] in names]
    if len(judged) != len(names):
        raise SystemExit(f"qlz check --all judged {len(judged)} of {len(names)} projects")
    resources = sum(one["resources"] for one in judged)
    controls = max(len(one["controls"]) for one in stacks)
    result = Result(
        f"Check of {len(judged)} projects and their {len(stacks) - len(judged)} environments, {cores} cores",
        ("measured", "aim"),
        values={"stacks": len(stacks), "projects": len(judged), "controls": controls, "seconds": wall},
    )
    rate = len(stacks) / wall
    result.add("stacks a second", f"{rate:.1f}", f"{STACKS_A_SECOND_AIM}", rate=rate)
    result.add("wall time", f"{wall:.1f} s", "")
    result.add("processor time", f"{worked:.1f} s", "", worked=worked)
    result.add("resources a project", f"{resources / len(judged):.0f}", "60", resources=resources)
    result.add("controls in force", f"{controls}", "")
    return result
