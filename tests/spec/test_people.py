"""Two people are two people: no way of writing an address makes somebody else of its owner."""

from __future__ import annotations

import pytest

from components.spec.people import same_person
from tests.spec.conftest import Copy
from tests.spec.exceptions import changed, judged, said, write

OWNER = "owner@example.org"


@pytest.mark.parametrize(
    "written",
    [
        OWNER,
        "Owner@Example.ORG",
        "o.wner@example.org",
        "o.w.n.e.r.+x.y@example.org",
        "owner+risk@example.org",
        "owner++@example.org",
        " owner@example.org ",
        "owner@example.org.",
        "Risk Office <owner@example.org>",
        '"A. Risk@other.org" <Ow.ner+x@example.org>',
        '"owner"@example.org',
        "ｏwner@example.org",  # noqa: RUF001 - full width
        "оwner@example.org",  # noqa: RUF001 - Cyrillic
        "owner@exаmple.org",  # noqa: RUF001 - Cyrillic
        "owner\u200b@example.org",
        "owner",
        "",
    ],
)
def test_one_person(written: str) -> None:
    assert same_person(OWNER, written)
    assert same_person(written, OWNER)


@pytest.mark.parametrize(
    "other",
    ["risk@example.org", "owner@example.com", "owners@example.org", "owner-2@example.org", "risk", "x@owner"],
)
def test_two_people(other: str) -> None:
    assert not same_person(OWNER, other)
    assert not same_person(other, OWNER)


@pytest.mark.parametrize("approver", ["o.ptimus-team@example.org", "Optimus-.Team+a.b@EXAMPLE.org"])
def test_an_exception_is_not_approved_by_its_owner_under_another_spelling(
    project: Copy, approver: str
) -> None:
    write(project.root, changed(approver=approver))
    assert any("somebody else approves" in each for each in said(project.root))
    write(project.root, changed(owner="ada@example.org", approver=approver))
    assert any("answers for optimus-sandbox" in each for each in said(project.root))
    assert [each.exception for each in judged(project.root)] == [None]
