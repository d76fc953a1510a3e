"""docs/exceptions.md names what there is."""

from __future__ import annotations

import re

from policy_packs.controls.exceptions import REPORTS, TIGHTENING
from policy_packs.controls.registry import all_controls
from qlz.check.files import RULES
from qlz.check.files.rules import ADMITTING
from tests.spec.exceptions import PAGE

TEXT = PAGE.read_text(encoding="utf-8")


def test_every_rule_it_names_is_one() -> None:
    known = {*RULES, *(each.id for each in (*all_controls(), *REPORTS))}
    named = set(re.findall(r"qlz-[a-z0-9-]*[a-z0-9]", TEXT)) - {"qlz-file"}
    assert len(named) > 3
    assert named <= known


def test_it_tells_the_variable_and_how_many_rules_admit_exceptions() -> None:
    assert f"`{TIGHTENING}=STACK pulumi up" in TEXT
    assert "Two of them admit exceptions" in TEXT
    assert len(ADMITTING) == 2
