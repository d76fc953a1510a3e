from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from policy_packs.controls.declared.vendors_current import CONTROL
from policy_packs.controls.stack_facts import Declared
from tests.policies.declared.specs import ENVIRONMENT, SPEC, TODAY, VENDOR, SpecCases, azure, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases
OLD = (replace(SPEC.devices[1], vendor=replace(VENDOR, decided=date(2025, 1, 1))),)
TO_COME = (replace(SPEC.devices[1], vendor=replace(VENDOR, decided=TODAY + timedelta(days=1))),)


def leaving(declared: Declared) -> Declared:
    return replace(declared, lifecycle="decommissioned")


SAYS.passes("an environment", ENVIRONMENT)
SAYS.passes(
    "whom nobody assessed is another control's", spec(devices=(replace(SPEC.devices[1], vendor=None),))
)
SAYS.passes("on its way out", leaving(spec(devices=OLD)))
SAYS.fails("long ago", spec(devices=OLD), "iqm was last assessed on 2025-01-01")
SAYS.fails("tomorrow", azure(devices=TO_COME), "which has not come yet")


def test_case(case: Case) -> None:
    case.check()
