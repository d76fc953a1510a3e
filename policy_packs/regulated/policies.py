"""Pack `regulated`: what pre-production and regulated production demand besides. Elsewhere it is off."""

from __future__ import annotations

from policy_packs.controls.analyzer import Analyzer, ReadFacts
from policy_packs.controls.registry import regulated_controls
from policy_packs.controls.stack_facts import read_facts

NAME = "regulated"
DESCRIPTION = "What pre-production and regulated production demand besides."


def analyzer(read: ReadFacts = read_facts) -> Analyzer:
    """The pack as an engine asks it. read: gives what a stack declares."""
    return Analyzer(NAME, DESCRIPTION, regulated_controls(), read)
