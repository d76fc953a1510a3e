"""All controls, in a stable order, and what documents and summaries say about them.

A control joins by being a file in `policy_packs/controls/<cloud>/` that holds a `CONTROL`; nothing else lists
it.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from policy_packs.controls import azure_quantum, braket
from policy_packs.controls.control import Control

_CLOUDS = (braket, azure_quantum)


@cache
def all_controls() -> tuple[Control, ...]:
    """Every control, sorted by id. Raises ValueError where an id is used twice or a file holds no control."""
    controls: dict[str, Control] = {}
    for cloud in _CLOUDS:
        for module in pkgutil.iter_modules(cloud.__path__, f"{cloud.__name__}."):
            control = getattr(import_module(module.name), "CONTROL", None)
            if not isinstance(control, Control):
                raise ValueError(
                    f"{module.name} holds no CONTROL: a control is one file, and a file one control"
                )
            if control.id in controls:
                raise ValueError(f"{module.name} uses the id {control.id}, which another control has")
            controls[control.id] = control
    return tuple(controls[key] for key in sorted(controls))


def listing() -> list[dict[str, object]]:
    """The controls as plain data, for documents and `--json`."""
    return [
        {
            "id": control.id,
            "title": control.title,
            "why": control.why,
            "fix": control.fix,
            "requirements": list(control.requirements),
            "severity": control.severity.value,
            "frameworks": {name: list(ids) for name, ids in control.frameworks.items()},
            "types": list(control.types),
            "judges": "stack" if control.judge_stack else "resource",
        }
        for control in all_controls()
    ]
