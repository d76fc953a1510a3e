"""What an operator meets at night: a damaged state, a full disk, a stop in the middle, no CLI."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qlz import failures
from qlz.exit_codes import CommandError, ExitCode
from qlz.options import EngineName
from qlz.rehearsal import KEPT_STALE, Rehearsal
from qlz.workspace import passphrase
from rehearsal.engine import BadState, PendingCreates, StateLocked, WrongPassphrase
from rehearsal.local_cloud import LocalCloud
from tests.qlz.conftest import ROOT, Workplace


@pytest.mark.parametrize(
    "error",
    [
        PendingCreates("sandbox", {"urn:a": "it may exist"}),
        BadState("not JSON", where="x.json"),
        WrongPassphrase("x"),
    ],
)
def test_a_state_beyond_repair_names_the_way_out(error: Exception) -> None:
    assert "--fresh" in failures.text(error)
    assert failures.exit_code(error) is ExitCode.UNDECIDED


def test_a_full_disk_is_told_in_words() -> None:
    error = OSError(28, "No space left on device", "state/sandbox.json")
    assert isinstance(error, failures.EXPECTED)
    assert failures.text(error).startswith("state/sandbox.json: No space left on device\n    fix: ")
    assert failures.exit_code(error) is ExitCode.UNDECIDED


@pytest.mark.parametrize("content", [b"", b"\xb9\xff"], ids=["empty", "not text"])
def test_a_damaged_passphrase_is_never_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "passphrase").write_bytes(content)
    with pytest.raises(CommandError, match="does not hold a passphrase") as refusal:
        passphrase(tmp_path)
    assert refusal.value.code is ExitCode.UNDECIDED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for rehearsals; whatever local cloud it holds at the end is stopped."""
    monkeypatch.setenv("QLZ_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("damaged", ["sandbox.json", "sandbox.meta.json"])
def test_fresh_begins_anew_whatever_the_files_hold(home: Path, damaged: str) -> None:
    state = home / "embedded" / "state"
    state.mkdir(parents=True)
    for name in ("sandbox.json", "sandbox.meta.json"):
        (state / name).write_text("{}")
    (state / damaged).write_text("{cut off")
    rehearsal = Rehearsal(ROOT, EngineName.EMBEDDED, starts_cloud=True, fresh=True)
    try:
        with rehearsal:
            assert rehearsal.stale == ("sandbox",)
            assert rehearsal.store.stacks() == ()
        kept = list((home / "embedded" / "stale").rglob(damaged))
        assert [path.read_text() for path in kept] == ["{cut off"], "set aside as it was"
    finally:
        if (cloud := LocalCloud.find(home / "embedded")) is not None:
            cloud.stop()


def test_of_what_is_stale_the_last_few_are_kept(home: Path) -> None:
    folder, state = home / "embedded" / "stale", home / "embedded" / "state"
    old = [folder / f"2026010{n}T000000-abcdef" for n in range(1, 8)]
    for path in old:
        path.mkdir(parents=True)
        (path / "sandbox.json").touch()
    state.mkdir(parents=True)
    for name in ("dev.json", "sandbox.json"):
        (state / name).write_text("{}")
    with Rehearsal(ROOT, EngineName.EMBEDDED, starts_cloud=False) as rehearsal:
        assert rehearsal.stale == ("dev", "sandbox")
    *before, last = sorted(folder.iterdir())
    assert before == old[-KEPT_STALE + 1 :]
    assert {path.name for path in last.iterdir()} == {"dev.json", "sandbox.json"}


def test_fresh_leaves_the_cloud_to_the_command_that_is_at_work_in_it(home: Path) -> None:
    LocalCloud.ensure(home / "embedded")
    first = Rehearsal(ROOT, EngineName.EMBEDDED, starts_cloud=True)
    second = Rehearsal(ROOT, EngineName.EMBEDDED, starts_cloud=True, fresh=True)
    try:
        with first, first.store.lock("sandbox"):
            first.store.save("sandbox", b"{}")
            with pytest.raises(StateLocked), second:
                pass
            assert LocalCloud.find(home / "embedded") is not None
    finally:
        if (cloud := LocalCloud.find(home / "embedded")) is not None:
            cloud.stop()


def test_without_the_cli_nothing_is_started(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "up", "sandbox", "--engine", "pulumi", "--json", PATH=os.defpath)
    if shutil.which("pulumi", path=os.defpath):
        pytest.skip("the Pulumi CLI is on the system's own path")
    assert ran.code == 3
    assert "no `pulumi` on PATH" in ran.document["error"]
    assert not (workplace.home / "pulumi" / "cloud.json").exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_in_the_middle_leaves_a_state_to_go_on_from(
    workplace: Workplace, sent: signal.Signals
) -> None:
    """The signal comes with the first line about the stack, the local cloud is up by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "qlz", "rehearse", "up", "sandbox", "--json"],
        cwd=workplace.root,
        env={**os.environ, "QLZ_HOME": str(workplace.home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may ignore Ctrl-C, which a child inherits.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    while "bringing up" not in process.stderr.readline():
        pass
    process.send_signal(sent)
    out, err = process.communicate()
    # Python's -m ends by the signal itself if that came while a class was made; a shell sees 130 then, too.
    assert process.returncode in (130, -signal.SIGINT)
    assert "stopped" in err
    assert "Traceback" not in err
    assert json.loads(out)["exit_code"] == 130
    for file in (workplace.home / "embedded" / "state").glob("sandbox.json"):
        assert not json.loads(file.read_text())["deployment"].get("pending_operations")


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(workplace: Workplace) -> None:
    nobody = "http://127.0.0.1:9"
    ran = workplace.qlz("rehearse", "preview", "sandbox", http_proxy=nobody, grpc_proxy=nobody)
    assert ran.code == 0, ran.err
