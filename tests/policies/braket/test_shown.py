from __future__ import annotations

from policy_packs.controls.braket.shown import CONTROL
from tests.policies.support import Case, Cases, Res

CASES = Cases(CONTROL)
POLICY = Res("aws:iam/policy:Policy", {"name": "wide"})
CASES.passes("registered", POLICY)
CASES.passes("a stack that is read", Res("pulumi:pulumi:StackReference", shown=False))
CASES.passes("a component", Res("qlz:braket:Project", provider=None, shown=False))
CASES.unknown("read, not registered", Res(POLICY.type, POLICY.props, shown=False), "only read here")
CASES.fails(
    "one read among others",
    [POLICY, Res("aws:s3/bucket:Bucket", name="theirs", shown=False)],
    "no control has",
)


def test_case(case: Case) -> None:
    case.check()
