from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.local_cloud import LocalCloud, LocalCloudError
from rehearsal.local_cloud.daemon import BoundedLog
from rehearsal.local_cloud.idle import IdleWatch
from rehearsal.local_cloud.record import Record, read_record, write_record

STARTER = """
import sys, pathlib
from rehearsal.local_cloud import LocalCloud
cloud = LocalCloud.ensure(pathlib.Path(sys.argv[1]))
print(cloud.id, cloud.pid, cloud.fresh, flush=True)
"""
PATIENCE = 60


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / ".qlz"
    yield home
    cloud = LocalCloud.find(home)
    if cloud is not None:
        cloud.stop()


def start(home: Path, **more: str) -> subprocess.Popen[str]:
    """Start it from a process of its own, as a command does, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **more},
        start_new_session=True,
    )


def ended(pid: int) -> bool:
    """Wait for the end of a process that is no child of ours."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE)[0])
    finally:
        os.close(process)


def test_it_outlives_the_command_and_lets_go_of_its_pipes(home: Path) -> None:
    starter = start(home)
    # communicate() returns only when nobody holds the pipes any more.
    said, errors = starter.communicate(timeout=PATIENCE)
    assert errors == ""
    cloud = LocalCloud.find(home)
    assert cloud is not None
    assert said.split() == [cloud.id, str(cloud.pid), "True"]
    again = LocalCloud.ensure(home)
    assert (again.id, again.pid, again.fresh) == (cloud.id, cloud.pid, False)


def test_an_interrupted_terminal_does_not_end_it(home: Path) -> None:
    starter = start(home)
    starter.communicate(timeout=PATIENCE)
    cloud = LocalCloud.find(home)
    assert cloud is not None
    assert os.getsid(cloud.pid) != os.getsid(0)
    assert os.getpgid(cloud.pid) != starter.pid
    os.kill(cloud.pid, signal.SIGINT)
    os.kill(cloud.pid, signal.SIGHUP)
    assert LocalCloud.find(home) == cloud


def test_two_starters_start_one(home: Path) -> None:
    starters = [start(home) for _ in range(3)]
    said = [starter.communicate(timeout=PATIENCE)[0].split() for starter in starters]
    assert len({identity for identity, _, _ in said}) == 1
    assert sorted(fresh for _, _, fresh in said) == ["False", "False", "True"]


def test_stop(home: Path) -> None:
    cloud = LocalCloud.ensure(home)
    assert cloud.fresh
    cloud.stop()
    assert ended(cloud.pid)
    assert LocalCloud.find(home) is None
    assert not (home / "cloud.json").exists()
    cloud.stop()
    another = LocalCloud.ensure(home)
    assert another.id != cloud.id


def test_it_stops_by_itself_when_idle(home: Path) -> None:
    said, _ = start(home, QLZ_CLOUD_IDLE_SECONDS="0.3").communicate(timeout=PATIENCE)
    assert ended(int(said.split()[1]))
    assert not (home / "cloud.json").exists()


def test_idle_time_counts_from_the_end_of_the_last_request() -> None:
    now = 100.0
    watch = IdleWatch(60, clock=lambda: now)
    assert watch.remaining() == 60
    now += 59
    with watch.request():
        now += 1000
        assert watch.remaining() == 60
    assert watch.remaining() == 60
    now += 59.5
    assert watch.remaining() == 0.5
    now += 1
    assert watch.remaining() == 0


def test_a_stale_record_is_removed(home: Path) -> None:
    cloud = LocalCloud.ensure(home)
    os.kill(cloud.pid, signal.SIGKILL)
    assert ended(cloud.pid)
    assert read_record(home) is not None
    assert LocalCloud.find(home) is None
    assert read_record(home) is None
    another = LocalCloud.ensure(home)
    assert another.fresh
    assert another.id != cloud.id


