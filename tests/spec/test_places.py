"""Rules on names, tiers, regions, devices and the contract, which need more than one edit to show."""

from __future__ import annotations

from itertools import pairwise

import pytest

from components.spec import ProjectStack, Tier, environment_label, tier_demands
from components.spec.tiers import WHY, TierDemands
from tests.spec.conftest import CHARTER, OPTIMUS, SANDBOX, Copy

SPEC = "config.qlz:spec"
PROD = "stacks/Pulumi.optimus-prod.yaml"
OPERATOR = """\
  - step: qpu-operator
    system: Garnet
    provider: iqm
    region: Espoo
    jurisdiction: FI
    data_class: parameterised
    credential: AWS service
    inside: false
"""


def says(project: Copy, stack: str, file: str, at: str, key: str, text: str) -> None:
    found = project.problems(stack)
    matching = [p for p in found if p.key == key and p.file == file]
    assert len(matching) == 1, "\n".join(map(str, found))
    assert matching[0].line == project.line(file, at)
    assert text in f"{matching[0].message} {matching[0].fix}"


def move_to_stockholm(project: Copy) -> None:
    for file in (SANDBOX, OPTIMUS):
        project.edit(file, "region: eu-west-2", "region: eu-north-1")
    project.edit(OPTIMUS, "      - amazon/sv1\n      - amazon/dm1", "      - iqm/garnet")
    money = 'spending: [{environment: sandbox, device: iqm/garnet, usd: "250"}]'
    project.edit(CHARTER, "cost_centre: CC-2040\n", f"cost_centre: CC-2040\n{money}\n")


def test_region_outside_the_jurisdictions(project: Copy) -> None:
    move_to_stockholm(project)
    says(project, "optimus-sandbox", OPTIMUS, "region:", f"{SPEC}.aws.region", "allowed: eu-west-2 (R1)")


@pytest.mark.parametrize("code", ["SE", "EU"])
def test_region_inside_the_jurisdictions(project: Copy, code: str) -> None:
    move_to_stockholm(project)
    project.edit(CHARTER, "jurisdictions: [GB]", f"jurisdictions: [GB, {code}]")
    project.edit(CHARTER, 'start: "', OPERATOR + 'start: "')
    assert isinstance(project.load("optimus-sandbox").stack, ProjectStack)


def test_a_quantum_processor_needs_its_hop(project: Copy) -> None:
    move_to_stockholm(project)
    project.edit(CHARTER, "jurisdictions: [GB]", "jurisdictions: [GB, SE]")
    says(project, "optimus-sandbox", OPTIMUS, "- iqm/garnet", f"{SPEC}.devices[0]", "provider: iqm")


def test_a_device_of_another_region(project: Copy) -> None:
    project.edit(OPTIMUS, "amazon/dm1", "quera/aquila")
    found = [p for p in project.problems("optimus-sandbox") if p.key == f"{SPEC}.devices[1]"]
    assert {p.line for p in found} == {project.line(OPTIMUS, "quera/aquila")}
    assert "only in us-east-1" in found[0].message
    assert any("data path hides it" in p.message for p in found)
    assert any("no money in sandbox" in p.message for p in found)
    assert "allowed in eu-west-2: amazon/sv1, amazon/dm1" in found[0].fix


def test_the_project_in_another_region_than_its_environment(project: Copy) -> None:
    project.edit(SANDBOX, "region: eu-west-2", "region: us-east-1")
    says(project, "optimus-sandbox", OPTIMUS, "region:", f"{SPEC}.aws.region", 'region: "us-east-1"')


def test_no_issuer_for_the_pipeline(project: Copy) -> None:
    text = (project.root / SANDBOX).read_text()
    start, end = text.index("      oidc:"), text.index("    retention:")
    project.write(SANDBOX, text[:start] + text[end:])
    says(project, "optimus-sandbox", OPTIMUS, "kind: github", f"{SPEC}.pipeline.kind", "I2")


def test_nobody_can_enter_without_a_provider_for_people(project: Copy) -> None:
    text = (project.root / SANDBOX).read_text()
    start, end = text.index("      saml:"), text.index("      oidc:")
    project.write(SANDBOX, text[:start] + text[end:])
    assert project.load("sandbox")
    says(project, "optimus-sandbox", OPTIMUS, "environment: sandbox #", f"{SPEC}.environment", "I1")


