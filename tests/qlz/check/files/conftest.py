from __future__ import annotations

from pathlib import Path

import pytest

from tests.qlz.check.files.support import Repository, repository


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    return repository(tmp_path)
