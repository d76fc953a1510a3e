from __future__ import annotations

from typing import Any

from policy_packs.controls.braket.alarm_targets import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
ARN = f"arn:aws:sns:eu-west-2:{ACCOUNT}:qlz-sandbox-alerts"
TOPIC = Res("aws:sns/topic:Topic", {"name": "qlz-sandbox-alerts", "arn": UNKNOWN}, name="topic")


def alarm(*actions: str, topic: bool = True, **props: Any) -> Res:
    said = {"alarmActions": list(actions), **props}
    return Res(
        "aws:cloudwatch/metricAlarm:MetricAlarm", said, refs={"alarmActions": ["topic"]} if topic else {}
    )


CASES.passes("tells the topic", [TOPIC, alarm(ARN)])
CASES.passes("tells a topic to come", [TOPIC, alarm(UNKNOWN)])
CASES.passes("tells the environment's topic from a project", [alarm(ARN, topic=False)], declared=PROJECT)
CASES.fails("tells nobody", [TOPIC, alarm()], "tells nobody")
CASES.fails("is off", [TOPIC, alarm(ARN, actionsEnabled=False)], "actions are off")
CASES.fails("a topic that is not there", [TOPIC, alarm(f"{ARN}-old")], "this stack does not make")
CASES.fails("another account", [TOPIC, alarm(ARN.replace(ACCOUNT, "9" * 12))], "no topic of this account")
CASES.fails(
    "another region", [TOPIC, alarm(ARN.replace("eu-west-2", "us-east-1"))], "no topic of this account"
)
CASES.fails("a function", [TOPIC, alarm(f"arn:aws:lambda:eu-west-2:{ACCOUNT}:function:f")], "no topic")
CASES.fails(
    "all clear elsewhere", [TOPIC, alarm(ARN, okActions=["arn:aws:sns:eu-west-2:9:x"])], "okActions tells"
)
CASES.unknown("who knows whom", [alarm(UNKNOWN, topic=False)], "alarmActions[0] is unknown")
CASES.unknown("perhaps off", [TOPIC, alarm(ARN, actionsEnabled=UNKNOWN)], "actionsEnabled is unknown")


def test_case(case: Case) -> None:
    case.check()
