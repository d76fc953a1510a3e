"""Cases of qlz-r1-locks-first."""

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import ALARM, OIDC_PROVIDER, POLICY, ROLE, TRAIL
from policy_packs.controls.braket.locks_first import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, UNREADABLE, Case, Cases, Res, analyze_stack

CASES = Cases(CONTROL, ENVIRONMENT)
NEVER_UNKNOWN = "what a resource waits for is known before it is made"
LOG = Res(TRAIL, name="trail")
ALARMS = Res(ALARM, name="alarm", refs={"dimensions": ["trail"]})


def comes_in(*after: str) -> Res:
    return Res(OIDC_PROVIDER, name="in", refs={"url": after})


CASES.passes("who comes in waits for the trail", [LOG, comes_in("trail")])
CASES.passes("by way of something else", [LOG, ALARMS, comes_in("alarm")])
CASES.passes("nothing there to wait for", [comes_in()])
CASES.fails("who comes in waits for nothing", [LOG, comes_in()], "it waits for no Trail")
CASES.fails(
    "for one of two", [LOG, replace(ALARMS, refs={}), comes_in("trail")], "it waits for no MetricAlarm"
)
CASES.passes(
    "a role after the policies", [Res(POLICY, name="lock"), Res(ROLE, refs={"path": ["lock"]})], PROJECT
)
CASES.fails("a role before them", [Res(POLICY, name="lock"), Res(ROLE)], "it waits for no Policy", PROJECT)


def test_case(case: Case) -> None:
    case.check()


def test_an_unreadable_stack_is_undecided() -> None:
    (found,) = analyze_stack([CONTROL], [LOG], UNREADABLE)
    assert "cannot be decided" in found.message
