"""What a stack file may say of notebooks, and where there are none (T2, I4, K7)."""

from __future__ import annotations

import pytest

from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import OPTIMUS, SANDBOX, Copy

RESULTS = "    results:\n"
RETENTION = "    retention:\n"
NETWORK = '    network: {cidr: "10.40.0.0/20"}\n'
CASES = {
    "that run for ever": ("idle_minutes: 0", "idle_minutes", "less than the least"),
    "too small": ("volume_gb: 4", "volume_gb", "less than the least"),
    "of no type": ("instance_type: t3.medium", "instance_type", "is no type of SageMaker's machines"),
    "with the internet": ("internet: true", "internet", "not a known key"),
    "whose user is root": ("root: true", "root", "not a known key"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(project: Copy, name: str) -> None:
    text, where, says = CASES[name]
    new = f"    notebooks: {{{text}}}\n{RESULTS}"
    check(
        project,
        "optimus-sandbox",
        Case(OPTIMUS, RESULTS, new, "    notebooks:", f"{SPEC}.notebooks.{where}", says),
        OPTIMUS,
    )


def test_an_environment_that_could_not_hold_one_is_told(project: Copy) -> None:
    project.edit(OPTIMUS, RESULTS, f"    notebooks: {{idle_minutes: 30}}\n{RESULTS}")
    messages = [problem.message for problem in project.problems("optimus-sandbox")]
    assert any("live in a private network" in message for message in messages)
    project.edit(SANDBOX, RETENTION, NETWORK + RETENTION)
    if project.load("sandbox").stack.spec.identity.ci:  # type: ignore[union-attr]
        assert project.load("optimus-sandbox")
    else:
        (problem,) = project.problems("optimus-sandbox")
        assert "need a key's grant" in problem.message


def test_stricter_tiers_have_none(project: Copy) -> None:
    project.make_production()
    asked = f"    notebooks: {{idle_minutes: 30}}\n{RESULTS}"
    project.edit("stacks/Pulumi.optimus-prod.yaml", RESULTS, asked)
    problem = project.problems("optimus-prod")[0]
    assert problem.key.endswith("notebooks")
    assert "acts by its one role" in problem.message
