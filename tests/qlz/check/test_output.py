"""Where the report goes, and what becomes of what is there already."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qlz.check.options import CheckOptions, Format
from qlz.check.output import deliver
from qlz.check.report import Report
from qlz.exit_codes import CommandError, ExitCode
from tests.qlz.conftest import ROOT, Workplace


def _deliver(output: Path) -> None:
    deliver(Report(), CheckOptions(format=Format.JSON, output=output))


def _is_whole(text: str) -> bool:
    return bool(json.loads(text)["version"] == 1)


@pytest.mark.parametrize("there", [True, False], ids=["a link", "a link to what is not there yet"])
def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far/report.json", tmp_path / "link.json"
    if there:
        target.write_text("an older one")
    link.symlink_to(target)
    _deliver(link)
    assert link.is_symlink()
    assert _is_whole(target.read_text())
    assert os.listdir(target.parent) == ["report.json"]  # noqa: PTH208 - no draft is left


def test_a_pipe_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path / "link"):
        if path != pipe:
            path.symlink_to(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            _deliver(path)
            assert _is_whole(os.read(reader, 1 << 16).decode())
        finally:
            os.close(reader)
        assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_is_neither_read_nor_to_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(CommandError) as caught:
        _deliver(tmp_path / "loop")
    assert caught.value.code is ExitCode.UNDECIDED
    assert (tmp_path / "loop").is_symlink()


@pytest.mark.parametrize("output", ["", ".", "/", "stacks"])
def test_a_folder_is_no_place_for_a_report(output: str, workplace: Workplace) -> None:
    before = sorted(os.listdir(workplace.root))  # noqa: PTH208
    ran = workplace.qlz("check", "organization", "--format", "sarif", "--output", output)
    assert (ran.code, ran.out) == (2, "")
    assert "--output is a folder" in ran.err
    assert "Traceback" not in ran.err
    assert sorted(os.listdir(workplace.root)) == before  # noqa: PTH208


def test_a_file_that_is_a_stream_of_its_own_keeps_what_it_holds(workplace: Workplace) -> None:
    log = workplace.root / "log"
    log.write_text("before\n")
    command = [sys.executable, "-m", "qlz", "check", "nowhere", "--format", "json", "--output", str(log)]
    with log.open("a") as stream:
        ran = subprocess.run(
            command,
            cwd=workplace.root,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=stream,
            check=False,
        )
    assert ran.returncode == 2
    first, _, report = log.read_text().partition("\n")
    assert first == "before"
    assert _is_whole(report)
