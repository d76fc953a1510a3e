"""The process that programs are forked from, so that none of them runs where it is judged.

It is forked from the command before anything of a program or a policy pack is loaded there, with only what
both sides use (`share`). It loads the program's modules once, and from then on only forks: each run of a
program has a process (and process group) of its own, which ends with it. It knows no policy pack. When
everybody who could ask it is gone, it ends its programs and itself.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from qlz.check.frames import END, Broken, Sender, TimeUp, received

if TYPE_CHECKING:
    from qlz.check.program import Run

_RUN: Final = b"R"
_KILL: Final = b"K"
_WAIT: Final = b"W"
_BEGUN: Final = b"B"
GONE: Final = "could not be run: the process that runs programs is gone"
LOAD_SECONDS: Final = 120.0
"""How long engine, SDKs and the program's modules may take to load."""
_PATIENCE: Final = 5.0
"""Seconds that the stage is given to answer."""
_GRACE: Final = 1.0
"""Seconds that a program whose words have ended is given to end itself, so that its exit code can be told."""
_SUBREAPER: Final = 36
"""PR_SET_CHILD_SUBREAPER of Linux, prctl(2)."""
_GENERATIONS: Final = 1000
_STATUS: Final = struct.Struct(">i")
PROGRAM: Final = "components.program"
"""What programs import. Loaded here from the project, which need not be the one this command belongs to."""


def share() -> None:
    """Load what judge and programs both use, before they part: engine, SDK and the model of stack files."""
    for name in ("components.spec", "qlz.check.program"):
        import_module(name)


class Stage:
    """The command's side: its lanes, each of which runs one program at a time."""

    def __init__(
        self, root: Path, lanes: int, modules: tuple[str, ...] = (), *, names: Sequence[str] = ()
    ) -> None:
        """Fork it. modules: what to load besides engine and program. names: stacks whose programs will run;
        where they are many, all that they use is loaded before the first."""
        pairs = [socket.socketpair() for _ in range(lanes)]

        def load() -> None:
            _load(root, modules, names)

        self.pid = os.fork()
        if self.pid == 0:
            _in_child(lambda: _serve([there for _, there in pairs], [h for h, _ in pairs], load))
        for _, there in pairs:
            there.close()
        loaded_by = time.monotonic() + LOAD_SECONDS
        self.lanes = [Lane(here, loaded_by) for here, _ in pairs]

    def close(self) -> None:
        """End it, and whatever runs in it."""
        for lane in self.lanes:
            lane.close()
        until = time.monotonic() + _PATIENCE
        with suppress(ChildProcessError):
            while not os.waitpid(self.pid, os.WNOHANG)[0]:
                if time.monotonic() > until:  # it loads what does not end, and hears nothing
                    os.kill(self.pid, signal.SIGKILL)
                    os.waitpid(self.pid, 0)
                    break
                time.sleep(0.005)


class Lane:
    """A way to run programs, one after the other."""

    def __init__(self, control: socket.socket, loaded_by: float) -> None:
        """loaded_by: when the stage must be ready to run programs, on the clock of time.monotonic()."""
        self._control, self._loaded_by = control, loaded_by

    def close(self) -> None:
        self._control.close()

    def run(self, wanted: Run, seconds: float) -> Running:
        """Begin a run, which may take this long once the stage is ready. Raises Broken where it is gone."""
        out, theirs = os.pipe()
        try:
            with TemporaryFile() as request:
                request.write(wanted.text().encode())
                request.flush()
                socket.send_fds(self._control, [_RUN], [request.fileno(), theirs])
        except OSError:
            os.close(out)
            raise Broken(GONE) from None
        finally:
            os.close(theirs)
        return Running(self._control, out, self._loaded_by, seconds)


@dataclass
class Running:
    """A program under way."""

    _control: socket.socket
    _out: int
    _loaded_by: float
    _seconds: float
    _begun: bool = False
    _ended: bool = False

    def frames(self) -> Iterator[tuple[bytes, bytes]]:
        """What it sends, END included. Raises Broken where it does not come to that."""
        try:
            self._await_begin()
            for kind, payload in received(self._out, time.monotonic() + self._seconds):
                if kind == END:
                    self._end()
                yield kind, payload
        except TimeUp:
            self._end()
            raise Broken(
                f"was stopped after {self._seconds:g} s: it takes longer than a check waits"
            ) from None
        except Broken as problem:
            raise Broken(f"{problem}{_status_text(self._end(_WAIT))}") from None
        finally:
            self.close()

    def _await_begin(self) -> None:
        """Wait until the stage has loaded and forked it: how long that takes is not the program's time."""
        self._control.settimeout(max(_PATIENCE, self._loaded_by - time.monotonic()))
        try:
            self._begun = self._control.recv(1) == _BEGUN
        except TimeoutError:
            raise Broken(f"could not be begun: what it imports takes more than {LOAD_SECONDS:g} s") from None
        except OSError:
            self._begun = False
        finally:
            self._control.settimeout(None)
        if not self._begun:
            self._ended = True
            raise Broken(GONE)

    def close(self) -> None:
        """Stop it, wherever it is; its lane is free then."""
        self._end()
        if self._out >= 0:
            os.close(self._out)
        self._out = -1

    def _end(self, word: bytes = _KILL) -> int:
        """Kill what is left of it, and return how it ended (as waitpid has it), 0 when asked again."""
        if self._ended:
            return 0
        self._ended = True
        self._control.settimeout(_PATIENCE)
        with suppress(OSError):
            self._control.sendall(word)
            if not self._begun:
                self._control.recv(1)
            answer = self._control.recv(_STATUS.size, socket.MSG_WAITALL)
            if len(answer) == _STATUS.size:
                return int(_STATUS.unpack(answer)[0])
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # it answers no more: this lane runs nothing again
        return 0


