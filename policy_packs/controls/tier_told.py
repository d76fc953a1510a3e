"""A stack's tier by its configuration alone, so that a pack can list its policies before the stack is read.

Levels are listed by it, and nothing is judged by it: each finding carries the level that follows from the
stack as it was read, and engines go by the stricter of the two. A configuration that is not that of the
stack's file makes every finding mandatory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from policy_packs.controls.control import TIERS

_STRICTEST_IN: Final = {"sandbox": "internal-research", "dev": "internal-research"}
"""A level of environment to the strictest tier that may live there; in production the projects decide."""


def tier_told(config: Mapping[str, str]) -> str:
    """The tier of a stack with this configuration (`qlz:KEY` to text); empty where it takes more to tell."""
    kind = config.get("qlz:kind")
    if kind == "organization":
        return TIERS[-1]
    if kind == "environment":
        return _STRICTEST_IN.get(config.get("qlz:level", ""), "")
    try:
        tier = json.loads(config["qlz:spec"])["tier"] if kind == "project" else ""
    except (KeyError, TypeError, ValueError):
        return ""
    return tier if tier in TIERS else ""
