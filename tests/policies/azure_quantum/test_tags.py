from __future__ import annotations

from dataclasses import replace

import pytest

from policy_packs.controls.azure_quantum.tags import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, TAGS, account, vault, workspace
from tests.policies.declared import specs
from tests.policies.support import UNKNOWN, Case, Cases

SPEC = replace(
    specs.AZURE_SPEC,
    owner=TAGS["owner"],
    cost_centre=TAGS["cost-centre"],
    tier=TAGS["tier"],
)
CASES = Cases(CONTROL, replace(PROJECT, spec=SPEC))
ABOVE = {"environment": "sandbox", "owner": "quantum-platform@example.org", "cost-centre": "CC-1003"}
SHARED = replace(ENVIRONMENT, spec=specs.ENVIRONMENT_SPEC)
NONE = dict.fromkeys(TAGS)

CASES.passes("all tags", [account(), vault(), workspace()])
CASES.passes("an environment needs fewer", vault(tags={**NONE, **ABOVE}), declared=SHARED)
CASES.fails("none", account(tags=None), "it carries no tag owner")
CASES.fails("empty", account(tags={"cost-centre": " "}), "it carries no tag cost-centre")
CASES.fails("another project's", account(tags={"project": "optimus"}), "the stack's project is catalyst")
CASES.fails("a project with an environment's", vault(tags={"tier": None}), "it carries no tag tier")
CASES.fails(
    "an environment with a project's", vault(), "the stack's owner is quantum-platform", declared=SHARED
)
CASES.unknown("one", account(tags={**TAGS, "owner": UNKNOWN}), "owner is unknown")
CASES.unknown("all", account(tags=UNKNOWN), "tags.owner is unknown")
CASES.unknown("nobody read the spec", account(), "was not read", declared=PROJECT)


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("tag", TAGS)
def test_no_tag_says_another_than_the_charter(tag: str) -> None:
    wrong = account(tags={tag: "x"})
    Case(CONTROL, "fail", tag, (wrong,), f"its tag {tag} is 'x'", CASES.facts).check()
