from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import ROLE_POLICY
from policy_packs.controls.braket.elevation import CONTROL
from tests.policies.declared.specs import PROJECT as DECLARED
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res, allow, policy

CASES = Cases(CONTROL, DECLARED)
START, END = "2026-12-01T08:00:00Z", "2026-12-01T12:00:00Z"


def grant(person: object = "ada@example.org", start: str = START, end: str = END, **more: object) -> Res:
    condition = {
        "StringEquals": {"aws:SourceIdentity": person},
        "DateGreaterThanEquals": {"aws:CurrentTime": start},
        "DateLessThan": {"aws:CurrentTime": end},
        **more,
    }
    condition = {key: value for key, value in condition.items() if value}
    return Res(ROLE_POLICY, {"policy": policy(allow("kms:RotateKeyOnDemand", "*", Condition=condition))})


CASES.passes("one person, for four hours", grant())
CASES.passes(
    "the platform team's own",
    Res(ROLE_POLICY, {"policy": policy(allow("kms:RotateKeyOnDemand", "*"))}),
    ENVIRONMENT,
)
CASES.passes("daily rights", Res(ROLE_POLICY, {"policy": policy(allow("braket:GetQuantumTask", "*"))}))
CASES.fails(
    "to whoever has the role", Res(ROLE_POLICY, {"policy": policy(allow("kms:Rotate*", "*"))}), "for ever"
)
CASES.fails("a quota", Res(ROLE_POLICY, {"policy": policy(allow("servicequotas:*", "*"))}), "for ever")
CASES.fails("two people", grant(["ada@example.org", "bob@example.org"]), "more than one person")
CASES.fails("no end", grant(DateLessThan=None), "does not begin and end")
CASES.fails("another form of end", grant(end="2026-12-01"), "does not begin and end")
CASES.fails("too long", grant(end="2026-12-01T13:00:00Z"), "longer than the tier's 4 hours")
CASES.fails("nobody granted it", grant("eve@example.org"), "gives eve@example.org what no stack file grants")
CASES.fails(
    "later than granted",
    grant(start="2026-12-01T09:00:00Z", end="2026-12-01T12:30:00Z"),
    "what no stack file grants",
)
CASES.unknown("unknown", Res(ROLE_POLICY, {"policy": UNKNOWN}), "policy is unknown")
CASES.unknown("nobody read the stack file", grant(), "was not read", replace(DECLARED, spec=None))


def test_case(case: Case) -> None:
    case.check()
