"""Pack `baseline`: what every stack must keep. Its controls' levels follow the stack's tier."""

from __future__ import annotations

from policy_packs.controls.analyzer import Analyzer, ReadFacts
from policy_packs.controls.registry import baseline_controls
from policy_packs.controls.stack_facts import read_facts

NAME = "baseline"
DESCRIPTION = "What every stack must keep, whoever wrote the program."


def analyzer(read: ReadFacts = read_facts) -> Analyzer:
    """The pack as an engine asks it. read: gives what a stack declares."""
    return Analyzer(NAME, DESCRIPTION, baseline_controls(), read)
