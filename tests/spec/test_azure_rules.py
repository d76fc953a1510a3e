"""What breaks the rules of a project on Azure. The unbroken examples are what passes."""

from __future__ import annotations

from datetime import date

import pytest

from components.spec import AzureEnvironmentStack, AzureProjectStack, Tier, load_stack
from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import OPTIMUS, ROOT, SANDBOX, Copy

CATALYST = "stacks/Pulumi.catalyst-sandbox.yaml"
PROD = "stacks/Pulumi.catalyst-prod.yaml"
CHARTER = "stacks/charters/catalyst.yaml"

PROJECT = {
    "unknown target": Case(
        CATALYST,
        "- rigetti/qvm",
        "- rigetti/qwm",
        "rigetti/qwm",
        f"{SPEC}.devices[2]",
        "did you mean rigetti/qvm?",
    ),
    "a vault of no earlier life": Case(
        CATALYST,
        "    lifecycle: active",
        "    recover: true\n    lifecycle: active",
        "recover",
        f"{SPEC}.recover",
        "life: 2",
    ),
    "a device of Braket": Case(
        CATALYST,
        "- rigetti/qvm",
        "- amazon/sv1",
        "amazon/sv1",
        f"{SPEC}.devices[2]",
        "not in the catalogue of Azure",
    ),
    "a provider that the data path hides": Case(
        CATALYST, "- rigetti/qvm", "- ionq/simulator", "ionq/simulator", f"{SPEC}.devices[2]", "hides it"
    ),
    "no plan": Case(
        CATALYST,
        "      rigetti: azure-basic-qvm-only-unlimited\n",
        "",
        "plans:",
        f"{SPEC}.plans",
        "no plan of rigetti",
    ),
    "a plan that nobody has entered": Case(
        CATALYST, "quantinuum: basic1", "quantinuum: gold", "gold", f"{SPEC}.plans.quantinuum", "not a plan"
    ),
    "a plan that opens another provider": Case(
        CATALYST,
        "quantinuum: basic1",
        "quantinuum: basic1\n      ionq: aqt-pay-as-you-go",
        "ionq:",
        f"{SPEC}.plans.ionq",
        "the plans are the lock",
    ),
    "a plan that does not reach the target": Case(
        CATALYST,
        "- rigetti/qvm",
        "- rigetti/qvm\n      - rigetti/cepheus-1-108q",
        "rigetti:",
        f"{SPEC}.plans.rigetti",
        "does not reach rigetti/cepheus-1-108q",
    ),
    "a processor without a budget": Case(
        CATALYST,
        "- quantinuum/h2-1e",
        "- quantinuum/h2-1",
        "quantinuum/h2-1",
        f"{SPEC}.devices[0]",
        "add a budget",
    ),
    "another subscription": Case(
        CATALYST,
        "9a7c6d5e4f01",
        "9a7c6d5e4f02",
        "subscription:",
        f"{SPEC}.azure.subscription",
        "azure-sandbox has",
    ),
    "a location outside the jurisdictions": Case(
        CATALYST,
        "location: westeurope",
        "location: eastus",
        "location:",
        f"{SPEC}.azure.location",
        "outside the charter's jurisdictions",
    ),
    "an environment on AWS": Case(
        CATALYST,
        "environment: azure-sandbox",
        "environment: sandbox",
        "environment: sandbox",
        f"{SPEC}.environment",
        "one stack, one cloud",
    ),
    "a group of the environment": Case(
        CATALYST,
        "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80102",
        "3f1c2b7e-0d94-4f5a-a6b8-c1d2e3f40502",
        "auditors:",
        f"{SPEC}.groups.auditors",
        "stands above its projects",
    ),
    "key administrators who submit": Case(
        CATALYST, "f7a80103", "f7a80101", "key_administrators:", f"{SPEC}.groups.key_administrators", "K7"
    ),
    "results kept too long": Case(
        CATALYST,
        "retention_days: 90",
        "retention_days: 366",
        "retention_days:",
        f"{SPEC}.results.retention_days",
        "365",
    ),
    "a tier of production at level sandbox": Case(
        CATALYST,
        "tier: internal-research",
        "tier: pre-production",
        "tier:",
        f"{SPEC}.tier",
        "may not live at level",
    ),
    "an archive on Azure": Case(
        CATALYST,
        "    results:\n",
        "    archive: {retention_days: 365}\n    results:\n",
        "archive:",
        f"{SPEC}.archive",
        "no archive is built on Azure",
    ),
    "a budget in dollars": Case(
        CATALYST,
        "    results:\n",
        '    budget: {usd_per_month: "5"}\n    results:\n',
        "budget:",
        f"{SPEC}.budget.usd_per_month",
        "currency of the subscription's bill",
    ),
    "an acceptance of nothing": Case(
        CATALYST,
        "    results:\n",
        "    accepted: [{demand: private-network, reason: It is not needed at all., owner: a@example.org, "
        'approver: b@example.org, expires: "2027-01-01"}]\n    results:\n',
        "accepted:",
        f"{SPEC}.accepted[0].demand",
        "does not demand it",
    ),
}

