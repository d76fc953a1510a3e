"""An engine in a process of its own, killed (SIGKILL) at a given step and moment.

The process is forked from one that has imported everything already and derived the state's key, so that a
death costs milliseconds.
"""

from __future__ import annotations

import base64
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Literal

from rehearsal.engine import Engine, Project, StateStore
from rehearsal.engine.passphrase import _PROOF, Passphrase, _cipher, _seal
from rehearsal.engine.plugins import Plugin

Moment = Literal["before the call", "before the answer is stored", "during the state write"]
MOMENTS: tuple[Moment, ...] = ("before the call", "before the answer is stored", "during the state write")
PASSPHRASE = "correct horse"
ROOT = Path(__file__).parents[2]
_RAW = b"8 bytes!"  # the same in every process, so that each derives one key
SALT = f"v1:{base64.b64encode(_RAW).decode()}:{_seal(_cipher(PASSPHRASE, _RAW), _PROOF)}"
ACTS = ("create", "update", "delete")


@dataclass(frozen=True)
class Death:
    """When the engine dies: at the `step`-th (from 1) real call to a provider, or write of the state."""

    moment: Moment
    step: int


def run(
    operation: str, root: Path, providers: Mapping[str, str], config: Mapping[str, Any], death: Death
) -> bool:
    """Run `up` or `destroy` of stack `dev` in another process. Returns whether it died as it was told;
    an engine that came to its end has done so well.
    """
    child = preloading(__name__).Process(
        target=_in_child, args=(operation, root, dict(providers), dict(config), death)
    )
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), f"the engine ended with {child.exitcode}"
    return child.exitcode != 0


def preloading(module: str) -> ForkServerContext:
    """Processes that have a module, and all it needs, imported when they start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    os.environ.setdefault("PYTHONPATH", str(ROOT))  # for what is loaded ahead
    return context


def open_store(root: Path) -> StateStore:
    return StateStore(root / ".state", PASSPHRASE)


def same_salt(passphrase: str) -> Passphrase:
    """In the place of Passphrase.fresh: a key takes 0.3 s to derive."""
    return Passphrase(passphrase, SALT)


def _in_child(
    operation: str, root: Path, providers: dict[str, str], config: dict[str, Any], death: Death
) -> None:
    Passphrase.fresh = same_salt  # type: ignore[method-assign]
    _arm(death)
    engine = Engine(Project.load(root), open_store(root), providers=providers)
    act = engine.up if operation == "up" else engine.destroy
    outcome = act("dev", config)
    os._exit(0 if outcome.result == "ok" else 1)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(death: Death) -> None:
    count = iter(range(1, 100_000))

    def dies(moment: Moment, act: Callable[..., Any]) -> Callable[..., Any]:
        def armed(*args: Any, **options: Any) -> Any:
            due = not options.get("preview") and next(count) == death.step
            if due and moment == "before the call":
                _die()
            answer = act(*args, **options)
            if due:
                _die()
            return answer

        return armed

    if death.moment == "during the state write":
        tear_write(death.step)
        return
    for name in ACTS:
        setattr(Plugin, name, dies(death.moment, getattr(Plugin, name)))


def tear_write(step: int) -> None:
    """Die in the middle of this write of the state."""
    count = iter(range(1, 100_000))
    tear_writes(lambda content: next(count) == step)


def tear_writes(chosen: Callable[[bytes], bool]) -> None:
    """Die in the middle of a write of the state that is chosen by its content."""
    write = StateStore._write

    def torn(store: StateStore, path: Path, content: bytes) -> None:
        if chosen(content):
            path.with_name(f".{path.name}.{os.getpid()}.tmp").write_bytes(content[: len(content) // 2])
            _die()
        write(store, path, content)

    StateStore._write = torn  # type: ignore[method-assign,assignment]
