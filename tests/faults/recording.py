"""What a program asks of the monitor, recorded in a run and played again without the program.

Four of five seconds of a run are the Pulumi SDK's. What is played is what the program asked, word by word,
but for what a cloud makes up (see MADE_UP): that is put in as the resources of this run got it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from google.protobuf.message import Message
from pulumi.runtime.proto import resource_pb2

from rehearsal.engine.errors import Aborted
from rehearsal.engine.program import run_program
from rehearsal.export_diff import MADE_UP

REQUESTS: dict[str, type[Message]] = {
    "RegisterResource": resource_pb2.RegisterResourceRequest,
    "RegisterResourceOutputs": resource_pb2.RegisterResourceOutputsRequest,
    "ReadResource": resource_pb2.ReadResourceRequest,
}
ADOPTED = b"azure-native:authorization:RoleManagementPolicy"
"""Its state tells what was there before it, which an interruption changes; nothing in it is made up."""


@dataclass
class Recording:
    """Method, request and reply of each call, in order. The engine that made it did one thing at a time."""

    calls: list[tuple[str, bytes, bytes]] = field(default_factory=list)

    @contextmanager
    def made(self) -> Iterator[None]:
        """Record the program's run, but for previews."""

        def record(*args: Any, monitor: Any, dry_run: bool, **more: Any) -> None:
            watched = monitor if dry_run else _Recorder(monitor, self)
            run_program(*args, monitor=watched, dry_run=dry_run, **more)

        with patch("rehearsal.engine.engine.run_program", record):
            yield

    @contextmanager
    def played(self) -> Iterator[None]:
        """Play it in the place of the program."""

        def play(*args: Any, monitor: Any, **more: Any) -> None:
            self._play(monitor)

        with patch("rehearsal.engine.engine.run_program", play):
            yield

    def _play(self, monitor: Any) -> None:
        made_up: dict[bytes, bytes] = {}
        for method, request, reply in self.calls:
            for before, now in made_up.items():
                request = request.replace(before, now)
            try:
                answer = getattr(monitor, method)(REQUESTS[method].FromString(request))
            except Aborted:
                return
            before_and_now = _made_up(reply), _made_up(_text(answer))
            if ADOPTED in request:
                continue
            assert len(before_and_now[0]) == len(before_and_now[1]), f"{method} is answered otherwise"
            made_up.update(zip(*before_and_now, strict=True))


class _Recorder:
    """Stands between the program and the monitor."""

    def __init__(self, monitor: Any, recording: Recording) -> None:
        self._monitor, self._recording = monitor, recording

    def __getattr__(self, name: str) -> Callable[[Message], Message]:
        asked: Callable[[Message], Message] = getattr(self._monitor, name)
        if name not in REQUESTS:
            return asked

        def ask(request: Message) -> Message:
            reply = asked(request)
            self._recording.calls.append((name, _text(request), _text(reply)))
            return reply

        return ask


def _text(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


def _made_up(message: bytes) -> list[bytes]:
    """A byte is a character here, so that what is found has the length it has in the message."""
    return [token.encode("latin-1") for token in MADE_UP.findall(message.decode("latin-1"))]