def test_a_project_that_outlives_its_environment(project: Copy) -> None:
    project.edit(SANDBOX, "lifecycle: active", "lifecycle: decommissioned")
    text = "environment sandbox is decommissioned"
    says(project, "optimus-sandbox", OPTIMUS, "lifecycle:", f"{SPEC}.lifecycle", text)
    project.edit(OPTIMUS, "lifecycle: active", "lifecycle: decommissioned")
    project.load("optimus-sandbox")


def test_an_environment_with_a_long_name(project: Copy) -> None:
    for length in (40, 41):
        name = "sandbox-" + "x" * (length - 8)
        project.write(f"stacks/Pulumi.{name}.yaml", (project.root / SANDBOX).read_text())
        if length == 40:
            assert project.load(name).name == name
        else:
            says(project, name, f"stacks/Pulumi.{name}.yaml", "qlz:level:", "config.qlz:level", "at most 40")


def test_production_names_carry_prod_alone(project: Copy) -> None:
    name = "o" * 29
    project.make_production()
    project.edit(PROD, "charter: optimus #", f"charter: {name} #")
    project.edit(PROD, "environment: prod-optimus #", f"environment: prod-{name} #")
    project.edit(CHARTER, "name: optimus", f"name: {name}")
    (project.root / CHARTER).rename(project.root / f"stacks/charters/{name}.yaml")
    (project.root / PROD).rename(project.root / f"stacks/Pulumi.{name}-prod.yaml")
    environment = project.root / "stacks/Pulumi.prod-optimus.yaml"
    environment.rename(project.root / f"stacks/Pulumi.prod-{name}.yaml")
    assert project.load(f"{name}-prod").name == f"{name}-prod"


def test_the_stack_is_named_after_project_and_environment(project: Copy) -> None:
    (project.root / OPTIMUS).rename(project.root / "stacks/Pulumi.portfolio-sandbox.yaml")
    file = "stacks/Pulumi.portfolio-sandbox.yaml"
    key = f"{SPEC}.environment"
    says(project, "portfolio-sandbox", file, "environment: sandbox #", key, "Pulumi.optimus-sandbox.yaml")


def rename_project(project: Copy, name: str) -> str:
    project.edit(OPTIMUS, "charter: optimus #", f"charter: {name} #")
    project.edit(CHARTER, "name: optimus", f"name: {name}")
    (project.root / CHARTER).rename(project.root / f"stacks/charters/{name}.yaml")
    file = f"stacks/Pulumi.{name}-sandbox.yaml"
    (project.root / OPTIMUS).rename(project.root / file)
    return file


def test_names_that_fit(project: Copy) -> None:
    name = "o" * 26
    rename_project(project, name)
    longest = f"AmazonBraketJobsExecutionRole-{name}-sandbox"
    assert len(longest) == 64
    assert project.load(f"{name}-sandbox").name == f"{name}-sandbox"


def test_names_that_are_too_long(project: Copy) -> None:
    name = "o" * 27
    file = rename_project(project, name)
    says(project, f"{name}-sandbox", file, "charter:", f"{SPEC}.charter", "AWS allows 64")


def test_a_project_called_like_an_environment(project: Copy) -> None:
    rename_project(project, "dev-tools")
    file = "stacks/charters/dev-tools.yaml"
    says(project, "dev-tools-sandbox", file, "name: dev-tools", "name", "begins like")


@pytest.mark.parametrize("tier", ["pre-production", "regulated-production"])
def test_production_tiers_do_not_fit_a_sandbox(project: Copy, tier: str) -> None:
    project.edit(OPTIMUS, "tier: internal-research", f"tier: {tier}")
    project.edit(CHARTER, "[public-demo, internal-research]", f"[{tier}]")
    found = project.problems("optimus-sandbox")
    line = project.line(OPTIMUS, "tier:")
    assert any(p.key == f"{SPEC}.tier" and p.line == line and "level sandbox" in p.message for p in found)
    assert any(p.key == f"{SPEC}.environment" and "prod-optimus" in p.fix for p in found)
    assert any(p.file == CHARTER and p.key == "contract" and "R3" in p.fix for p in found)


def test_a_production_project(project: Copy) -> None:
    project.make_production()
    stack = project.load("optimus-prod").stack
    assert isinstance(stack, ProjectStack)
    assert (stack.spec.environment, stack.environment_label) == ("prod-optimus", "prod")
    assert stack.demands.bring_your_own_key


