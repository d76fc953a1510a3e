"""What people read of an operation tells what blocks from what is advice."""

from __future__ import annotations

import pytest

from qlz.output import Reporter
from qlz.summary import show_violations
from rehearsal.engine.policy_types import Violation


def test_advice_is_marked_as_advice_and_comes_last(capsys: pytest.CaptureFixture[str]) -> None:
    urn = "urn:pulumi:dev::qlz::aws:sns/topic:Topic::news"
    advice = Violation("baseline", "1", "qlz-a", urn, "advisory", "qlz-a: covered", "A")
    blocks = Violation("baseline", "1", "qlz-b", urn, "mandatory", "qlz-b: wrong", "B")
    show_violations(Reporter(json_mode=False), [advice, blocks])
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["  ✗ qlz-b  news", "      qlz-b: wrong", "  ! qlz-a  news", "      qlz-a: covered"]
