"""A project, a store and a provider server for the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from rehearsal.engine import Engine, Event, Outcome, Project, StateStore
from rehearsal.engine.passphrase import Passphrase
from tests.engine.provider import Provider, serving

PASSPHRASE = "correct horse"
PULUMI_YAML = """\
name: proj
runtime: python
config:
  pulumi:disable-default-providers:
    value: [test]
"""
HEAD = "from tests.engine.things import *\n"
URN = "urn:pulumi:dev::proj::"


@dataclass
class World:
    """A project whose program is written by the test, and an engine over it with stack `dev`."""

    root: Path
    provider: Provider
    address: str
    salt: str
    events: list[Event] = field(default_factory=list)
    packs: tuple[Path, ...] = ()
    stack: str = "dev"

    def __post_init__(self) -> None:
        (self.root / "Pulumi.yaml").write_text(PULUMI_YAML)
        self.store = self.open_store()
        self.engine = self.open_engine()

    def open_store(self) -> StateStore:
        """Another store over the same directory."""
        return StateStore(self.root / ".state", PASSPHRASE)

    def open_engine(self, **settings: Any) -> Engine:
        defaults: dict[str, Any] = {
            "providers": {"test": self.address},
            "policy_packs": self.packs,
            "on_event": self.events.append,
        }
        return Engine(Project.load(self.root), self.store, **{**defaults, **settings})

    def program(self, body: str) -> None:
        """The program from now on; its line 2 is the first of `body`."""
        (self.root / "__main__.py").write_text(HEAD + dedent(body).lstrip("\n"))

    def preview(self, **config: object) -> Outcome:
        return self.engine.preview(self.stack, {f"proj:{key}": value for key, value in config.items()})

    def up(self, body: str | None = None, **config: object) -> Outcome:
        if body is not None:
            self.program(body)
        self.provider.calls.clear()
        return self.engine.up(self.stack, {f"proj:{key}": value for key, value in config.items()})

    def make(self, body: str, **config: object) -> Outcome:
        """`up`, which must succeed."""
        outcome = self.up(body, **config)
        assert outcome.result == "ok", outcome.error
        return outcome

    def destroy(self) -> Outcome:
        self.provider.calls.clear()
        return self.engine.destroy(self.stack, {})

    def resources(self) -> dict[str, dict[str, Any]]:
        """The exported resources by the last part of their URN."""
        exported = self.engine.export(self.stack)["deployment"]["resources"]
        return {r["urn"].split("::", 3)[-1]: r for r in exported}


@pytest.fixture(scope="session")
def salt() -> str:
    return Passphrase.fresh(PASSPHRASE).salt


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def world(tmp_path: Path, provider: Provider, salt: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """All worlds share a salt: deriving its key takes long."""
    monkeypatch.setattr(Passphrase, "fresh", lambda passphrase: Passphrase(passphrase, salt))
    with serving(provider) as address:
        yield World(tmp_path, provider, address, salt)
