from __future__ import annotations

from policy_packs.controls.azure_quantum.key_settings import CONTROL
from tests.policies.azure_quantum.things import PROJECT, key
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)


def set_(**changes: object) -> Res:
    return key(properties=changes)


def rotating(after: object, expiry: object = "P2Y", action: str = "rotate") -> Res:
    actions = [{"action": {"type": action}, "trigger": {"timeAfterCreate": after}}]
    return set_(rotationPolicy={"attributes": {"expiryTime": expiry}, "lifetimeActions": actions})


CASES.passes("as it is to be", [key(), rotating("P90D"), set_(kty="RSA-HSM", keySize=3072)])
CASES.fails("short", set_(keySize=2048), "shorter than 3072 bits")
CASES.fails("no length", set_(keySize=None), "shorter than 3072 bits")
CASES.fails("a curve", set_(kty="EC"), "no RSA key")
CASES.fails("off", set_(attributes={"enabled": False}), "it is turned off")
CASES.fails("exportable", set_(attributes={"exportable": True}), "may leave its vault")
CASES.fails("no word on leaving", set_(attributes=None), "may leave its vault")
CASES.fails("released", set_(releasePolicy={"data": "x"}), "may be released")
CASES.fails("decrypts", set_(keyOps=["wrapKey", "decrypt"]), "more than wrapping")
CASES.fails("for everything", set_(keyOps=None), "more than wrapping")
CASES.fails("no rotation", set_(rotationPolicy=None), "does not rotate within a year")
CASES.fails("a late one", rotating("P3Y"), "does not rotate within a year")
CASES.fails("only told", rotating("P1Y", action="notify"), "does not rotate within a year")
CASES.fails("unreadable time", rotating("PT1S"), "does not rotate within a year")
CASES.fails("for ever", rotating("P1Y", expiry=None), "it never expires")
CASES.fails("for a century", rotating("P1Y", expiry="P100Y"), "it never expires, or later")
CASES.fails("in no time", rotating("P1Y", expiry="PT1S"), "it never expires")
CASES.unknown("when", rotating(UNKNOWN), "timeAfterCreate is unknown")
CASES.unknown("length", set_(keySize=UNKNOWN), "keySize is unknown")


def test_case(case: Case) -> None:
    case.check()
