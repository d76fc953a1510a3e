from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.azure import BUDGET
from policy_packs.controls.azure_quantum.budget import CONTROL
from tests.policies.azure_quantum.things import ALERTS, ENVIRONMENT, GROUP_ID, HOME_ID, PROJECT, az
from tests.policies.declared.specs import AZURE_SPEC
from tests.policies.support import UNKNOWN, Case, Cases, Res

assert PROJECT.azure
PAYS = replace(
    PROJECT,
    azure=replace(PROJECT.azure, targets=("quantinuum.qpu.h2-2",)),
    spec=replace(AZURE_SPEC, budget="500"),
)
CASES = Cases(CONTROL, PAYS)


def budget(amount: object = 500, scope: str = GROUP_ID, **changes: Any) -> Res:
    notice = {
        "enabled": True,
        "operator": "GreaterThan",
        "threshold": 80,
        "contactGroups": [ALERTS],
        **changes,
    }
    return az(BUDGET, {"scope": scope, "amount": amount, "notifications": {"Actual-80": notice}})


CASES.passes("told at four fifths", budget())
CASES.passes("simulators alone", (), PROJECT)
CASES.passes("an environment has none", (), ENVIRONMENT)
CASES.passes("on its way out", (), replace(PAYS, lifecycle="decommissioned"))
CASES.fails("none", (), "no budget tells")
CASES.fails("another's", budget(scope=HOME_ID), "no budget tells")
CASES.fails("more than agreed", budget(501), "the stack file says 500")
CASES.fails("nothing", budget(0), "the stack file says 500")
CASES.fails("nobody agreed", budget(), "the stack file says nothing", replace(PAYS, spec=AZURE_SPEC))
CASES.fails("too late", budget(threshold=120), "only after the money is spent")
CASES.fails("off", budget(enabled=False), "or never")
CASES.fails("to nobody", budget(contactGroups=[]), "or never")
CASES.fails("the wrong way round", budget(operator="EqualTo"), "or never")
CASES.unknown("unknown", budget(UNKNOWN), "amount is unknown")


def test_case(case: Case) -> None:
    case.check()
