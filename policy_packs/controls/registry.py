"""All controls, in a stable order, and what documents and summaries say about them.

A control joins by being a file in `policy_packs/controls/<folder>/` that holds a `CONTROL`; nothing else
lists it. Its levels say which pack it is in: what is off below pre-production is in `regulated`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from policy_packs.controls import azure_quantum, braket, declared
from policy_packs.controls.control import TIERS, Control, Enforcement

_FOLDERS = (braket, azure_quantum, declared)


@cache
def all_controls() -> tuple[Control, ...]:
    """Every control, sorted by id. Raises ValueError where an id is used twice or a file holds no control."""
    found = _found()
    return tuple(found[key][0] for key in sorted(found))


def module_of(control: Control) -> str:
    """The name of the module that holds a control."""
    return _found()[control.id][1]


@cache
def _found() -> dict[str, tuple[Control, str]]:
    """Controls and their modules by id."""
    controls: dict[str, tuple[Control, str]] = {}
    for folder in _FOLDERS:
        for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
            control = getattr(import_module(module.name), "CONTROL", None)
            if not isinstance(control, Control):
                raise ValueError(
                    f"{module.name} holds no CONTROL: a control is one file, and a file one control"
                )
            if control.id in controls:
                raise ValueError(f"{module.name} uses the id {control.id}, which another control has")
            controls[control.id] = (control, module.name)
    return controls


@cache
def regulated_controls() -> tuple[Control, ...]:
    """The pack `regulated`: what is off for every tier below pre-production."""
    lower = TIERS[:2]
    return tuple(
        control for control in all_controls() if all(control.level(tier) is Enforcement.OFF for tier in lower)
    )


@cache
def baseline_controls() -> tuple[Control, ...]:
    """The pack `baseline`: all others."""
    upper = regulated_controls()
    return tuple(control for control in all_controls() if control not in upper)


def pack_of(control: Control) -> str:
    """The name of the pack that holds a control."""
    return "regulated" if control in regulated_controls() else "baseline"
