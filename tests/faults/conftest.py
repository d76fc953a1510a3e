"""The small world of the engine's tests, over a cloud that can be asked what is there."""

from __future__ import annotations

import pytest

from tests.engine.conftest import salt, world
from tests.faults.cloud import SmallCloud

__all__ = ["provider", "salt", "world"]


@pytest.fixture
def provider() -> SmallCloud:
    return SmallCloud()
