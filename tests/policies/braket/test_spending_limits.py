from __future__ import annotations

import json
from dataclasses import replace

from policy_packs.controls.braket.spending_limits import CONTROL, RESOURCE
from tests.policies.declared.specs import ENVIRONMENT_SPEC
from tests.policies.support import ENVIRONMENT, GARNET, PROJECT, UNKNOWN, Case, Cases, Res

REACHES = replace(
    ENVIRONMENT, also=("eu-north-1",), spec=replace(ENVIRONMENT_SPEC, spending={GARNET: "250.5"})
)
CASES = Cases(CONTROL, REACHES)


def limit(usd: object = "250.5", device: str = GARNET, protect: bool = True) -> Res:
    state = json.dumps({"DeviceArn": device, "SpendingLimit": usd})
    return Res(
        RESOURCE,
        {"typeName": "AWS::Braket::SpendingLimit", "desiredState": state},
        protect=protect,
    )


CASES.passes("what was agreed", limit())
CASES.passes("less", limit("0"))
CASES.passes("no processor within reach", (), replace(REACHES, also=()))
CASES.passes("a project makes none", (), PROJECT)
CASES.passes("on its way out", (), replace(REACHES, lifecycle="decommissioned"))
CASES.fails("none", (), f"nothing limits what {GARNET} may cost")
CASES.fails("for another", limit(device=GARNET.replace("Garnet", "Emerald")), "nothing limits")
CASES.fails("more", limit("250.51"), "cost more than the $250.5")
CASES.fails("no number", limit("a lot"), "cost more than")
CASES.fails("less than nothing", limit("-1"), "cost more than")
CASES.fails("nobody agreed", limit("1"), "more than the $0", replace(REACHES, spec=ENVIRONMENT_SPEC))
CASES.fails("it may go", limit(protect=False), "it is not protected")
CASES.fails(
    "no JSON",
    Res(RESOURCE, {"typeName": "AWS::Braket::SpendingLimit", "desiredState": "{"}),
    "nothing limits",
)
CASES.unknown(
    "unknown", (limit(), Res(RESOURCE, {"desiredState": UNKNOWN}, name="x")), "desiredState is unknown"
)


def test_case(case: Case) -> None:
    case.check()
