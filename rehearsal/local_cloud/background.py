"""A server of ours that outlives commands: one process per home folder, found by its record."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal.local_cloud.record import (
    IDENTITY_PATH,
    Record,
    lock_file,
    log_file,
    read_record,
    remove_record,
)

IDLE_SECONDS = 30 * 60
"""How long it stays without a request, unless QLZ_CLOUD_IDLE_SECONDS says otherwise."""

START_SECONDS = 60.0
STOP_SECONDS = 10.0
ANSWER_SECONDS = 10.0


class LocalCloudError(Exception):
    """The local cloud cannot be started or stopped: what is wrong, where to look, what to do."""

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        super().__init__(f"{what} ({where}): {fix}")
        self.what = what
        self.where = where
        self.fix = fix


class BadSetting(LocalCloudError):
    """A setting in the environment that makes no sense."""


def plain(record: Record, home: Path) -> http.client.HTTPConnection:
    """A connection to a server that speaks HTTP. No proxy setting applies to http.client."""
    return http.client.HTTPConnection("127.0.0.1", record.port, timeout=ANSWER_SECONDS)


@dataclass(frozen=True)
class Program:
    """What runs in the background: the module to start, its name in messages, what of the environment it
    gets besides PATH and the like, and how it is reached."""

    module: str
    title: str
    environment: Mapping[str, str]
    connect: Callable[[Record, Path], http.client.HTTPConnection] = plain

    def ensure(self, home: Path, on_progress: Callable[[str], None]) -> tuple[Record, bool]:
        """Find the process that belongs to `home`, or start it; the second value says that it was started.

        Safe when several commands do so at once: one is started. Raises LocalCloudError.
        """
        idle = _idle_seconds()
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(home) as lock:
                found = self.find(home)
                if found is not None:
                    return found, False
                on_progress(f"starting {self.title}")
                return self._start(home, idle, lock), True
        except OSError as error:
            raise LocalCloudError(
                f"{self.title} cannot start: {error.strerror or error}",
                where=str(error.filename or home),
                fix="make the folder writable, or set QLZ_HOME to one that is",
            ) from None

    def find(self, home: Path) -> Record | None:
        """Return the record of `home` if its process answers with the recorded id; else None, record gone."""
        record = read_record(home)
        if record is not None and self._answers(record, home):
            return record
        remove_record(home, record)
        return None

    def stop(self, record: Record, home: Path) -> None:
        """Stop it and wait until its process has ended; one that is already gone is fine."""
        if not self._answers(record, home):
            remove_record(home, record)
            return
        if not _end(record):
            raise LocalCloudError(
                f"{self.title} does not stop",
                where=f"process {record.pid}",
                fix=f"end it with: kill -9 {record.pid}",
            )
        remove_record(home, record)

    def _answers(self, record: Record, home: Path) -> bool:
        """Ask whoever listens on the recorded port for its id."""
        try:
            connection = self.connect(record, home)
        except OSError:
            return False
        try:
            connection.request("GET", IDENTITY_PATH)
            told = json.loads(connection.getresponse().read(10_000))
            return isinstance(told, dict) and (told.get("id"), told.get("pid")) == (record.id, record.pid)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def _start(self, home: Path, idle: float, lock: int) -> Record:
        """Start the process and wait for its word.

        It inherits the lock, so that even when this command is killed meanwhile no second one is started; and
        nothing else: neither terminal nor pipes nor settings of this process, so that a pipeline can end.
        """
        log = log_file(home)
        ready, said = os.pipe()
        log_descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
            arguments = [str(home.resolve()), str(idle), str(said), str(lock)]
            command = [sys.executable, *flags, "-m", self.module, *arguments]
            subprocess.run(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.DEVNULL,
                stdout=log_descriptor,
                stderr=log_descriptor,
                pass_fds=(said, lock),
                env=_kept() | dict(self.environment),
                cwd="/",
                start_new_session=True,
                check=False,
                timeout=START_SECONDS,
            )
            os.close(said)
            said = -1
            told = json.loads(_read_all(ready, START_SECONDS))
            return Record(id=told["id"], port=told["port"], pid=told["pid"])
        except (ValueError, subprocess.TimeoutExpired):
            raise LocalCloudError(
                f"{self.title} did not start" + _last_line(log),
                where=str(log),
                fix="read that log; if a package is missing, run `make setup`",
            ) from None
        finally:
            os.close(log_descriptor)
            os.close(ready)
            if said >= 0:
                os.close(said)


def _end(record: Record) -> bool:
    """Tell the process to stop, and wait until the kernel closes a connection that it holds."""
    try:
        with socket.create_connection(("127.0.0.1", record.port), timeout=STOP_SECONDS) as held:
            os.kill(record.pid, signal.SIGTERM)
            held.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _kept() -> dict[str, str]:
    """No proxy, credential or setting of the caller's reaches it."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def _idle_seconds() -> float:
    text = os.environ.get("QLZ_CLOUD_IDLE_SECONDS", str(IDLE_SECONDS))
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise BadSetting(
            f"{text!r} is not a number of seconds above zero",
            where="environment variable QLZ_CLOUD_IDLE_SECONDS",
            fix="give it a number such as 1800, or unset it",
        )
    return seconds


@contextmanager
def _locked(home: Path) -> Iterator[int]:
    descriptor = os.open(lock_file(home), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    data = b""
    while select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(descriptor, 4096)
        if not part:
            break
        data += part
    return data


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return f": {said[-1][:200]}" if said else ""
