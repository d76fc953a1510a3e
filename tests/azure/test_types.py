"""Every type through its whole life: what was asked for is what Resource Manager gives back by GET."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.azure.model import ARM
from rehearsal.azure.model.bodies import body_of
from rehearsal.azure.rest import Arm
from tests.azure.cases import CASES
from tests.azure.conftest import Make
from tests.azure.peer import AzurePeer, whole_life


def holds(asked: Any, there: Any) -> bool:
    """Whether a body has all that was asked for, ids and locations in any case."""
    if isinstance(asked, Mapping) and isinstance(there, Mapping):
        return all(holds(value, there.get(name)) for name, value in asked.items())
    if isinstance(asked, list) and isinstance(there, list):
        return len(asked) == len(there) and all(map(holds, asked, there))
    if isinstance(asked, str) and isinstance(there, str):
        return asked.replace(" ", "").lower() == there.replace(" ", "").lower()
    return bool(asked == there) or (asked in (None, [], {}) and there in (None, [], {}))


def test_every_type_has_a_case() -> None:
    assert set(CASES) == set(ARM)


@pytest.mark.parametrize("token", sorted(CASES))
def test_life(token: str, peer: AzurePeer, make: Make, arm: Arm) -> None:
    type = ARM[token]
    case = CASES[token](make)

    def look(id: str, inputs: Mapping[str, Any]) -> None:
        there = arm.get(id, type.api_version)
        asked = body_of(type, {n: v for n, v in inputs.items() if n not in {*type.part_of, *type.echoed}})
        assert there is not None
        assert holds(asked, there), (asked, there)

    whole_life(peer, token, case.first, case.second, look, gone=case.gone)
