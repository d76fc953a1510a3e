"""Turns a module's `CASES` into tests: `def test_case(case): case.check()`."""

from __future__ import annotations

import pytest

from tests.policies.support import Cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases: Cases = metafunc.module.CASES
        metafunc.parametrize("case", cases.all, ids=[f"{case.kind}: {case.name}" for case in cases.all])
