"""A checkpoint changed by hand: read as it is or refused in words, never a stack trace."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine.errors import EngineError
from rehearsal.engine.snapshot import Snapshot
from rehearsal.engine.store import StateStore
from tests.engine.conftest import PASSPHRASE, URN

URN_A = f"{URN}test:index:Thing::a"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> StateStore:
    return StateStore(tmp_path_factory.mktemp("state"), PASSPHRASE)


@pytest.fixture(scope="module")
def whole(store: StateStore) -> dict[str, Any]:
    """A deployment with everything that is walked when it is read."""
    thing = {"urn": URN_A, "type": "test:index:Thing", "custom": True, "id": "1", "protect": True}
    lists = {
        "dependencies": [URN_A],
        "propertyDependencies": {"name": [URN_A]},
        "customTimeouts": {"create": 60},
    }
    properties = {"inputs": {"name": "a", "tags": {"x": [1, True, None]}}, "outputs": {"arn": "b"}}
    salt = store.secrets(None).salt
    return {
        "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
        "resources": [thing | lists | properties | {"provider": f"{URN_A}::1", "parent": URN_A}],
        "pending_operations": [{"type": "creating", "resource": thing}],
    }


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


@pytest.mark.parametrize("damage", ["x", 7, None, True, [], {}, ["x"], {"x": 1}], ids=repr)
def test_any_place_with_any_other_value(store: StateStore, whole: dict[str, Any], damage: Any) -> None:
    store.save("dev", json.dumps(whole).encode())
    assert Snapshot(store, "dev", dry_run=True).left_over, "as it is, it can be read"
    for path in places(whole):
        changed = copy.deepcopy(whole)
        inside: Any = changed
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = damage
        store.save("dev", json.dumps(changed).encode())
        with contextlib.suppress(EngineError):
            Snapshot(store, "dev", dry_run=True)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version": 3}', '{"version": 2, "deployment": {}}']
)
def test_what_is_no_checkpoint(store: StateStore, text: str) -> None:
    (Path(store.directory) / "other.json").write_text(text)
    with pytest.raises(EngineError, match=r"other\.json"):
        store.load("other")