PRODUCTION = {
    "regulated production": Case(
        PROD, "tier: pre-production", "tier: regulated-production", "tier:", f"{SPEC}.tier", "a stack on AWS"
    ),
    "accepted by its owner": Case(
        PROD,
        "approver: security-office@",
        "approver: catalyst-team@",
        "approver:",
        f"{SPEC}.accepted[0].approver",
        "somebody else",
    ),
    "accepted for too long": Case(
        PROD,
        'expires: "2027-10-31"',
        'expires: "2028-10-31"',
        "expires:",
        f"{SPEC}.accepted[0].expires",
        "366 days",
    ),
    "a budget from within a month": Case(
        PROD,
        'begins: "2026-11-01"',
        'begins: "2026-11-02"',
        "begins:",
        f"{SPEC}.budget.begins",
        "first of a month",
    ),
    "a rule's name that is none": Case(
        PROD,
        "rotate_key: ",
        "rotate_key: x # ",
        "rotate_key:",
        f"{SPEC}.elevation.rules.rotate_key",
        "8-4-4-4-12",
    ),
    "eligible for too long": Case(
        PROD,
        'until: "2027-10-31"',
        'until: "2028-10-31"',
        "until:",
        f"{SPEC}.elevation.until",
        "366 days",
    ),
    "a pipeline in the place of the platform's": Case(
        PROD,
        """      repository: example-org/catalyst
      repository_id: "135792468"
      owner_id: "987654"
      environment: prod""",
        """      repository: example-org/quantum-platform
      repository_id: "246813579"
      owner_id: "987654"
      environment: azure-prod-projects""",
        "environment: azure-prod-projects",
        f"{SPEC}.pipeline.environment",
        "a place of its own",
    ),
    "a service that is a pipeline": Case(
        PROD,
        "    results:\n",
        "    service: {issuer: https://token.actions.githubusercontent.com, subject: x}\n    results:\n",
        "service:",
        f"{SPEC}.service.issuer",
        "whose workloads are pipelines",
    ),
}

AWS = {
    "groups on AWS": Case(
        OPTIMUS,
        "    results:\n",
        "    groups: {researchers: x}\n    results:\n",
        "groups:",
        f"{SPEC}.groups",
        "means nothing on AWS",
    ),
    "plans on AWS": Case(
        OPTIMUS,
        "    results:\n",
        "    plans: {iqm: x}\n    results:\n",
        "plans:",
        f"{SPEC}.plans",
        "needs no plan",
    ),
}


@pytest.mark.parametrize("name", PROJECT)
def test_project(project: Copy, name: str) -> None:
    check(project, "catalyst-sandbox", PROJECT[name], CATALYST)


@pytest.mark.parametrize("name", PRODUCTION)
def test_production(project: Copy, name: str) -> None:
    check(project, "catalyst-prod", PRODUCTION[name], PROD)


@pytest.mark.parametrize("name", AWS)
def test_words_of_azure_on_aws(project: Copy, name: str) -> None:
    check(project, "optimus-sandbox", AWS[name], OPTIMUS)


