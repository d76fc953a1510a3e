"""Who runs devices: dated, sourced, and nobody is left out by accident."""

from __future__ import annotations

from datetime import date

import pytest

from components.catalog import Status, devices
from components.catalog.azure import providers
from components.catalog.vendors import _FILE, Vendor, _File, vendor, vendors

ALL = sorted(vendors())


def test_whoever_runs_an_available_device_was_assessed() -> None:
    on_aws = {found.provider for found in devices().values() if found.status is Status.AVAILABLE}
    assert set(ALL) == {f"aws/{name}" for name in on_aws} | {f"azure/{name}" for name in providers()}


@pytest.mark.parametrize("name", ALL)
def test_an_entry_is_dated_sourced_and_never_wider_than_its_answers(name: str) -> None:
    found = vendors()[name]
    assert found.decided <= date.today()
    assert len({row.what for row in found.verified}) == len(found.verified)
    if "regulated-production" in found.hosts and found.unanswered:
        assert set(found.takes) <= {"aggregated", "parameterised", "synthetic"}
    if any("Where are jobs processed" in question for question in found.unanswered):
        assert "regulated-production" not in found.hosts


def test_nobody_else_is_accepted() -> None:
    assert vendor("aws", "acme") is None
    assert vendor("azure", "iqm") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"logical"', '"perhaps"'),
        ('"public-demo"', '"every-tier"'),
        ("https://", "http://"),
        ('"aws/iqm"', '"iqm"'),
    ],
)
def test_a_file_that_says_something_else_is_refused(old: str, new: str) -> None:
    text = _FILE.read_text(encoding="utf-8")
    assert _File.model_validate_json(text)
    with pytest.raises(ValueError, match="validation error"):
        _File.model_validate_json(text.replace(old, new, 1))


def test_it_says_more_than_a_name() -> None:
    assert all(isinstance(found, Vendor) and found.verified and found.reason for found in vendors().values())
