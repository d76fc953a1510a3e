"""Every resource of the local Azure, by its lower-cased id, and what is still under way with it."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Body = dict[str, Any]


@dataclass
class Item:
    """One resource. `body` is what a GET shows, without id, name and type; `hidden` is never shown."""

    id: str
    name: str
    type: str
    body: Body
    hidden: Body = field(default_factory=dict)
    etag: str = ""
    expires: datetime | None = None

    @property
    def key(self) -> str:
        return self.id.lower()

    @property
    def properties(self) -> Body:
        found: Body = self.body.setdefault("properties", {})
        return found

    def touched(self) -> None:
        self.etag = f'"{secrets.token_hex(8)}"'


@dataclass
class Operation:
    """Something that takes a while: `finish` is called when its time has come."""

    id: str
    scope: str
    started: datetime
    begun: float
    finish: Callable[[], None]
    status: str = "InProgress"
    ended: datetime | None = None
    error: Body | None = None
    result: str | None = None


class Store:
    """Finding by id, by type and by place. The caller holds the one lock."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._by_type: dict[str, dict[str, Item]] = {}
        self.operations: dict[str, Operation] = {}
        self.deleted_vaults: dict[str, Item] = {}
        self.subscriptions: dict[str, Body] = {}

    def get(self, id: str) -> Item | None:
        return self._items.get(id.lower())

    def put(self, item: Item) -> Item:
        item.touched()
        self._items[item.key] = item
        self._by_type.setdefault(item.type.lower(), {})[item.key] = item
        return item

    def remove(self, id: str) -> Item | None:
        item = self._items.pop(id.lower(), None)
        if item is not None:
            self._by_type[item.type.lower()].pop(item.key)
        return item

    def of_type(self, type_name: str) -> list[Item]:
        """In the order of their creation."""
        return list(self._by_type.get(type_name.lower(), {}).values())

    def under(self, id: str) -> list[Item]:
        """What is in or on the resource, without itself."""
        start = id.lower() + "/"
        return [item for key, item in self._items.items() if key.startswith(start)]

    def children(self, parent: str, type_name: str) -> Iterator[Item]:
        """Those of a type that are directly in or on `parent`."""
        start = parent.lower() + "/"
        depth = start.count("/")
        for key, item in self._by_type.get(type_name.lower(), {}).items():
            if key.startswith(start) and key.count("/") - depth <= 4 and _direct(key[len(start) :]):
                yield item

    def all(self) -> list[Item]:
        return list(self._items.values())


def _direct(rest: str) -> bool:
    """Whether `type/name` or `providers/namespace/type/name` remains: nothing lies between."""
    parts = rest.split("/")
    return len(parts) == (4 if parts[0] == "providers" else 2)


def merged(old: Any, new: Any) -> Any:
    """A body after a PATCH: RFC 7396, but tags are replaced whole."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return copy.deepcopy(new)
    result = copy.deepcopy(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif name == "tags":
            result[name] = value
        else:
            result[name] = merged(old.get(name), value)
    return result
