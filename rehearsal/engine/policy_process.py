"""A policy pack's own process: started, waited for until it listens, watched, and surely ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Final

import grpc
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from rehearsal.child_environment import child_environment
from rehearsal.engine.engine_service import MAX_MESSAGE
from rehearsal.engine.policy_types import PolicyPackError

MANIFEST: Final = "PulumiPolicy.yaml"
_CHANNEL: Final = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
]
KEPT_LINES: Final = 40
"""How much of a pack's output is kept for an error message."""

# Does what `python -m pulumi.policy` does, and ends with its parent however that one ends: nothing is ever
# written to its standard input, so a read there returns when the other end is gone.
# A pack lives for seconds and most of what it makes stays: the collector is rarely called.
_BOOT: Final = """\
import gc, os, runpy, sys, threading
gc.set_threshold(50_000)
def end_with_parent():
    os.read(0, 1)
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
"""


class PackProcess:
    """The process of one pack. `name` is its folder's name until the pack has said its own."""

    def __init__(self, folder: Path, engine_address: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.name = folder.name
        self.version, python = _manifest(folder)
        self._tail: deque[str] = deque(maxlen=KEPT_LINES)
        self._first_line: Queue[str] = Queue()
        self._mask: Callable[[str], str] = str
        self._process = self._start(python, engine_address, environment)
        self._readers = [
            threading.Thread(target=read, args=(stream,), daemon=True, name=f"policy-pack-{self.name}")
            for read, stream in (
                (self._read_stdout, self._process.stdout),
                (self._read_stderr, self._process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    def _start(self, python: Path, address: str, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(  # noqa: S603 the pack the user named, with the interpreter it names
                [str(python), "-u", "-c", _BOOT, address, str(self.folder)],
                cwd=self.folder,
                env=child_environment(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C is the engine's to handle
            )
        except OSError as problem:
            raise PolicyPackError(self.name, f"cannot be started: {problem}") from None

    def _read_stdout(self, stream: IO[str]) -> None:
        self._first_line.put(stream.readline())
        for line in stream:
            self._tail.append(line)

    def _read_stderr(self, stream: IO[str]) -> None:
        for line in stream:
            self._tail.append(line)

    def mask_with(self, mask: Callable[[str], str]) -> None:
        self._mask = mask

    def error(self, problem: str, details: str = "") -> PolicyPackError:
        """What went wrong, with the end of what the pack wrote (waiting for the rest when it has ended)."""
        if (code := self._exit_code()) is not None:
            problem = f"{problem} (its process ended with code {code})"
            for reader in self._readers:
                reader.join(timeout=2)
        words = "\n".join(filter(None, (details.strip(), "".join(self._tail).strip())))
        return PolicyPackError(self.name, self._mask(problem), self._mask(words))

    def _exit_code(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=0.2)  # a broken connection is seen before the exit behind it
        return None

    def port(self, timeout: float) -> int:
        """The port the pack listens on, from the first line it prints. Raises PolicyPackError after
        `timeout` s."""
        try:
            line = self._first_line.get(timeout=timeout)
        except Empty:
            raise self.error("did not start in time") from None
        if not line:
            raise self.error("did not start")
        text = line.strip()
        if not text.isdecimal() or not 0 < int(text) < 65536:
            hint = "a pack must print nothing before it serves"
            raise self.error(f"printed {text[:200]!r} where its port belongs; {hint}")
        return int(text)

    def connect(self, deadline: float) -> grpc.Channel:
        """A connection to the pack. Raises PolicyPackError where it does not listen by `deadline`."""
        port = self.port(max(0.0, deadline - time.monotonic()))
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_CHANNEL)
        try:
            grpc.channel_ready_future(channel).result(timeout=max(0.0, deadline - time.monotonic()))
        except grpc.FutureTimeoutError:
            channel.close()
            raise self.error(f"named port {port}, but nothing answers there") from None
        return channel

    def close(self) -> None:
        """End the process and what it started. It holds nothing that a kill could spoil."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        for reader, stream in zip(self._readers, (self._process.stdout, self._process.stderr), strict=True):
            reader.join(timeout=2)
            if stream is not None and not reader.is_alive():  # else somebody who left its group writes there
                stream.close()


def _manifest(folder: Path) -> tuple[str, Path]:
    """The version in the pack's manifest ("" when it has none), and the Python interpreter it asks for."""
    name = folder.name
    if not folder.is_dir():
        raise PolicyPackError(name, f"there is no folder {folder}")
    try:
        manifest = YAML(typ="safe").load((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyPackError(name, f"{folder} holds no {MANIFEST}: it is no policy pack") from None
    except (OSError, UnicodeDecodeError, YAMLError) as problem:
        raise PolicyPackError(name, f"{MANIFEST} cannot be read: {problem}") from None
    if not isinstance(manifest, dict):
        raise PolicyPackError(name, f"{MANIFEST} is not a mapping")
    stated = manifest.get("runtime")
    runtime: object = stated
    options: object = {}
    if isinstance(stated, dict):
        runtime, options = stated.get("name"), stated.get("options") or {}
    if runtime != "python" or not isinstance(options, dict):
        raise PolicyPackError(name, f"{MANIFEST}: only Python packs can be run here, not runtime {runtime!r}")
    if options.get("toolchain", "pip") != "pip":
        raise PolicyPackError(
            name, f"{MANIFEST}: toolchain {options['toolchain']!r} is not supported; use pip"
        )
    if str(manifest.get("main") or ".") != ".":
        raise PolicyPackError(
            name, f"{MANIFEST}: `main` is not supported; put the program in the pack's folder"
        )
    version = str(manifest.get("version") or "")
    return version, _interpreter(folder, options.get("virtualenv"))


def _interpreter(folder: Path, virtualenv: object) -> Path:
    if not virtualenv:
        return Path(sys.executable)
    home = folder / str(virtualenv)
    for candidate in (home / "bin" / "python", home / "Scripts" / "python.exe"):
        if candidate.exists():
            return candidate.absolute()
    raise PolicyPackError(
        folder.name, f"{MANIFEST} names the virtual environment {home}, which does not exist"
    )
