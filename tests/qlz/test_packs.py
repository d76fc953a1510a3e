"""Which packs a preview asks in its own process."""

from __future__ import annotations

import shutil
from pathlib import Path

from policy_packs.controls.analyzer import Analyzer
from qlz.packs import in_process
from tests.qlz.conftest import ROOT


def test_our_own_packs_are_asked_here() -> None:
    for name in ("baseline", "regulated"):
        assert isinstance(in_process(ROOT / "policy_packs" / name), Analyzer)


def test_every_other_pack_has_a_process_of_its_own(tmp_path: Path) -> None:
    """A copy may have been changed; another's pack is another's."""
    copy = tmp_path / "policy_packs" / "baseline"
    shutil.copytree(ROOT / "policy_packs" / "baseline", copy)
    assert in_process(copy) == copy
    link = tmp_path / "baseline"
    link.symlink_to(copy)
    assert in_process(link) == link


def test_asking_anew_is_another_object() -> None:
    """Each engine has packs of its own: what one has shown them, the other has not."""
    folder = ROOT / "policy_packs" / "baseline"
    assert in_process(folder) is not in_process(folder)
