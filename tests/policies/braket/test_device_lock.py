from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.braket.device_lock import CONTROL
from policy_packs.controls.stack_facts import Device
from tests.policies.support import (
    ACCOUNT,
    DM1,
    ENVIRONMENT,
    GARNET,
    PROJECT,
    SV1,
    TN1,
    UNKNOWN,
    Case,
    Cases,
    Res,
    allow,
    deny,
    policy,
)

CASES = Cases(CONTROL)
TASKS = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/*"
JOBS = f"arn:aws:braket:eu-west-2:{ACCOUNT}:job/*"


def submit(*resources: str, action: str = "braket:CreateQuantumTask") -> Res:
    return Res("aws:iam/policy:Policy", {"name": "p", "policy": policy(allow(action, list(resources)))})


CASES.passes("declared devices", submit(SV1, DM1, TASKS, JOBS))
CASES.passes("reading of any device", submit("*", action="braket:GetDevice"))
CASES.passes("a deny", Res("aws:iam/policy:Policy", {"policy": policy(deny("braket:*"))}))
CASES.passes(
    "a boundary", Res("aws:iam/policy:Policy", {"name": "x-boundary", "policy": policy(allow("*", "*"))})
)
CASES.passes("an environment's known device", submit(GARNET), declared=ENVIRONMENT)
for name, pattern in {
    "everything": "*",
    "all simulators": "arn:aws:braket:::device/quantum-simulator/*",
    "one character open": SV1[:-1] + "?",
    "jobs by a pattern that spans segments": "arn:*:job/*",
    "the account's everything": f"arn:aws:braket:eu-west-2:{ACCOUNT}:*",
    "any partition": "arn:*:braket:::device/quantum-simulator/amazon/sv1",
    "a variable": "arn:aws:braket:::device/quantum-simulator/amazon/${aws:PrincipalTag/device}",
}.items():
    CASES.fails(name, submit(pattern), "every device that")
CASES.fails("not declared", submit(GARNET), "not among the stack's devices")
CASES.fails("other case", submit(SV1.replace("sv1", "SV1")), "not in the device catalogue")
CASES.fails("retired", submit(TN1), "which is retired")
CASES.fails("retired, in an environment", submit(TN1), "which is retired", declared=ENVIRONMENT)
CASES.passes(
    "retired, on its way out",
    submit(TN1),
    declared=replace(PROJECT, devices=(Device(TN1, retired=True),), lifecycle="decommissioned"),
)
CASES.fails(
    "not declared, on its way out",
    submit(TN1),
    "not among the stack's devices",
    declared=replace(PROJECT, lifecycle="decommissioned"),
)
CASES.fails("action in lower case", submit("*", action="braket:createquantumtask"), "every device that")
CASES.fails("action by pattern", submit("*", action="br*:Create*"), "every device that")
CASES.fails("jobs", submit("*", action="braket:CreateJob"), "every device that")
CASES.fails(
    "inline", Res("aws:iam/rolePolicy:RolePolicy", {"policy": policy(allow("*", "*"))}), "every device that"
)
CASES.fails(
    "all but a list",
    Res(
        "aws:iam/policy:Policy",
        {"policy": policy({"Effect": "Allow", "Action": "braket:CreateJob", "NotResource": SV1})},
    ),
    "all devices but a list",
)
CASES.fails(
    "all actions but a list",
    Res(
        "aws:iam/policy:Policy", {"policy": policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})}
    ),
    "every device that",
)
CASES.unknown("policy unknown", Res("aws:iam/policy:Policy", {"policy": UNKNOWN}), "policy is unknown")
CASES.unknown(
    "role's inline policies unknown", Res("aws:iam/role:Role", {"inlinePolicies": UNKNOWN}), "inlinePolicies"
)


def test_case(case: Case) -> None:
    case.check()
