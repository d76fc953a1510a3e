"""The state of a stack while an operation changes it, saved after every step.

What the program has declared so far comes first, in the order in which it was done, so that everything
stands after what it depends on; what the old state still holds follows.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from rehearsal.engine.engine_service import EMULATED_VERSION
from rehearsal.engine.state import ResourceState, from_checkpoint, to_checkpoint
from rehearsal.engine.store import Store
from rehearsal.engine.urns import split_reference

Activity = Literal["creating", "updating", "deleting"]


@dataclass(frozen=True)
class Pending:
    """An operation that an earlier run began and did not finish."""

    activity: str
    urn: str


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _text(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


class Snapshot:
    """The resources of one stack. Safe to change from several threads; nothing is saved in a dry run."""

    def __init__(self, store: Store, stack: str, *, dry_run: bool) -> None:
        self._store, self._stack, self._dry_run = store, stack, dry_run
        deployment = store.load(stack)
        self.exists = deployment is not None
        self.secrets = store.secrets(deployment)
        self._texts: dict[int, bytes] = {}
        self.old: list[ResourceState] = []
        for data in (deployment or {}).get("resources") or ():
            resource = from_checkpoint(data, self.secrets)
            self.old.append(resource)
            self._texts[id(resource)] = _text(data)
        operations = (deployment or {}).get("pending_operations") or ()
        self.left_over = tuple(Pending(o["type"], o["resource"]["urn"]) for o in operations)
        self.interrupted: list[tuple[str, ResourceState]] = [
            (o["type"], from_checkpoint(o["resource"], self.secrets)) for o in operations
        ]
        self.new: list[ResourceState] = []
        self._gone: set[int] = set()
        self._pending: dict[int, tuple[Activity, ResourceState, bytes]] = {}
        self._lock = threading.RLock()
        self._saving = threading.Lock()
        self._version = self._saved = 0
        self.differs = False
        """Whether anything that was recorded would be written otherwise than it stands on disk."""

    def begin(self, activity: Activity, resource: ResourceState) -> int:
        """Record, on disk, that something is about to be done to a resource. Returns a ticket for `done`."""
        ticket = id(resource)
        with self._lock:
            text = b"" if self._dry_run else _text(to_checkpoint(resource, self.secrets))
            self._pending[ticket] = (activity, resource, text)
            version = self._changed()
        self._save(version)
        return ticket

    def done(
        self,
        ticket: int | None = None,
        *,
        add: ResourceState | None = None,
        drop: Iterable[ResourceState] = (),
        touched: Iterable[ResourceState] = (),
        renamed: tuple[str, str] | None = None,
    ) -> None:
        """Record what came of a step: a resource added, resources dropped from the state, others changed
        in place (`touched`), references renamed (old URN, new URN). Saved unless nothing differs."""
        dropped = list(drop)
        with self._lock:
            differs = renamed is not None or (bool(dropped) and add is None)
            if ticket is not None:
                differs |= self._pending.pop(ticket, None) is not None
            if add is not None:
                self.new.append(add)
                differs |= self._differs(add, dropped[0] if dropped else add)
            for resource in touched:
                differs |= self._differs(resource, resource)
            self._gone.update(id(resource) for resource in dropped)
            if renamed:
                self._rename(*renamed)
            version = self._changed()
            self.differs |= differs
        if differs:
            self._save(version)

    def _differs(self, resource: ResourceState, old: ResourceState) -> bool:
        """Write a resource down; whether it reads otherwise than the old one. What is new in a dry run is
        never saved, so its secrets need not be sealed."""
        before = self._texts.get(id(old))
        if self._dry_run and before is None:
            return True
        self._write_down(resource)
        return self._texts[id(resource)] != before

    def _write_down(self, resource: ResourceState) -> None:
        self._texts[id(resource)] = _text(to_checkpoint(resource, self.secrets))

    def rewrite(self, resources: Sequence[ResourceState]) -> None:
        """Put these in the place of all, with no operation left over, in one write."""
        with self._lock:
            self.old, self.new = list(resources), []
            self._gone.clear()
            for resource in resources:
                self._write_down(resource)
            version = self._changed()
        self._save(version)

    def resources(self) -> list[ResourceState]:
        """Everything the state holds now, dependents after what they depend on."""
        with self._lock:
            return [r for r in (*self.new, *self.old) if id(r) not in self._gone]

    def save(self) -> None:
        with self._lock:
            version = self._changed()
        self._save(version)

    def _changed(self) -> int:
        self._version += 1
        return self._version

    def _rename(self, before: str, after: str) -> None:
        for resource in self.old:
            if id(resource) not in self._gone and _renamed(resource, before, after):
                self._write_down(resource)

    def _save(self, version: int) -> None:
        """Write the state, unless a save by another thread has already taken this change along."""
        if self._dry_run:
            return
        with self._saving:
            if self._saved >= version:
                return
            with self._lock:
                current = self._version
                content = self._content()
            self._store.save(self._stack, content)
            self._saved = current

    def _content(self) -> bytes:
        resources = b",".join(self._texts[id(r)] for r in self.resources())
        parts = [
            b'"manifest":' + _text(manifest()),
            b'"secrets_providers":' + _text({"type": "passphrase", "state": {"salt": self.secrets.salt}}),
            b'"resources":[' + resources + b"]",
        ]
        if self._pending:
            operations = (
                b'{"resource":' + text + b',"type":' + _text_of(activity) + b"}"
                for activity, _, text in self._pending.values()
            )
            parts.append(b'"pending_operations":[' + b",".join(operations) + b"]")
        parts.append(b'"metadata":{}')
        return b"{" + b",".join(parts) + b"}"


def _text_of(word: str) -> bytes:
    return json.dumps(word).encode()


def manifest() -> dict[str, str]:
    """The head of a checkpoint; `magic` is how the CLI checks that it is whole."""
    version = f"v{EMULATED_VERSION}"
    return {"time": now(), "magic": hashlib.sha256(version.encode()).hexdigest(), "version": version}


def _renamed(resource: ResourceState, before: str, after: str) -> bool:
    """Point a resource's references from one URN to another; whether there were any."""

    def swap(urn: str) -> str:
        return after if urn == before else urn

    provider = resource.provider
    if provider:
        urn, identity = split_reference(provider)
        provider = f"{swap(urn)}::{identity}"
    changed = replace(
        resource,
        parent=swap(resource.parent),
        deleted_with=swap(resource.deleted_with),
        provider=provider,
        dependencies=tuple(map(swap, resource.dependencies)),
        property_dependencies={k: tuple(map(swap, v)) for k, v in resource.property_dependencies.items()},
    )
    names = ("parent", "deleted_with", "provider", "dependencies", "property_dependencies")
    found = False
    for name in names:
        if getattr(changed, name) != getattr(resource, name):
            setattr(resource, name, getattr(changed, name))
            found = True
    return found
