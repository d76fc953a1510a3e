"""Peak memory (VmHWM) of every process of a rehearsal's `up`, and of the Pulumi CLI's preview."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.common import PACKS, ROOT, Result, account_of, environment_of, local_cloud, provider, well
from rehearsal.pulumi_cli import CliError, PulumiCli

SECONDS = 0.02
ROLES = {
    "policy_packs": "policy pack",
    "local_cloud": "local cloud",
    "pulumi-language-python-exec": "program (Python)",
    "pulumi-language-python": "language host",
    "qlz": "qlz",
    "pulumi": "pulumi",
}


class Peaks:
    """Looks at this process's descendants while `watching`; MiB by role."""

    def __init__(self) -> None:
        self.mib: dict[str, float] = {}
        self._done = threading.Event()

    def watching(self, act: Callable[[], Any], *more: int) -> None:
        """Run `act`; `more` are processes that are no descendants."""
        looker = threading.Thread(target=self._look, args=(more,))
        looker.start()
        try:
            act()
        finally:
            self._done.set()
            looker.join()

    def _look(self, more: tuple[int, ...]) -> None:
        while not self._done.wait(SECONDS):
            for pid in (*descendants(os.getpid()), *more):
                role, peak = role_of(pid), peak_of(pid)
                if role:
                    self.mib[role] = max(self.mib.get(role, 0.0), peak)


def descendants(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has ended meanwhile
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def role_of(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
    return next((role for mark, role in ROLES.items() if mark in words), "")


def peak_of(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(li.split()[1]) / 1024 for li in status.splitlines() if li.startswith("VmHWM")), 0.0)


def measure(stack: str, runs: int) -> Result:
    result = Result(f"peak memory, {stack} and its environment")
    if not Path("/proc/self/status").exists():
        result.add("not measured: this system has no /proc")
        return result
    environment = environment_of(stack)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ours, theirs = Peaks(), Peaks()
        with local_cloud(home / "embedded") as cloud:
            command = [sys.executable, "-m", "qlz", "rehearse", "up", *dict.fromkeys((environment, stack))]
            where = {**os.environ, "QLZ_HOME": str(home)}

            def up() -> None:
                subprocess.run(  # noqa: S603 our own interpreter and module
                    command, env=where, cwd=ROOT, capture_output=True, check=True
                )

            ours.watching(up, cloud.pid)
        _tell(result, "qlz rehearse up", ours)
        if (cli := _found()) is not None:
            with (
                provider(None, account_of(stack)) as servers,
                cli.open(ROOT, home / "cli", servers) as project,
            ):
                theirs.watching(lambda: well(project.preview(environment, PACKS)))
            _tell(result, "pulumi preview of the environment", theirs)
    return result


def _found() -> PulumiCli | None:
    try:
        return PulumiCli.find()
    except CliError:
        return None


def _tell(result: Result, what: str, peaks: Peaks) -> None:
    parts = ", ".join(f"{role} {mib:.0f} MiB" for role, mib in sorted(peaks.mib.items()))
    total = sum(peaks.mib.values())
    result.add(
        f"{what}: {parts}; together {total:.0f} MiB", **{f"{what}: {r}": m for r, m in peaks.mib.items()}
    )