def test_a_stranger_on_the_port_is_not_believed(home: Path) -> None:
    home.mkdir()
    answer = json.dumps({"id": "another", "pid": 99}).encode()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def stranger() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + answer)

        thread = threading.Thread(target=stranger)
        thread.start()
        write_record(home, Record(id="mine", port=server.getsockname()[1], pid=99))
        assert LocalCloud.find(home) is None
        thread.join()
    assert not (home / "cloud.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": 1, "port": 0, "pid": 1}', '{"id": "x"}'])
def test_a_broken_record_is_none(home: Path, text: str) -> None:
    home.mkdir()
    (home / "cloud.json").write_text(text)
    assert LocalCloud.find(home) is None


def test_a_newer_record_survives_the_end_of_an_older_cloud(home: Path) -> None:
    cloud = LocalCloud.ensure(home)
    newer = Record(id="newer", port=1234, pid=4321)
    write_record(home, newer)
    cloud.stop()
    assert ended(cloud.pid)
    assert read_record(home) == newer


def listening(pid: int) -> set[str]:
    """The addresses a process listens on, from the kernel's own tables."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        inodes.add(target.removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            bound = table.startswith("udp") or fields[3] == "0A"
            if bound and fields[9] in inodes:
                found.add(fields[1])
    return found


def test_it_listens_on_the_loopback_only(home: Path) -> None:
    cloud = LocalCloud.ensure(home)
    port = int(cloud.endpoint.rpartition(":")[2])
    assert listening(cloud.pid) == {f"0100007F:{port:04X}"}


def test_files_are_for_their_owner_only(home: Path) -> None:
    LocalCloud.ensure(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for name in ("cloud.json", "cloud.log", "cloud.lock"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in home.iterdir()) == ["cloud.json", "cloud.lock", "cloud.log"]


def test_nothing_of_the_callers_environment_reaches_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "999999999999")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    cloud = LocalCloud.ensure(home)
    environment = Path(f"/proc/{cloud.pid}/environ").read_text()
    assert "999999999999" not in environment
    assert "proxy" not in environment.lower()
    assert "SECRET" not in environment


def test_the_log_is_bounded(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "log", limit=100)
    for number in range(50):
        log.write(f"line {number}\n")
    text = (tmp_path / "log").read_text()
    assert len(text) <= 100
    assert text.endswith("line 49\n")
    log.write("x" * 500)
    assert (tmp_path / "log").stat().st_size == 100


def test_requests_are_not_logged(home: Path) -> None:
    cloud = LocalCloud.ensure(home)
    connection = http.client.HTTPConnection("127.0.0.1", int(cloud.endpoint.rpartition(":")[2]))
    connection.request("GET", "/some-private-bucket?list-type=2")
    connection.getresponse().read()
    connection.close()
    assert "some-private-bucket" not in (home / "cloud.log").read_text()


def test_progress_is_told_when_it_starts(home: Path) -> None:
    told: list[str] = []
    LocalCloud.ensure(home, on_progress=told.append)
    LocalCloud.ensure(home, on_progress=told.append)
    assert told == ["starting the local cloud"]


@pytest.mark.parametrize("value", ["soon", "-1", "0", "inf", "nan"])
def test_a_wrong_idle_time_is_said_in_words(home: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("QLZ_CLOUD_IDLE_SECONDS", value)
    with pytest.raises(LocalCloudError) as refused:
        LocalCloud.ensure(home)
    assert "QLZ_CLOUD_IDLE_SECONDS" in refused.value.where
    assert value in refused.value.what


def test_a_home_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalCloudError) as refused:
        LocalCloud.ensure(tmp_path / "file" / ".qlz")
    assert str(tmp_path / "file") in refused.value.where
    assert "QLZ_HOME" in refused.value.fix


def test_a_failed_start_names_the_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = home.parent / "python"
    broken.write_text("#!/bin/sh\necho ModuleNotFoundError: no moto >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(LocalCloudError) as refused:
        LocalCloud.ensure(home)
    assert "no moto" in refused.value.what
    assert refused.value.where == str(home / "cloud.log")
    assert LocalCloud.find(home) is None
