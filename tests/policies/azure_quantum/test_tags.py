from __future__ import annotations

from policy_packs.controls.azure_quantum.tags import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, TAGS, account, vault, workspace
from tests.policies.support import UNKNOWN, Case, Cases

CASES = Cases(CONTROL, PROJECT)

CASES.passes("all tags", [account(), vault(), workspace()])
CASES.passes(
    "an environment needs fewer",
    vault(tags={"environment": "e", "owner": "o", "cost-centre": "c"}),
    declared=ENVIRONMENT,
)
CASES.fails("none", account(tags=None), "it carries no tag owner")
CASES.fails("empty", account(tags={"cost-centre": " "}), "it carries no tag cost-centre")
CASES.fails("another project's", account(tags={"project": "optimus"}), "the stack's project is catalyst")
CASES.fails("a project with an environment's", vault(tags={"tier": None}), "it carries no tag tier")
CASES.unknown("one", account(tags={**TAGS, "owner": UNKNOWN}), "owner is unknown")
CASES.unknown("all", account(tags=UNKNOWN), "tags.owner is unknown")


def test_case(case: Case) -> None:
    case.check()