def _status_text(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f" (it was ended by {signal.Signals(os.WTERMSIG(status)).name})"
    if code := os.waitstatus_to_exitcode(status):
        return f" (its process ended with code {code})"
    return " (its process ended itself)"


def _in_child(act: Callable[[], None]) -> None:
    """Do it and end this process, without anything that its parent would do on the way out. Why it could not
    be done is told by what is missing then: nothing here may speak."""
    code = 1
    try:
        act()
        code = 0
    finally:
        os._exit(code)


def _serve(controls: list[socket.socket], others: list[socket.socket], load: Callable[[], None]) -> None:
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command hears it, and ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _adopt()
    _say_nothing()
    _forget_credentials()
    load()
    woken, wake = socket.socketpair()
    woken.setblocking(False)
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    try:
        _Server(controls, woken).serve()
    finally:
        _end_all()


class _Server:
    def __init__(self, controls: list[socket.socket], woken: socket.socket) -> None:
        self._controls, self._woken = controls, woken
        self._running: dict[socket.socket, int] = {}
        self._status: dict[socket.socket, int] = {}  # of what has ended and was not asked for yet
        self._waiting = selectors.DefaultSelector()
        for each in (*controls, woken):
            self._waiting.register(each, selectors.EVENT_READ)

    def serve(self) -> None:
        while self._controls:
            for key, _ in self._waiting.select():
                if key.fileobj is self._woken:
                    with suppress(BlockingIOError):
                        while self._woken.recv(4096):
                            pass
                    self._reap()
                elif isinstance(key.fileobj, socket.socket):
                    self._heard(key.fileobj)

    def _heard(self, control: socket.socket) -> None:
        try:
            word, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        except OSError:
            word, descriptors = b"", []
        if word == _RUN and len(descriptors) == 2:
            self._begin(control, *descriptors)
        elif word in (_KILL, _WAIT):
            if word == _WAIT:
                self._await(control)
            with suppress(OSError):
                control.sendall(_STATUS.pack(self._kill(control)))
        else:
            self._kill(control)
            self._waiting.unregister(control)
            self._controls.remove(control)
            control.close()

    def _begin(self, control: socket.socket, request: int, out: int) -> None:
        self._kill(control)
        pid = os.fork()
        if pid == 0:
            _in_child(lambda: self._program(request, out))
        os.close(request)
        os.close(out)
        self._running[control] = pid
        with suppress(OSError):
            control.sendall(_BEGUN)

    def _program(self, request: int, out: int) -> None:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        for each in (*self._controls, self._woken):
            each.close()
        self._waiting.close()
        from qlz.check.program import Run, run

        with os.fdopen(request, "rb") as file:
            file.seek(0)
            wanted = Run.of(file.read().decode())
        run(wanted, Sender(out))

    def _kill(self, control: socket.socket) -> int:
        """End what runs for a lane, with all it has started; how it ended."""
        pid = self._running.pop(control, None)
        if pid is None:
            return self._status.pop(control, 0)
        for kill in (os.killpg, os.kill):  # its group is there once it has called setsid
            with suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]

    def _await(self, control: socket.socket) -> None:
        until = time.monotonic() + _GRACE
        while control in self._running and time.monotonic() < until:
            self._reap()
            time.sleep(0.01)

    def _reap(self) -> None:
        for control, pid in list(self._running.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
                del self._running[control]
                self._status[control] = status


def _adopt() -> None:
    """Have what a program leaves behind, in whatever session, become this process's own child (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _end_all() -> None:
    """End every child, and theirs, which come here as orphans."""
    me = os.getpid()
    for _ in range(_GENERATIONS):
        try:
            left = [int(each) for each in Path(f"/proc/{me}/task/{me}/children").read_text().split()]
        except OSError:
            return  # not this system's way to tell
        if not left:
            return
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _say_nothing() -> None:
    """What a program prints past Python could pass for this command's own words."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


def _forget_credentials() -> None:
    """Programs see no credential, profile or setting of a cloud, of Pulumi or of whoever runs this."""
    from rehearsal.child_environment import child_environment

    kept = child_environment()
    os.environ.clear()
    os.environ.update(kept)


def _load(root: Path, modules: tuple[str, ...], names: Sequence[str]) -> None:
    """Load what programs need, once. What cannot be loaded fails in the program, with its own words."""
    import gc

    from qlz.startup import begin_quickly
    from rehearsal.sdk_modules import load_class_by_class

    begin_quickly()
    load_class_by_class()
    share()
    ours = _is_below(sys.modules["components"].__path__, root)
    if not ours:
        for name in [name for name in sys.modules if name.partition(".")[0] == "components"]:
            del sys.modules[name]
    sys.path.insert(0, str(root))
    from qlz.check.program import project_of
    from qlz.check.warm import read, warm

    with suppress(Exception):
        project_of(str(root))
    warm((PROGRAM, *modules), many=len(names) > 1)
    if len(names) > 1:
        read(root)
    gc.freeze()  # what is shared with the programs is not touched by their collectors


def _is_below(places: Iterable[str], root: Path) -> bool:
    return any(Path(place).resolve().is_relative_to(root) for place in places)
