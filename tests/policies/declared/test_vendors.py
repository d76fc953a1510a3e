from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.declared.vendors import CONTROL
from policy_packs.controls.stack_facts import Declared
from tests.policies.declared.specs import ALL_TIERS, ENVIRONMENT, SPEC, VENDOR, SpecCases, azure, hops, spec
from tests.policies.support import Case

SAYS = SpecCases(CONTROL)
CASES = SAYS.cases


def device(**changes: Any) -> Declared:
    return spec(devices=(replace(SPEC.devices[1], **changes),))


SAYS.passes("an environment", ENVIRONMENT)
SAYS.fails("nobody assessed it", device(vendor=None), "whom nobody has assessed")
SAYS.fails(
    "not for this tier",
    device(vendor=replace(VENDOR, hosts=ALL_TIERS[:2])),
    "not accepted for regulated-production",
)
SAYS.fails(
    "not for this data",
    azure(data_path=hops("qpu-operator", data_class="derived")),
    "not accepted for derived data",
)
SAYS.fails("no isolation", device(vendor=replace(VENDOR, isolation="")), "keeps its customers apart")
SAYS.fails("no evidence", device(vendor=replace(VENDOR, evidence=())), "has no evidence")


def test_case(case: Case) -> None:
    case.check()
