from __future__ import annotations

from policy_packs.controls.braket.session_length import CONTROL
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)


def role(**props: object) -> Res:
    return Res("aws:iam/role:Role", props)


CASES.passes("as long as allowed", role(maxSessionDuration=14400))
CASES.passes("AWS's default", role())
CASES.fails(
    "a second too long", role(maxSessionDuration=14401), "its sessions last 14401 seconds, at most 14400"
)
CASES.fails("a text", role(maxSessionDuration="3600"), "its sessions last")
CASES.unknown("unknown", role(maxSessionDuration=UNKNOWN), "maxSessionDuration is unknown")


def test_case(case: Case) -> None:
    case.check()
