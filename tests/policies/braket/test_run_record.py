from __future__ import annotations

import json
from dataclasses import replace

from policy_packs.controls.aws import BUCKET, EVENT_TARGET
from policy_packs.controls.braket.run_record import CONTROL, RULE
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, REGION, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
STORE = Res(BUCKET, {"bucket": "amazon-braket-optimus"}, name="store")
PATHS = {
    "device": "$.detail.deviceArn",
    "region": "$.region",
    "task": "$.detail.quantumTaskArn",
    "status": "$.detail.status",
    "at": "$.time",
}
TEMPLATE = '{"timestamp":<at>,"message":"task=<task> device=<device> status=<status> region=<region>"}'
LOG = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/qlz/sandbox/operational"


def rule(state: str = "ENABLED", **changes: object) -> Res:
    pattern = {
        "source": ["aws.braket"],
        "detail-type": ["Braket Task State Change"],
        "detail": {"outputS3Bucket": ["amazon-braket-optimus"]},
        **changes,
    }
    pattern = {key.replace("_", "-"): value for key, value in pattern.items() if value}
    return Res(RULE, {"name": "tasks", "state": state, "eventPattern": json.dumps(pattern)}, name="rule")


def target(arn: str = LOG, paths: object = PATHS, template: str = TEMPLATE) -> Res:
    how = {"inputPaths": paths, "inputTemplate": template}
    return Res(EVENT_TARGET, {"rule": "tasks", "arn": arn, "inputTransformer": how}, name="target")


JOBS = replace(
    rule(),
    props={
        "name": "tasks",
        "eventPattern": '{"source":["aws.braket"],"detail-type":["Braket Job State Change"]}',
    },
)
NOTHING = "no rule writes every Braket Task State Change"
CASES.passes("all of it", (STORE, rule(), target()))
CASES.passes("an environment writes down jobs", (JOBS, target()), ENVIRONMENT)
CASES.passes("the organization runs nothing", (), replace(ENVIRONMENT, kind="organization"))
CASES.passes("on its way out", (), replace(PROJECT, lifecycle="decommissioned"))
CASES.fails("no rule", (STORE, target()), NOTHING)
CASES.fails("off", (STORE, rule("DISABLED"), target()), NOTHING)
CASES.fails("only what failed", (STORE, rule(detail={"status": ["FAILED"]}), target()), NOTHING)
CASES.fails("another's results", (STORE, rule(detail={"outputS3Bucket": ["other"]}), target()), NOTHING)
CASES.fails("another log", (STORE, rule(), target(LOG.replace("operational", "security"))), NOTHING)
CASES.fails(
    "no device",
    (STORE, rule(), target(paths={k: v for k, v in PATHS.items() if k != "device"})),
    "do not say device",
)
CASES.fails(
    "taken and not told",
    (STORE, rule(), target(template=TEMPLATE.replace("<region>", ""))),
    "do not say region",
)
CASES.fails("no jobs", (rule(), target()), "no rule writes every Braket Job State Change", ENVIRONMENT)
CASES.unknown(
    "unknown",
    (STORE, Res(RULE, {"name": "tasks", "eventPattern": UNKNOWN}), target()),
    "eventPattern is unknown",
)
AWAY = replace(ENVIRONMENT, also=("eu-north-1",))
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
ALL = '{"source":["aws.braket"],"detail-type":["Braket Task State Change","Braket Job State Change"]}'
OUT = Res(RULE, {"name": "home", "region": "eu-north-1", "eventPattern": ALL}, name="out")
SENT = Res(EVENT_TARGET, {"rule": "home", "region": "eu-north-1", "arn": BUS}, name="sent")
CASES.passes("of further regions, too", (JOBS, target(), OUT, SENT), AWAY)
CASES.fails("nothing comes home", (JOBS, target()), "nothing sends what runs in eu-north-1 home", AWAY)
CASES.fails("it is taken and not sent", (JOBS, target(), OUT), "nothing sends what runs", AWAY)
CASES.fails(
    "tasks stay away",
    (JOBS, target(), replace(OUT, props={**OUT.props, "eventPattern": JOBS.props["eventPattern"]}), SENT),
    "nothing sends what runs",
    AWAY,
)


def test_case(case: Case) -> None:
    case.check()
