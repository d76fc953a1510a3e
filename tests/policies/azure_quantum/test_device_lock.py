from __future__ import annotations

from policy_packs.controls.azure_quantum.device_lock import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, known_plans, workspace
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
BASIC = {"providerId": "quantinuum", "providerSku": "basic1"}


def offering(*rows: object) -> Res:
    return workspace(properties={"providers": list(rows)})


CASES.passes("the stack's", workspace())
CASES.fails("one more", offering(BASIC, {"providerId": "ionq", "providerSku": "pay"}), "ionq on the plan pay")
CASES.fails("another plan", offering({**BASIC, "providerSku": "premium"}), "on the plan premium")
CASES.fails("without plan", offering({"providerId": "quantinuum"}), "that Azure chooses")
CASES.fails("none", offering(), "it names no providers")
CASES.fails("to elsewhere", offering({**BASIC, "instanceUri": "https://x"}), "an application of its own")
CASES.fails("a second workspace", workspace(workspaceName="more"), "the project's one workspace")
CASES.fails("outside a project", workspace(), "outside any project", declared=ENVIRONMENT)
CASES.fails(
    "a plan that the file names and the catalogue does not know",
    offering({"providerId": "quantinuum", "providerSku": "secret"}),
    "the catalogue does not know",
    declared=known_plans(PROJECT, {"quantinuum": "secret"}),
)
CASES.unknown("plan unknown", offering({**BASIC, "providerSku": UNKNOWN}), "providerSku is unknown")
CASES.unknown("all unknown", workspace(properties={"providers": UNKNOWN}), "providers is unknown")
CASES.unknown("name unknown", workspace(workspaceName=UNKNOWN), "workspaceName is unknown")


def test_case(case: Case) -> None:
    case.check()
