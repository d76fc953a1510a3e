from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.own_material import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res, secret

REGULATED = replace(PROJECT, own_key=True)
CASES = Cases(CONTROL, REGULATED)
EXTERNAL = "aws:kms/externalKey:ExternalKey"

CASES.passes("a key that waits", Res(EXTERNAL, {"description": "own", "enabled": False}))
CASES.passes("a key that has it", Res(EXTERNAL, {"keySpec": "SYMMETRIC_DEFAULT", "enabled": True}))
CASES.passes("AWS's own in a tier without the demand", Res("aws:kms/key:Key"), declared=PROJECT)
CASES.passes("AWS's own in an environment", Res("aws:kms/key:Key"), declared=ENVIRONMENT)
CASES.fails("AWS's own", Res("aws:kms/key:Key"), "the tier demands the organisation's own")
SAYS = "passes through the program and lies in the state"
CASES.fails("material in the program", Res(EXTERNAL, {"keyMaterialBase64": "c2VjcmV0"}), SAYS)
CASES.fails("material as a secret", Res(EXTERNAL, {"keyMaterialBase64": secret("c2VjcmV0")}), SAYS)
CASES.fails("material made by the program", Res(EXTERNAL, {"keyMaterialBase64": UNKNOWN}), SAYS)
CASES.fails("in a tier without the demand", Res(EXTERNAL, {"keyMaterialBase64": "x"}), SAYS, declared=PROJECT)
CASES.fails("that runs out", Res(EXTERNAL, {"validTo": "2027-01-01T00:00:00Z"}), "runs out by itself")
CASES.fails("a key pair", Res(EXTERNAL, {"keySpec": "RSA_4096"}), "no store encrypts with")
CASES.unknown("perhaps runs out", Res(EXTERNAL, {"validTo": UNKNOWN}), "validTo is unknown")


def test_case(case: Case) -> None:
    case.check()


def test_material_is_never_quoted() -> None:
    told = [text for case in CASES.all if case.kind == "fail" for text in case.messages()]
    assert told
    assert not any("c2VjcmV0" in text for text in told)
