"""Pack `baseline`: every control, on every stack, mandatory."""

from __future__ import annotations

from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.registry import all_controls

NAME = "baseline"
DESCRIPTION = "What every stack must keep, whoever wrote the program."


def analyzer() -> Analyzer:
    return Analyzer(NAME, DESCRIPTION, all_controls())
