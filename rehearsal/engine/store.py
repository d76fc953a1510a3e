"""Where the states of rehearsed stacks live: one directory, one checkpoint file a stack.

STACK.json is the checkpoint in the form of `pulumi stack export`; STACK.meta.json what the caller notes
beside it; STACK.lock is locked (flock) by the process at work and names it. Files are written whole to a
temporary name, synced and renamed, readable by the owner only.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from rehearsal.engine.errors import BadState, EngineError, StateLocked
from rehearsal.engine.passphrase import Passphrase

_STACK: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_TAKEN: Final = (".", "..", "salt")  # salt.json: before each state carried its own salt


class Store(Protocol):
    """What an engine needs of a store; see StateStore for the meaning."""

    def load(self, stack: str) -> dict[str, Any] | None: ...

    def save(self, stack: str, deployment: bytes) -> None: ...

    def secrets(self, deployment: Mapping[str, Any] | None) -> Passphrase: ...

    def prepare(self) -> None: ...

    def lock(self, stack: str) -> AbstractContextManager[None]: ...


class StateStore:
    """The states in `directory` (made when needed), their secrets under `passphrase`."""

    def __init__(self, directory: Path, passphrase: str) -> None:
        self.directory = directory
        self._passphrase = passphrase
        self._lock = threading.Lock()
        self._shared_salt = ""

    def _path(self, stack: str, suffix: str) -> Path:
        if not _STACK.fullmatch(stack) or stack in _TAKEN or stack.endswith(".meta"):
            fix = "Use letters, digits, - _ and . (not .meta at the end)."
            raise EngineError(f"{stack!r} cannot be the name of a stack", fix=fix)
        return self.directory / f"{stack}{suffix}"

    def stacks(self) -> tuple[str, ...]:
        """Names of all stacks that have a state, sorted."""
        files = self.directory.glob("*.json") if self.directory.is_dir() else ()
        names = (p.name.removesuffix(".json") for p in files)
        return tuple(sorted(n for n in names if n not in _TAKEN and not n.endswith(".meta")))

    def load(self, stack: str) -> dict[str, Any] | None:
        """The deployment of a stack's checkpoint, or None. Raises BadState if it cannot be read."""
        path = self._path(stack, ".json")
        data = self._read(path)
        if data is None:
            return None
        if data.get("version") != 3 or not isinstance(data.get("deployment"), dict):
            raise BadState("not a checkpoint of version 3", where=str(path))
        if not _is_deployment(data["deployment"]):
            raise BadState("its resources or operations are not in a checkpoint's form", where=str(path))
        return dict(data["deployment"])

    def save(self, stack: str, deployment: bytes) -> None:
        """Replace the checkpoint; `deployment` is the JSON text of its deployment."""
        self._write(self._path(stack, ".json"), b'{"version":3,"deployment":' + deployment + b"}")

    def remove(self, stack: str) -> None:
        """Forget a stack and its notes. What it made in a cloud is not touched."""
        for suffix in (".json", ".meta.json"):
            self._path(stack, suffix).unlink(missing_ok=True)

    def set_aside(self, stack: str, folder: Path) -> None:
        """Move a stack's files, readable or not, into `folder`, and so forget it. See `remove`."""
        for suffix in (".json", ".meta.json"):
            path = self._path(stack, suffix)
            with contextlib.suppress(FileNotFoundError):
                path.rename(folder / path.name)

    def meta(self, stack: str) -> dict[str, Any]:
        """What was noted beside the state; empty if nothing was."""
        return self._read(self._path(stack, ".meta.json")) or {}

    def set_meta(self, stack: str, meta: Mapping[str, Any]) -> None:
        self._write(self._path(stack, ".meta.json"), json.dumps(dict(meta), sort_keys=True).encode())

    def secrets(self, deployment: Mapping[str, Any] | None) -> Passphrase:
        """What opens and seals the secrets of a deployment, or of a new one."""
        if deployment and (given := deployment.get("secrets_providers")):
            if given.get("type") != "passphrase":
                raise BadState(f"secrets provider {given.get('type')!r} is not `passphrase`")
            salt = (given.get("state") or {}).get("salt")
            if not isinstance(salt, str):
                raise BadState("its secrets provider has no salt", where=str(self.directory))
            return Passphrase(self._passphrase, salt, str(self.directory))
        return Passphrase(self._passphrase, self._salt_of_new_stacks)

    def _salt_of_new_stacks(self) -> str:
        """All stacks of a store share a salt, so that a process derives one key."""
        with self._lock:
            if not self._shared_salt:
                deployments = (self.load(stack) or {} for stack in self.stacks())
                given = (d.get("secrets_providers") for d in deployments)
                known = next((g["state"]["salt"] for g in given if g), None)
                self._shared_salt = known or Passphrase.fresh(self._passphrase).salt
            return self._shared_salt

    def prepare(self) -> None:
        """Derive the key in the background: it takes a while, and is wanted soon."""

        def derive() -> None:
            with contextlib.suppress(EngineError):  # told again, and better, where it matters
                self.secrets(None).seal("")

        threading.Thread(target=derive, daemon=True, name="state-key").start()

    @contextmanager
    def lock(self, stack: str) -> Iterator[None]:
        """Hold the stack. Raises StateLocked, naming the holder. The lock ends with its process."""
        path = self._path(stack, ".lock")
        self._make_directory()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._locked(stack, handle) from None
            owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat()}
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(owner).encode(), 0)
            try:
                yield
            finally:
                os.ftruncate(handle, 0)
        finally:
            os.close(handle)

    def _locked(self, stack: str, handle: int) -> StateLocked:
        try:
            owner = json.loads(os.pread(handle, 4096, 0))
            since = datetime.fromisoformat(owner["since"])
            return StateLocked(stack, int(owner["pid"]), str(owner["host"]), since)
        except (ValueError, KeyError):  # caught between locking and naming itself
            return StateLocked(stack, 0, "this machine", None)

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            data = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            raise BadState("the file is not JSON", where=str(path)) from None
        if not isinstance(data, dict):
            raise BadState("the file is not a JSON object", where=str(path))
        return data

    def _write(self, path: Path, content: bytes) -> None:
        self._make_directory()
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _is_deployment(data: Mapping[str, Any]) -> bool:
    """Whether the parts that are walked have the shapes that walking them takes."""
    provider = data.get("secrets_providers") or {}
    return (
        all(
            isinstance(resource, dict)
            and isinstance(resource.get("urn"), str)
            and isinstance(resource.get("type"), str)
            and isinstance(resource.get("outputs") or {}, dict)
            for resource in _list(data.get("resources"))
        )
        and all(
            isinstance(operation, dict)
            and isinstance(operation.get("type"), str)
            and isinstance(operation.get("resource"), dict)
            and isinstance(operation["resource"].get("urn"), str)
            for operation in _list(data.get("pending_operations"))
        )
        and isinstance(provider, dict)
        and isinstance(provider.get("state") or {}, dict)
    )


def _list(value: object) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as a list that holds no resource."""
    return value if isinstance(value, list) else [] if value is None else [value]
