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


STREAMS: dict[str, tuple[str, str, bool]] = {
    "stdout is closed": ("--json", ">&-", True),
    "stdout takes nothing": ("--json", "1</dev/null", True),
    "stderr is closed": ("--json", "2>&-", False),
    "stderr takes nothing": ("--json", "2</dev/null", False),
    "stderr is closed, and is all there is": ("--timeout=99", "2>&-", False),
    "all are closed": ("--json", "<&- >&- 2>&-", False),
}


@pytest.mark.parametrize("case", STREAMS)
def test_a_report_that_a_stream_does_not_take_is_no_pass(case: str, workplace: Workplace) -> None:
    option, redirected, told = STREAMS[case]
    ran = _redirected(workplace, option, redirected)
    assert ran.returncode == 3
    assert ("cannot be written to stdout" in ran.stderr) is told
    assert "Traceback" not in ran.stderr
    if option == "--json" and "2" in redirected and ">&- 2" not in redirected:
        assert json.loads(ran.stdout)["exit_code"] == 0, "what could be written is one whole report"


def test_a_report_that_is_not_read_to_its_end_is_no_pass(workplace: Workplace) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = _redirected(workplace, "--json", "", writer)
    os.close(writer)
    assert ran.returncode == 3
    assert "the report cannot be written to stdout: Broken pipe" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_is_wrong_keeps_its_exit_code_where_nobody_hears_it(workplace: Workplace) -> None:
    for redirected in (">&- 2>&-", "1</dev/null 2</dev/null"):
        assert _redirected(workplace, "--changed=nowhere", redirected).returncode == 2


def _redirected(
    workplace: Workplace, option: str, redirected: str, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qlz", "check", "organization", option]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *command],
        cwd=workplace.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
