"""No control refuses what a stack file may say: every optional word of it, on both clouds."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_packs.controls.stack_facts import PROJECT_ROOT
from tests.mutation.judging import Judge
from tests.mutation.legal import LEGAL, write
from tests.mutation.recording import record


@pytest.mark.parametrize("name", LEGAL)
def test_it_complies(tmp_path: Path, name: str) -> None:
    root = write(LEGAL[name], PROJECT_ROOT, tmp_path)
    refused = [
        f"{recording.stack}: {each}"
        for recording in record(LEGAL[name].stacks, root)
        for each in sorted(Judge(recording, root=root).baseline)
    ]
    assert not refused, "\n".join(refused)
