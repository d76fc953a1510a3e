"""docs/parity.md is what the code says, and no requirement is passed over in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_packs.controls.registry import all_controls
from scripts import parity
from scripts.parity import CLOUDS, PAGE, ParityError, clouds_of, data, docstrings, main, named, page, rows


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The data, to be changed by a test."""
    copy: dict[str, Any] = json.loads(json.dumps(data()))
    monkeypatch.setattr(parity, "data", lambda: copy)
    return copy


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(rows()), "run python -m scripts.parity"


def test_every_requirement_has_something_or_a_reason_on_each_cloud() -> None:
    table = rows()
    assert {cloud for _, cloud in table} == set(CLOUDS)
    assert len({requirement for requirement, _ in table}) == len(data()["requirements"]) == 56
    assert all(row.served is not bool(row.reason) for row in table.values())


def test_every_control_stands_in_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [each.id for each in all_controls() if f"`{each.id}`" not in text] == []


def test_what_must_not_be_missing_is_there() -> None:
    table = rows()
    for requirement in ("I2", "I8", "T4", "R1", "K2", "K7", "D1", "L1", "L3", "L5", "L6"):
        for cloud, folder in (("aws", "braket/"), ("azure", "azure_quantum/")):
            row = table[requirement, cloud]
            assert row.controls, (requirement, cloud)
            assert any(name.startswith(folder) for name in row.files), (requirement, cloud)


def test_a_missing_reason_is_refused(changed: dict[str, Any]) -> None:
    del changed["without"]["T1"]["azure"]
    with pytest.raises(ParityError, match="T1 is not served on Azure Quantum"):
        rows()


def test_a_reason_that_is_out_of_date_is_refused(changed: dict[str, Any]) -> None:
    changed["without"]["R1"] = {"aws": "too hard"}
    with pytest.raises(ParityError, match="R1 is served on Amazon Braket"):
        rows()


def test_a_control_of_no_requirement_is_refused(changed: dict[str, Any]) -> None:
    del changed["requirements"]["R1"]
    with pytest.raises(ParityError, match="serves R1, which parity"):
        rows()


def test_a_reason_for_no_requirement_is_refused(changed: dict[str, Any]) -> None:
    changed["limits"]["Z9"] = {"aws": "x"}
    with pytest.raises(ParityError, match="limits names Z9"):
        rows()


def test_check_tells_of_a_page_that_is_not_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parity, "PAGE", tmp_path / "parity.md")
    assert main(["--check"]) == 1
    assert "python -m scripts.parity" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_ids_are_read_from_docstrings_alone() -> None:
    source = '"""As (L1 to L3) and K2 say; not SV1."""\nX = "R1"  # T4\nclass A:\n    b: int\n    """C2."""\n'
    assert [one for text in docstrings(source) for one in named(text)] == ["L1", "L2", "L3", "K2", "C2"]


def test_files_are_of_a_cloud_by_where_they_are() -> None:
    assert clouds_of(Path("braket/keys.py")) == ("aws",)
    assert clouds_of(Path("azure_quantum/keys.py")) == ("azure",)
    assert clouds_of(Path("spec/azure_rules.py")) == ("azure",)
    assert clouds_of(Path("spec/project.py")) == ("aws",)
    assert clouds_of(Path("spec/charter.py")) == ("aws", "azure")