def test_production_demands_a_contract_record(project: Copy) -> None:
    project.make_production()
    text = (project.root / CHARTER).read_text()
    project.write(CHARTER, text[: text.index("contract:")])
    assert [(p.file, p.key) for p in project.problems("optimus-prod")] == [(CHARTER, "contract")]


def test_production_keeps_logs_within_the_jurisdictions(project: Copy) -> None:
    project.make_production()
    project.edit(CHARTER, "log_jurisdictions: [GB]", "log_jurisdictions: [GB, US]")
    says(project, "optimus-prod", CHARTER, "log_juris", "contract.log_jurisdictions[1]", "R1")


def test_production_knows_every_jurisdiction(project: Copy) -> None:
    project.edit(CHARTER, 'start: "', OPERATOR.replace("FI", "unknown") + 'start: "')
    assert project.load("optimus-sandbox")
    project.make_production()
    says(project, "optimus-prod", CHARTER, "jurisdiction: unknown", "data_path[5].jurisdiction", "regulated")


def test_production_keeps_results_shortly(project: Copy) -> None:
    project.make_production()
    project.edit(PROD, "retention_days: 90", "retention_days: 91")
    says(project, "optimus-prod", PROD, "retention_days", f"{SPEC}.results.retention_days", "90 or less")


def test_contract_that_ends_before_it_was_checked(project: Copy) -> None:
    project.make_production()
    project.edit(CHARTER, 'expires: "2027-10-31"', 'expires: "2026-11-01"')
    says(project, "optimus-prod", CHARTER, "expires", "contract.expires", "not after verified")


def test_demands_grow_with_the_tier() -> None:
    rows = [tier_demands(tier) for tier in Tier]
    for lower, higher in pairwise(rows):
        assert higher.session_hours < lower.session_hours
        assert higher.results_retention_days_max <= lower.results_retention_days_max
        assert set(lower.classifications) < set(higher.classifications)
        for name in ("customer_key", "bring_your_own_key", "private_network", "contract_record"):
            assert getattr(higher, name) >= getattr(lower, name)
    assert all(1 <= row.session_hours <= 12 for row in rows)


def test_every_demand_names_its_requirement() -> None:
    assert set(WHY) == set(TierDemands.__dataclass_fields__) - {"tier"}


def test_environment_label() -> None:
    assert environment_label("prod-optimus", "optimus") == "prod"
    assert environment_label("sandbox-two", "optimus") == "sandbox-two"
    assert environment_label("prod-other", "optimus") == "prod-other"


def test_a_further_region_brings_its_devices(project: Copy) -> None:
    """Home stays in London; the processor is in Stockholm, which the environment lets through."""
    for file in (SANDBOX, OPTIMUS):
        project.edit(file, "      region: eu-west-2\n", "      region: eu-west-2\n      also: [eu-north-1]\n")
    project.edit(OPTIMUS, "      - amazon/dm1", "      - iqm/garnet")
    money = 'spending: [{environment: sandbox, device: iqm/garnet, usd: "250"}]'
    project.edit(CHARTER, "cost_centre: CC-2040\n", f"cost_centre: CC-2040\n{money}\n")
    project.edit(CHARTER, 'start: "', OPERATOR + 'start: "')
    key = f"{SPEC}.aws.also[0]"
    says(project, "optimus-sandbox", OPTIMUS, "also: [", key, "outside the charter's jurisdictions")
    project.edit(CHARTER, "jurisdictions: [GB]", "jurisdictions: [GB, SE]")
    assert isinstance(project.load("optimus-sandbox").stack, ProjectStack)
    project.edit(SANDBOX, "      also: [eu-north-1]\n", "")
    says(
        project, "optimus-sandbox", OPTIMUS, "also: [", key, "outside the region lock of environment sandbox"
    )


@pytest.mark.parametrize("written", ["sandbox", "'sandbox'", '"sandb\\x6fx"'])
def test_a_project_belongs_to_its_environment_however_it_writes_the_name(project: Copy, written: str) -> None:
    project.edit(OPTIMUS, "environment: sandbox #", f"environment: {written} #")
    assert [each.name for each in project.load("sandbox").projects] == ["optimus-sandbox"]
