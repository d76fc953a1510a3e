"""What breaks the rules of the organization. The unbroken example is the case that passes."""

from __future__ import annotations

import pytest

from components.spec import OrganizationStack
from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import Copy

FILE = "stacks/Pulumi.organization.yaml"

CASES = {
    "a level of an environment": Case(
        FILE, "qlz:level: organization", "qlz:level: prod", "qlz:level:", "config.qlz:level", "organization"
    ),
    "an environment that is not there": Case(
        FILE, "- dev", "- development", "- development", f"{SPEC}.environments[1]", "there is no"
    ),
    "a project for an environment": Case(
        FILE,
        "- dev",
        "- optimus-sandbox",
        "- optimus-sandbox",
        f"{SPEC}.environments[1]",
        "not describe an env",
    ),
    "an environment twice": Case(
        FILE, "- dev", "- sandbox", "environments:", f"{SPEC}.environments", "twice"
    ),
    "the management account": Case(
        FILE, '"999900001111"', '"222233334444"', "- dev", f"{SPEC}.environments[1]", "management account"
    ),
    "further regions": Case(
        FILE,
        "region: eu-west-2",
        "region: eu-west-2\n      also: [eu-north-1]",
        "also:",
        f"{SPEC}.aws.also",
        "names its own",
    ),
    "AWS's own tag": Case(
        FILE, "- cost-centre", '- "aws:createdBy"', "createdBy", f"{SPEC}.cost_tags[3]", "tag of ours"
    ),
    "an unknown key": Case(
        FILE, "    cost_tags:", "    cost_tag:", "cost_tag:", f"{SPEC}.cost_tag", "did you mean cost_tags?"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_organization(project: Copy, case: Case) -> None:
    check(project, "organization", case, FILE)


def test_two_environments_of_one_account(project: Copy) -> None:
    project.edit("stacks/Pulumi.dev.yaml", '"222233334444"', '"111122223333"')
    (found,) = project.problems("organization")
    assert (found.file, found.key) == (FILE, f"{SPEC}.environments[1]")
    assert "shares its account with sandbox" in found.message


def test_it_reads_the_environments_it_names(project: Copy) -> None:
    loaded = project.load("organization")
    assert isinstance(loaded.stack, OrganizationStack)
    assert [each.name for each in loaded.environments] == list(loaded.stack.spec.environments)
    project.edit("stacks/Pulumi.dev.yaml", "also: [eu-north-1]", "also: [eu-north-2]")
    (found,) = project.problems("organization")
    assert found.file == "stacks/Pulumi.dev.yaml"
