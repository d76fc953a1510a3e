from __future__ import annotations

from dataclasses import replace

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
CASES.fails("a log elsewhere", target(arn=LOG.replace("eu-west-2", "eu-north-1")), "this account and region")
ALSO = replace(ENVIRONMENT, also=("eu-north-1",))
HOME = f"arn:aws:events:eu-west-2:{ACCOUNT}:event-bus/default"
AFAR = {"inputTransformer": None, "region": "eu-north-1"}
CASES.passes("the bus at home, from afar", target(arn=HOME, **AFAR), ALSO)
CASES.fails("the bus at home, from home", target(arn=HOME, inputTransformer=None), "something else", ALSO)
CASES.fails("another bus", target(arn=HOME.replace("default", "x"), **AFAR), "something else", ALSO)
CASES.fails("another's bus", target(arn=HOME.replace(ACCOUNT, "9" * 12), **AFAR), "something else", ALSO)
CASES.fails("a region not let through", target(arn=HOME, **AFAR), "something else", ENVIRONMENT)
CASES.fails("a project's own way home", target(arn=HOME, **AFAR), "something else")
CASES.unknown("an unknown target", target(arn=UNKNOWN), "arn")
CASES.unknown("an unknown transformer", target(inputTransformer=UNKNOWN), "inputTransformer")
CASES.unknown("unknown paths", transformed(UNKNOWN), "inputPaths")


def test_case(case: Case) -> None:
    case.check()
