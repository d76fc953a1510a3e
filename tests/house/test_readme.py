"""What the README shows is what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2

from policy_packs.baseline.policies import analyzer

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_it_counts_the_controls() -> None:
    told = {int(number) for number in re.findall(r"(\d+) controls", README)}
    shown: Any = None  # the service does not look at it
    assert told == {len(analyzer().GetAnalyzerInfo(empty_pb2.Empty(), shown).policies)}
