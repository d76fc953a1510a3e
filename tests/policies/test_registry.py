"""Controls are complete: every file one control, with its cases, its requirement, its frameworks."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

from policy_packs.controls import azure_quantum, braket, declared
from policy_packs.controls.control import TIERS, Control, Enforcement, Severity
from policy_packs.controls.registry import (
    _found,
    all_controls,
    baseline_controls,
    pack_of,
    regulated_controls,
)
from tests.policies.support import Cases

MODULES = sorted(
    f"{cloud.__name__.rpartition('.')[2]}.{module.name}"
    for cloud in (braket, azure_quantum, declared)
    for module in pkgutil.iter_modules(cloud.__path__)
)
FRAMEWORKS = Path(braket.__file__).parents[1] / "data" / "frameworks.json"
ACCOUNTABLE = re.compile(r"[RT]\d|L2|L4|C2")
"""Requirements about where data goes, who sees it and how long: those that UK GDPR asks about."""
FOUR = {"nist-800-53-r5", "iso-27001-2022-annex-a", "ncsc-cloud-principles", "csa-ccm-4"}
REQUIREMENT = re.compile(r"[WITRKDLVCG]\d")


def control(module: str) -> Control:
    found = importlib.import_module(f"policy_packs.controls.{module}").CONTROL
    assert isinstance(found, Control)
    return found


def cases_of(module: str) -> Any:
    """The test module that holds a control's cases."""
    cloud, _, name = module.partition(".")
    return importlib.import_module(f"tests.policies.{cloud}.test_{name}")


def test_all_files_are_registered_in_order() -> None:
    ids = [each.id for each in all_controls()]
    assert ids == sorted({control(module).id for module in MODULES})
    assert len(ids) == len(MODULES) >= 12


def test_an_id_is_used_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_packs.controls.registry._FOLDERS", (braket, braket))
    with pytest.raises(ValueError, match="which another control has"):
        _found.__wrapped__()


@pytest.mark.parametrize("module", MODULES)
def test_a_control_says_what_it_is_for(module: str) -> None:
    found = control(module)
    assert re.fullmatch(r"qlz-[a-z]\d-[a-z-]+", found.id)
    assert found.id.split("-")[1].upper() in found.requirements
    assert all(REQUIREMENT.fullmatch(requirement) for requirement in found.requirements)
    for sentence in (found.why, found.fix):
        assert re.fullmatch(r"[A-Z][^\n]+\.", sentence)
    assert [found.judge, found.judge_stack, found.judge_spec].count(None) == 2
    clouds = {"azure_quantum": {"azure"}, "braket": {"aws", "any"}, "declared": {"aws", "azure", "any"}}
    assert found.cloud in clouds[module.partition(".")[0]]
    assert re.fullmatch(r"[A-Z].*[^.]", found.title)


@pytest.mark.parametrize("module", MODULES)
def test_a_control_names_real_framework_items(module: str) -> None:
    known = json.loads(FRAMEWORKS.read_text(encoding="utf-8"))["frameworks"]
    found = control(module)
    assert set(found.frameworks) >= FOUR
    if any(ACCOUNTABLE.fullmatch(each) for each in found.requirements[:1]):
        assert "uk-gdpr" in found.frameworks
    for name, ids in found.frameworks.items():
        assert set(ids) | {ids[0]} <= set(known[name]["controls"]), name


def test_every_framework_and_article_is_a_real_one() -> None:
    known = json.loads(FRAMEWORKS.read_text(encoding="utf-8"))["frameworks"]
    assert set(known) == FOUR | {"uk-gdpr"}
    assert all(each["source"] and each["controls"] for each in known.values())


@pytest.mark.parametrize("module", [m for m in MODULES if control(m).judge_spec])
def test_a_rule_over_declarations_takes_no_word_from_the_loader(module: str) -> None:
    """What shares code with what it checks cannot catch it."""
    source = Path(str(importlib.import_module(f"policy_packs.controls.{module}").__file__)).read_text("utf-8")
    assert "components" not in re.sub(r"components/catalog/\w+\.json", "", source)


@pytest.mark.parametrize("module", MODULES)
def test_levels_are_of_known_tiers_and_never_fall(module: str) -> None:
    found = control(module)
    assert set(found.levels) <= set(TIERS)
    strength = [list(Enforcement)[::-1].index(found.level(tier)) for tier in TIERS]
    assert strength == sorted(strength)
    assert found.level(TIERS[-1]) is Enforcement.MANDATORY
    assert found.level("") is found.level("a tier of tomorrow") is Enforcement.MANDATORY


def test_what_is_critical_counts_everywhere() -> None:
    """A lower tier is no way round a guard of another project."""
    weaker = {each.id for each in all_controls() if each.levels and each.severity is Severity.CRITICAL}
    assert weaker <= {"qlz-w3-private-submission"}


def test_each_control_is_in_one_pack() -> None:
    both = [*baseline_controls(), *regulated_controls()]
    assert sorted(each.id for each in both) == [each.id for each in all_controls()]
    assert {pack_of(each) for each in regulated_controls()} == {"regulated"}


@pytest.mark.parametrize("module", MODULES)
def test_a_control_has_cases_of_each_kind(module: str) -> None:
    cases = cases_of(module)
    found: Cases = cases.CASES
    assert found.control is control(module)
    needed = {"pass", "fail"} | (set() if getattr(cases, "NEVER_UNKNOWN", "") else {"unknown"})
    assert needed <= {case.kind for case in found.all}
    assert cases.test_case


def test_every_control_says_what_it_looks_at() -> None:
    assert {each.judges for each in all_controls()} == {"resource", "stack", "spec"}
    assert all(each.title for each in all_controls())
