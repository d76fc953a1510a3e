"""Pack `regulated`: what pre-production and regulated production demand besides. Elsewhere it is off."""

from __future__ import annotations

from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.registry import regulated_controls

NAME = "regulated"
DESCRIPTION = "What pre-production and regulated production demand besides."


def analyzer() -> Analyzer:
    return Analyzer(NAME, DESCRIPTION, regulated_controls())
