"""A pack's process ends with who started it, and holds nobody up."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from rehearsal.engine.policy_types import PolicyPackError
from tests.engine.test_analyzers import HEAD, start, write_pack


def ended(pid: int, within_seconds: float) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], within_seconds)[0])
    finally:
        os.close(process)


def test_a_pack_that_never_gets_ready_is_an_error_and_is_ended(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    pack = write_pack(
        tmp_path / "pack",
        f"import os, threading; open({str(mark)!r}, 'w').write(str(os.getpid())); threading.Event().wait()",
    )
    with pytest.raises(PolicyPackError, match="did not start in time"):
        start(pack, start_seconds=2.0)
    assert ended(int(mark.read_text()), within_seconds=0)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="watches a process by its descriptor")
def test_what_a_pack_leaves_behind_holds_nobody_up(tmp_path: Path) -> None:
    """It has left the pack's group, and writes where the pack writes."""
    mark = tmp_path / "pid"
    program = f"""
import subprocess
left = subprocess.Popen(["sleep", "30"], start_new_session=True)
open({str(mark)!r}, "w").write(str(left.pid))
PolicyPack("p", [ResourceValidationPolicy("p", "d", lambda a, r: None)])
"""
    with start(write_pack(tmp_path / "pack", HEAD + program)):
        left = int(mark.read_text())
    assert not ended(left, within_seconds=0), "it was waited for"
    os.kill(left, signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="watches a process by its descriptor")
def test_no_pack_outlives_its_parent(tmp_path: Path) -> None:
    program = HEAD + (
        'import os; policies = [ResourceValidationPolicy("p", "d", lambda a, r: r(str(os.getpid())))]; '
        'PolicyPack("p", policies)'
    )
    write_pack(tmp_path / "pack", program)
    parent_program = """
        import sys
        from pathlib import Path
        from tests.engine.test_analyzers import resource, start
        packs = start(Path(sys.argv[1]))
        print(packs.analyze(resource("Any"))[0].message, flush=True)
        sys.stdin.read()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", dedent(parent_program), str(tmp_path / "pack")],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert not ended(pid, within_seconds=0)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    assert ended(pid, within_seconds=10)
