"""What breaks the rules of an environment on Azure. The unbroken example is the case that passes."""

from __future__ import annotations

import pytest

from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import Copy

HOME = "stacks/Pulumi.azure-sandbox.yaml"
DEV = "stacks/Pulumi.azure-dev.yaml"
LOCATION = "location: westeurope # home: where everything lives"

ENVIRONMENT = {
    "two clouds": Case(
        HOME,
        "    azure:\n",
        '    aws: {account: "111122223333", region: eu-west-2}\n    azure:\n',
        "qlz:spec:",
        SPEC,
        "a stack lives in one cloud",
    ),
    "no cloud": Case(HOME, "    azure:\n", "    azur:\n", "qlz:spec:", SPEC, "names no cloud add aws:"),
    "subscription is no id": Case(
        HOME,
        '"b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f01"',
        '"my subscription"',
        "subscription:",
        f"{SPEC}.azure.subscription",
        "8-4-4-4-12",
    ),
    "subscription is a placeholder": Case(
        HOME,
        "b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f01",
        "00000000-0000-0000-0000-000000000000",
        "subscription:",
        f"{SPEC}.azure.subscription",
        "placeholder",
    ),
    "location without Azure Quantum": Case(
        HOME,
        LOCATION,
        "location: westeurop",
        "location:",
        f"{SPEC}.azure.location",
        "did you mean westeurope?",
    ),
    "home twice": Case(
        HOME,
        LOCATION,
        "location: westeurope\n      also: [westeurope]",
        "also:",
        f"{SPEC}.azure.also[0]",
        "home",
    ),
    "SAML on Azure": Case(
        HOME,
        "    identity:\n",
        "    identity:\n      saml: {name: x, metadata_file: x.xml}\n",
        "saml:",
        f"{SPEC}.identity.saml",
        "people come in by Entra groups",
    ),
    "an audience that Entra refuses": Case(
        HOME,
        "audience: api://AzureADTokenExchange",
        "audience: sts.amazonaws.com",
        "oidc:",
        f"{SPEC}.identity.oidc",
        "api://AzureADTokenExchange",
    ),
    "retention that Log Analytics is not offered with": Case(
        HOME,
        "operational_log_days: 365",
        "operational_log_days: 400",
        "operational_log_days",
        f"{SPEC}.retention.operational_log_days",
        "allowed: 30, 31",
    ),
    "security log as long as the operational one": Case(
        HOME,
        "security_log_days: 90",
        "security_log_days: 365",
        "security_log_days:",
        f"{SPEC}.retention.security_log_days",
        "L3",
    ),
    "a group of two kinds": Case(
        HOME,
        "c1d2e3f40502",
        "c1d2e3f40501",
        "security:",
        f"{SPEC}.groups.security",
        "of its own",
    ),
    "level and name differ": Case(
        HOME,
        "qlz:level: sandbox",
        "qlz:level: dev",
        "qlz:level:",
        "config.qlz:level",
        "azure-sandbox but its",
    ),
    "shared production": Case(
        HOME, "qlz:level: sandbox", "qlz:level: prod", "qlz:level:", "config.qlz:level", "azure-prod-PROJECT"
    ),
    "existing means nothing": Case(
        HOME,
        "    alerts:\n",
        "    existing: [access-analyzer]\n    alerts:\n",
        "existing:",
        f"{SPEC}.existing",
        "means nothing on Azure",
    ),
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_environment(project: Copy, name: str) -> None:
    check(project, "azure-sandbox", ENVIRONMENT[name], HOME)


def test_a_word_of_the_other_cloud_is_refused_once(project: Copy) -> None:
    project.edit(HOME, "    identity:\n", "    identity:\n      saml: {name: x, metadata_file: x.xml}\n")
    found = [p for p in project.problems("azure-sandbox") if p.key.startswith(f"{SPEC}.identity.saml")]
    assert len(found) == 1


def test_an_environment_says_where_it_lives_in_its_name(project: Copy) -> None:
    (project.root / HOME).rename(project.root / "stacks/Pulumi.cloudy.yaml")
    found = project.problems("cloudy")
    assert any("is called azure-…" in p.message for p in found)


def test_dev_demands_pipelines_and_break_glass(project: Copy) -> None:
    text = (project.root / DEV).read_text()
    start, end = text.index("      # The platform team's"), text.index("    retention:")
    project.write(DEV, text[:start] + text[end:])
    said = {p.message for p in project.problems("azure-dev")}
    assert {"has no ci, which level dev demands", "has no break_glass, which level dev demands"} <= said


def test_an_organization_on_aws_names_no_environment_on_azure(project: Copy) -> None:
    file = "stacks/Pulumi.organization.yaml"
    project.edit(file, "- dev", "- azure-dev")
    found = project.problems("organization")
    assert any("is no account of AWS" in p.message for p in found), found
