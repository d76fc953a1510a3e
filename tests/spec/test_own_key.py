"""What a stack file may say of its key's own material (K2, K3)."""

from __future__ import annotations

from datetime import date

import pytest

from components.spec import Material
from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import OPTIMUS, Copy

RESULTS = "    results:\n"
PROD = "stacks/Pulumi.optimus-prod.yaml"


def key(text: str) -> str:
    return f"    key: {{{text}}}\n{RESULTS}"


CASES = {
    "no material said": (key('imported: "2026-11-20"'), "key", "add material"),
    "unknown material": (key("material: mine"), "key.material", "allowed: aws, own"),
    "imported alone": (
        key('material: own, imported: "2026-11-20"'),
        "key.imported",
        'rotate_by: "2027-11-20" or earlier',
    ),
    "rotate_by alone": (key('material: own, rotate_by: "2027-11-20"'), "key.rotate_by", "not imported"),
    "rotated after more than a year": (
        key('material: own, imported: "2026-11-20", rotate_by: "2027-11-22"'),
        "key.rotate_by",
        '"2027-11-21" or earlier',
    ),
    "rotated before it came": (
        key('material: own, imported: "2026-11-20", rotate_by: "2026-11-20"'),
        "key.rotate_by",
        "after it",
    ),
    "days of what AWS makes": (
        key('material: aws, imported: "2026-11-20", rotate_by: "2027-11-20"'),
        "key.imported",
        "remove it",
    ),
    "unquoted day": (
        key('material: own, imported: 2026-11-20, rotate_by: "2027-11-20"'),
        "key.imported",
        "without quotes",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(project: Copy, name: str) -> None:
    new, where, says = CASES[name]
    at = "    key:" if where != "key" or "add" in says else "qlz:spec"
    path = f"{SPEC}.{where}" if "add" not in says else f"{SPEC}.key.material"
    check(project, "optimus-sandbox", Case(OPTIMUS, RESULTS, new, at, path, says), OPTIMUS)


def test_read(project: Copy) -> None:
    project.edit(OPTIMUS, RESULTS, key('material: own, imported: "2026-11-20", rotate_by: "2027-11-20"'))
    found = project.load("optimus-sandbox").stack.spec
    assert found.key is not None  # type: ignore[union-attr]
    assert found.key.material is Material.OWN  # type: ignore[union-attr]
    assert found.key.rotate_by == date(2027, 11, 20)  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["", "    key: {material: aws}\n"])
def test_regulated_production_demands_it(project: Copy, said: str) -> None:
    project.make_production()
    project.edit(PROD, "    key: {material: own}\n", said)
    (problem,) = [p for p in project.problems("optimus-prod") if ".key" in p.key]
    assert "demands key material of the organisation's own" in problem.message
    assert problem.line == project.line(PROD, "key: {material: aws}" if said else "qlz:spec:")


@pytest.mark.parametrize(("tier", "blocks"), [("regulated-production", True), ("internal-research", False)])
def test_overdue_is_shown_and_blocks_where_it_is_demanded(project: Copy, tier: str, blocks: bool) -> None:
    new = key('material: own, imported: "2026-11-20", rotate_by: "2027-11-20"')
    stack, file = "optimus-sandbox", OPTIMUS
    if blocks:
        project.make_production()
        stack, file = "optimus-prod", PROD
        project.edit(PROD, "    key: {material: own}\n    results:\n", new)
    else:
        project.edit(OPTIMUS, RESULTS, new)
    assert tier in (project.root / file).read_text()
    found = project.load(stack)
    rotation = [p for p in found.time_problems(date(2027, 11, 20)) if ".key." in p.key]
    assert rotation == []
    (late,) = [p for p in found.time_problems(date(2027, 11, 21)) if ".key." in p.key]
    assert late.blocks is blocks
    assert "was to be rotated by 2027-11-20" in late.message
    assert late.line == project.line(file, "material: own")
    (early,) = [p for p in found.time_problems(date(2026, 11, 19)) if ".key." in p.key]
    assert "has not come yet" in early.message
