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
from policy_packs.controls.control import Control
from policy_packs.controls.registry import all_controls, listing
from tests.policies.support import Cases

MODULES = sorted(
    f"{cloud.__name__.rpartition('.')[2]}.{module.name}"
    for cloud in (braket, azure_quantum, declared)
    for module in pkgutil.iter_modules(cloud.__path__)
)
FRAMEWORKS = Path(braket.__file__).parents[1] / "data" / "frameworks.json"
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
        all_controls.__wrapped__()


@pytest.mark.parametrize("module", MODULES)
def test_a_control_says_what_it_is_for(module: str) -> None:
    found = control(module)
    assert re.fullmatch(r"qlz-[a-z]\d-[a-z-]+", found.id)
    assert found.id.split("-")[1].upper() in found.requirements
    assert all(REQUIREMENT.fullmatch(requirement) for requirement in found.requirements)
    for sentence in (found.why, found.fix):
        assert re.fullmatch(r"[A-Z][^\n]+\.", sentence)
    assert [found.judge, found.judge_stack, found.judge_spec].count(None) == 2
    assert found.cloud in ({"azure"} if module.startswith("azure_quantum.") else {"aws", "any"})


@pytest.mark.parametrize("module", MODULES)
def test_a_control_names_real_framework_items(module: str) -> None:
    known = json.loads(FRAMEWORKS.read_text(encoding="utf-8"))["frameworks"]
    found = control(module)
    assert found.frameworks
    for name, ids in found.frameworks.items():
        assert set(ids) <= set(known[name]["controls"]), name


@pytest.mark.parametrize("module", MODULES)
def test_a_control_has_cases_of_each_kind(module: str) -> None:
    cases = cases_of(module)
    found: Cases = cases.CASES
    assert found.control is control(module)
    needed = {"pass", "fail"} | (set() if getattr(cases, "NEVER_UNKNOWN", "") else {"unknown"})
    assert needed <= {case.kind for case in found.all}
    assert cases.test_case


def test_listing_is_plain_data() -> None:
    rows = json.loads(json.dumps(listing()))
    assert [row["id"] for row in rows] == [each.id for each in all_controls()]
    assert {row["judges"] for row in rows} <= {"resource", "stack", "spec"}
    assert all(row["title"] and row["severity"] in ("low", "medium", "high", "critical") for row in rows)
