from __future__ import annotations

from policy_packs.controls.braket.event_targets import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
LOG = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:/qlz/sandbox/operational"
PATHS = {"at": "$.time", "task": "$.detail.quantumTaskArn"}
TEMPLATE = '{"timestamp":<at>,"message":"<task>"}'


def target(**changes: object) -> Res:
    props: dict[str, object] = {
        "arn": LOG,
        "inputTransformer": {"inputPaths": PATHS, "inputTemplate": TEMPLATE},
    }
    kept = {key: value for key, value in {**props, **changes}.items() if value is not None}
    return Res("aws:cloudwatch/eventTarget:EventTarget", kept)


def transformed(paths: object, template: object = TEMPLATE) -> Res:
    return target(inputTransformer={"inputPaths": paths, "inputTemplate": template})


CASES.passes("named fields", target())
CASES.passes("no field at all", transformed({}, '{"message":"something"}'))
CASES.passes("an environment's alarm", target(inputTransformer=None), ENVIRONMENT)
CASES.fails("the event as it comes", target(inputTransformer=None), "as they come")
CASES.fails("the whole detail", transformed({"x": "$.detail"}), "x takes $.detail")
CASES.fails("hyperparameters", transformed({"x": "$.detail.hyperParameters"}), "no log may hold")
CASES.fails("the event by its own name", transformed(PATHS, "<aws.events.event>"), "whole event")
CASES.fails("another account", target(arn=LOG.replace(ACCOUNT, "999999999999")), "something else")
CASES.fails("a function", target(arn=f"arn:aws:lambda:eu-west-2:{ACCOUNT}:function:x"), "something else")
CASES.fails(
    "an environment's way out",
    target(arn="arn:aws:sns:eu-west-2:999999999999:x"),
    "something else",
    ENVIRONMENT,
)
CASES.unknown("an unknown target", target(arn=UNKNOWN), "arn")
CASES.unknown("an unknown transformer", target(inputTransformer=UNKNOWN), "inputTransformer")
CASES.unknown("unknown paths", transformed(UNKNOWN), "inputPaths")


def test_case(case: Case) -> None:
    case.check()