def test_somebody_has_to_accept_what_azure_does_not_offer(project: Copy) -> None:
    text = (project.root / PROD).read_text()
    project.write(PROD, text[: text.index("    # What the tier demands and Azure")])
    (found,) = project.problems("catalyst-prod")
    assert found.key == f"{SPEC}.tier"
    assert "which Azure Quantum does not offer" in found.message
    assert "accepted: [{demand: private-network" in found.fix


def test_a_project_on_aws_is_not_in_an_environment_on_azure(project: Copy) -> None:
    project.edit(OPTIMUS, "    environment: sandbox #", "    environment: azure-sandbox #")
    assert any("is an environment on Azure" in p.message for p in project.problems("optimus-sandbox"))


@pytest.mark.parametrize("file", [SANDBOX, OPTIMUS])
def test_a_stack_without_a_cloud_says_both_ways(project: Copy, file: str) -> None:
    project.edit(file, "    aws:\n", "    ows:\n")
    stack = file.removeprefix("stacks/Pulumi.").removesuffix(".yaml")
    assert any("azure: {tenant:" in p.fix for p in project.problems(stack))


def test_the_examples_on_azure_are_right() -> None:
    for name, tier in (
        ("catalyst-sandbox", Tier.INTERNAL_RESEARCH),
        ("catalyst-dev", Tier.INTERNAL_RESEARCH),
        ("catalyst-prod", Tier.PRE_PRODUCTION),
    ):
        loaded = load_stack(ROOT, name)
        stack = loaded.stack
        assert isinstance(stack, AzureProjectStack)
        assert stack.spec.tier is tier
        assert isinstance(loaded.environment, AzureEnvironmentStack)
        assert stack.account == loaded.environment.account
        assert not loaded.time_problems(date(2026, 12, 1))
        (back,) = load_stack(ROOT, loaded.environment.name).projects
        assert back.name == name


def test_what_was_accepted_for_a_time_runs_out() -> None:
    loaded = load_stack(ROOT, "catalyst-prod")
    late = [p for p in loaded.time_problems(date(2027, 11, 1)) if "accepted" in p.key]
    assert [p.blocks for p in late] == [True]
    ended = [p for p in loaded.time_problems(date(2027, 11, 1)) if p.key.endswith("elevation.until")]
    assert [p.blocks for p in ended] == [False]


def test_a_retired_target_is_refused_in_time(project: Copy) -> None:
    project.edit(CATALYST, "- quantinuum/h2-1e", "- quantinuum/h1-1e")
    found = project.load("catalyst-sandbox").time_problems(date(2026, 12, 1))
    assert [(p.blocks, p.fix) for p in found] == [(True, "quantinuum/h2-1e is available")]


def test_a_charter_says_what_is_unusual(project: Copy) -> None:
    text = (project.root / CHARTER).read_text()
    project.write(CHARTER, text[: text.index("# What is unusual")])
    (found,) = project.problems("catalyst-sandbox")
    assert (found.file, found.key) == (CHARTER, "alerts")


@pytest.mark.parametrize(("days", "wrong"), [(364, False), (365, True)])
def test_an_idle_time_is_within_what_the_log_keeps(project: Copy, days: int, wrong: bool) -> None:
    project.edit(CHARTER, "idle_days: 60", f"idle_days: {days}")
    if not wrong:
        project.load("catalyst-sandbox")
        return
    (found,) = project.problems("catalyst-sandbox")
    assert (found.file, found.key, found.line) == (
        CHARTER,
        "alerts.idle_days",
        project.line(CHARTER, "idle_days"),
    )
    assert "keeps jobs for 365 days" in found.message


def test_a_charter_is_not_called_like_an_environment_on_azure(project: Copy) -> None:
    project.write(
        "stacks/charters/azure-x.yaml",
        (project.root / CHARTER).read_text().replace("name: catalyst", "name: azure-x"),
    )
    project.edit(CATALYST, "charter: catalyst #", "charter: azure-x #")
    assert any(
        "begins like the name of an environment" in p.message for p in project.problems("catalyst-sandbox")
    )
