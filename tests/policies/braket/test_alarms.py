from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import ALARM
from policy_packs.controls.braket.alarms import CONTROL, FILTER
from tests.policies.declared.specs import ENVIRONMENT_SPEC
from tests.policies.support import ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

SPEC = replace(ENVIRONMENT_SPEC, watched={"optimus": 100}, denied_per_hour=20)
DECLARED = replace(ENVIRONMENT, label="sandbox", break_glass="arn:aws:iam::1:user/x", spec=SPEC)
CASES = Cases(CONTROL, DECLARED)
NAMES = {
    "denied-calls": 20,
    "idle-role-active": 1,
    "break-glass": 1,
    "optimus-spike": 101,
    "optimus-source": 1,
    "optimus-task-device": 1,
    "optimus-job-device": 1,
}


def alarm(name: str, **changes: object) -> Res:
    props = {
        "name": f"qlz-sandbox-{name}",
        "threshold": NAMES[name],
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "period": 3600,
        "evaluationPeriods": 1,
        "metricName": name,
        "namespace": "qlz/sandbox",
    }
    return Res(ALARM, {**props, **changes}, name=name)


def counted(name: str) -> Res:
    return Res(
        FILTER, {"metricTransformation": {"name": name, "namespace": "qlz/sandbox"}}, name=f"of-{name}"
    )


ALL = (*(alarm(name) for name in NAMES), *(counted(name) for name in NAMES))


def spike(**changes: object) -> tuple[Res, ...]:
    return (*(each for each in ALL if each.name != "optimus-spike"), alarm("optimus-spike", **changes))


CASES.passes("all of them", ALL)
CASES.passes("a project makes none", (), PROJECT)
CASES.passes(
    "another owns the analyzer of idle roles",
    tuple(each for each in ALL if "idle" not in str(each.props)),
    replace(DECLARED, existing=("idle-analyzer",)),
)
CASES.passes("earlier than asked for", spike(threshold=10))
for left_out in NAMES:
    CASES.fails(
        f"no {left_out}", tuple(each for each in ALL if each.name != left_out), f"no alarm {left_out}"
    )
CASES.fails(
    "nobody counts",
    tuple(each for each in ALL if each.name != "of-break-glass"),
    "nothing counts what it looks at",
)
CASES.fails("too late", spike(threshold=1000), "the files say 101")
CASES.fails("the wrong way round", spike(comparisonOperator="LessThanThreshold"), "it rings at less")
CASES.fails("over a day", spike(period=86400), "over more than an hour")
CASES.fails("again and again", spike(evaluationPeriods=5), "waits until it happened again")
CASES.unknown("unknown", spike(threshold=UNKNOWN), "threshold is unknown")
CASES.unknown("what it looks at", spike(metricName=UNKNOWN), "metricName is unknown")


def test_case(case: Case) -> None:
    case.check()
