"""Pack `baseline`: what every stack must keep. Its controls' levels follow the stack's tier."""

from __future__ import annotations

from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.registry import baseline_controls

NAME = "baseline"
DESCRIPTION = "What every stack must keep, whoever wrote the program."


def analyzer() -> Analyzer:
    return Analyzer(NAME, DESCRIPTION, baseline_controls())
