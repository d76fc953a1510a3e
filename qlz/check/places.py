"""Where in the stack's own files a policy's finding belongs, so that a reviewer sees it beside the line.

A policy judges resources, which no line declares. What it demands, though, is decided by some key of the
stack file or the charter: that of its first requirement that is written down there; else the spec as a
whole. What is wrong with an exception on record belongs in that exception's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from components.spec import AnyProject, LoadedStack

SPEC: Final = ("config", "qlz:spec")
_STACK: Final = {
    "W2": ("tier",),
    "W3": ("environment", "network", "aws.account", "azure.subscription"),
    "W4": ("tier",),
    "I1": ("identity.saml", "groups", "identity"),
    "I2": ("pipeline", "identity.ci"),
    "I3": ("pipeline", "identity.ci"),
    "I5": ("tier",),
    "I6": ("elevation",),
    "T2": ("devices", "aws.account", "azure.subscription"),
    "T3": ("results", "retention"),
    "R1": ("aws.region", "azure.location"),
    "R2": ("aws.region", "azure.location"),
    "K1": ("key",),
    "K2": ("key", "tier"),
    "K3": ("key", "tier"),
    "K4": ("key", "tier"),
    "D1": ("devices",),
    "D2": ("devices",),
    "D3": ("devices",),
    "L1": ("retention", "results"),
    "L2": ("retention", "results"),
    "L3": ("retention", "results"),
    "L4": ("alerts",),
    "L5": ("retention",),
    "L6": ("alerts", "lifecycle"),
    "L7": ("lifecycle",),
    "C2": ("results", "retention"),
    "C3": ("lifecycle",),
    "G3": ("next_review",),
    "V4": ("budget", "devices"),
}
"""Requirement to keys below `qlz:spec`, the nearest first."""
_CHARTER: Final = {
    "W1": "data_path",
    "R2": "data_path",
    "R3": "contract",
    "R4": "data_leaving",
    "C1": "owner",
    "G3": "next_review",
    "V4": "spending",
}
"""Requirement to the charter's key, where the stack file has none."""
_LIFETIME: Final = "qlz-c1-lifetime"
"""Demands days of the charter, not what its first requirement is about."""
_ABOUT_EXCEPTIONS: Final = ("qlz-g4-exceptions-valid", "qlz-g4-exceptions-unused")
"""Their messages begin with the exception's file, and the line where there is one."""
_EXCEPTION: Final = re.compile(r"(stacks/exceptions/[^:\n]+?\.ya?ml)(?::([0-9]+):|:| )")


def place(loaded: LoadedStack, rule: str, message: str, requirements: Iterable[str]) -> tuple[str, int, str]:
    """File (relative to the root), line and key path of what a rule says."""
    said = message.removeprefix("the stack: ")
    found = _EXCEPTION.match(said) if rule in _ABOUT_EXCEPTIONS else None
    if found and (loaded.root / found[1]).is_file():
        return found[1], int(found[2] or 0), ""
    own = loaded.documents[loaded.file]
    project = loaded.stack if isinstance(loaded.stack, AnyProject) else None
    charter = loaded.documents.get(f"stacks/charters/{project.spec.charter}.yaml") if project else None
    if rule == _LIFETIME and charter is not None:
        word = "start" if said.startswith("it begins") else "end"
        return charter.file, charter.line((word,)), word
    for requirement in requirements:
        for key in _STACK.get(requirement, ()):
            path = (*SPEC, *key.split("."))
            if own.has(path):
                return loaded.file, own.line(path), ".".join(path)
        word = _CHARTER.get(requirement, "")
        if word and charter is not None and charter.has((word,)):
            return charter.file, charter.line((word,)), word
    return loaded.file, own.line(SPEC), ".".join(SPEC)
