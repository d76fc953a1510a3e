"""docs/controls.md and docs/frameworks.md are what the controls say, and each requirement has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_packs.controls.registry import all_controls, baseline_controls, regulated_controls
from policy_packs.controls.requirements import ALSO, GROUPS, JUDGED, NO_CONTROL, NOT_SHOWN
from scripts import controls as pages

ROOT = Path(__file__).parents[2]
IDS = [control.id for control in all_controls()]


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == pages.PAGES[name](), "run python -m scripts.controls"


@pytest.mark.parametrize("cloud", pages.CLOUDS)
@pytest.mark.parametrize("requirement", [*JUDGED, *ALSO])
def test_each_requirement_has_a_control_on_each_cloud_or_a_reason(requirement: str, cloud: str) -> None:
    served = pages.serving(requirement, cloud)
    assert bool(served) is not (requirement in NO_CONTROL), [each.id for each in served]


def test_every_control_serves_known_requirements() -> None:
    named = {requirement for control in all_controls() for requirement in control.requirements}
    assert named == {*JUDGED, *ALSO} - set(NO_CONTROL)
    assert {each[0] for each in named} == set(GROUPS)
    assert {part[0] for text in NOT_SHOWN for part in text.split(", ")} <= set(GROUPS)


def test_every_control_stands_in_both_pages() -> None:
    text = pages.controls_page()
    assert [each for each in IDS if f'<a id="{each}"></a>' not in text] == []
    assert [each for each in IDS if f"controls.md#{each})" not in pages.frameworks_page()] == []


def test_there_are_sixty_at_least_and_both_packs_hold_some() -> None:
    assert len(IDS) >= 60
    assert min(len(baseline_controls()), len(regulated_controls())) > 5


def test_a_stale_page_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    assert pages.main(["--check"]) == 1
    assert pages.main([]) == 0
    assert pages.main(["--check"]) == 0
    (tmp_path / "docs" / "frameworks.md").write_text("old", encoding="utf-8")
    assert pages.main(["--check"]) == 1
