"""Peak memory (VmHWM) of every process of a rehearsal's preview and `up`, and of the Pulumi CLI's preview.

The local cloud is the same process in both; the CLI's provider is this process, and is not counted.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.common import Result, environment_of, local_cloud
from benchmarks.preview import qlz, real

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
    """One run each: an `up` of the environment first, then what is watched."""
    result = Result(f"Peak memory, {stack} in {environment_of(stack)}", ("processes", "together"))
    if not Path("/proc/self/status").exists():
        result.add("not measured: this system has no /proc", "", "")
        return result
    environment = environment_of(stack)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        home = Path(folder)
        cloud = closing.enter_context(local_cloud(home / "embedded"))
        qlz(home, "up", environment)
        for command in ("preview", "up"):
            peaks = Peaks()
            peaks.watching(lambda: qlz(home, command, stack), cloud.pid)  # noqa: B023 called at once
            _tell(result, f"`qlz rehearse {command}`", peaks)
        theirs = real(closing, home / "cli", stack, environment)
        if theirs is not None:
            peaks = Peaks()
            peaks.watching(theirs)
            _tell(result, "`pulumi preview`", peaks)
    return result


def _tell(result: Result, what: str, peaks: Peaks) -> None:
    parts = ", ".join(f"{role} {mib:.0f} MiB" for role, mib in sorted(peaks.mib.items()))
    total = sum(peaks.mib.values())
    result.add(what, parts, f"{total:.0f} MiB", **{f"{what}: {r}": m for r, m in peaks.mib.items()})
