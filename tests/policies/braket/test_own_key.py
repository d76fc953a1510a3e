from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import EXTERNAL_KEY, KEY
from policy_packs.controls.braket.own_key import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, Case, Cases, Res

OWN = replace(PROJECT, own_key=True)
CASES = Cases(CONTROL, OWN)
HELD, MADE = Res(EXTERNAL_KEY, name="own"), Res(KEY, name="made")
CASES.passes("own material", HELD)
CASES.passes("where it is not demanded", MADE, PROJECT)
CASES.passes("an environment's logs are not the project's data", MADE, ENVIRONMENT)
CASES.passes("on its way out", (), replace(OWN, lifecycle="decommissioned"))
CASES.fails("AWS's alone", MADE, "no key whose material")
CASES.fails("AWS's too", (HELD, MADE), "is made and kept by AWS")
CASES.unreadable(HELD)


def test_case(case: Case) -> None:
    case.check()
