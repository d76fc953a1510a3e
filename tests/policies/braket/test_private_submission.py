from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as wire

from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.braket.private_submission import CONTROL
from tests.policies.support import (
    ACCOUNT,
    NO_CONTEXT,
    PROJECT,
    SV1,
    UNKNOWN,
    Case,
    Cases,
    Res,
    allow,
    analyze_stack,
    deny,
    policy,
)

CASES = Cases(CONTROL, replace(PROJECT, private_network=True))
SUBMIT = ("braket:CreateQuantumTask", "braket:CreateJob")
ENDPOINT = "vpce-0123456789abcdef0"
FEDERATED = {
    "Effect": "Allow",
    "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"},
    "Action": "sts:AssumeRoleWithSAML",
}
OF_BRAKET = {"Effect": "Allow", "Principal": {"Service": "braket.amazonaws.com"}, "Action": "sts:AssumeRole"}
PLACE = Res(
    "pulumi:pulumi:StackReference",
    {"outputs": {"braketEndpoints": {"eu-west-2": ENDPOINT}}},
    name="env",
    provider=None,
)


def role(trust: Any = FEDERATED, **props: Any) -> Res:
    return Res(
        "aws:iam/role:Role", {"name": "people", "assumeRolePolicy": policy(trust), **props}, name="role"
    )


def attached(name: str, document: Any, *behind: str, to: str = "people") -> list[Res]:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    return [
        Res("aws:iam/policy:Policy", {"arn": arn, "policy": document}, name=name, refs={"policy": behind}),
        Res(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": to, "policyArn": arn},
            name=f"{name}-on",
        ),
    ]


GRANT = attached("submit", policy(allow(list(SUBMIT), SV1)))


def lock(
    actions: object = SUBMIT, resources: object = "*", to: str = "people", **condition: Any
) -> list[Res]:
    given = condition or {"StringNotEquals": {"aws:SourceVpce": [ENDPOINT]}}
    said = deny(list(actions) if isinstance(actions, tuple) else actions, resources, Condition=given)
    return attached("lock", policy(said), to=to)


def stack(*locks: Res, **props: Any) -> list[Res]:
    return [PLACE, role(**props), *GRANT, *locks]


OUTSIDE = "may submit from outside the private network"
CASES.passes("locked", stack(*lock()))
CASES.passes(
    "locked by network",
    [
        replace(PLACE, props={"outputs": {"vpc": "vpc-1"}}),
        role(),
        *GRANT,
        *lock(StringNotEquals={"aws:SourceVpc": "vpc-1"}),
    ],
)
CASES.passes("locked by ids to come", stack(*attached("lock", UNKNOWN, "env")))
CASES.passes("a role that cannot submit", [role()])
CASES.passes("a role of hybrid jobs", stack(trust=OF_BRAKET))
CASES.passes("another tier", stack(), declared=PROJECT)
CASES.fails("no lock", stack(), OUTSIDE)
CASES.fails("a lock that nobody bears", stack(*lock(to="others")), OUTSIDE)
CASES.fails("a lock on jobs alone", stack(*lock("braket:CreateJob")), OUTSIDE)
CASES.fails("a lock on one device", stack(*lock(SUBMIT, SV1)), OUTSIDE)
CASES.fails("a lock that allows", stack(*attached("lock", policy(allow(list(SUBMIT), "*")))), OUTSIDE)
CASES.fails("turned round", stack(*lock(StringEquals={"aws:SourceVpce": [ENDPOINT]})), OUTSIDE)
CASES.fails("any endpoint at all", stack(*lock(StringNotLike={"aws:SourceVpce": "vpce-*"})), OUTSIDE)
CASES.fails(
    "by a pattern that means itself", stack(*lock(StringNotEquals={"aws:SourceVpce": "vpce-*"})), OUTSIDE
)
CASES.fails("by address", stack(*lock(NotIpAddress={"aws:SourceIp": "10.0.0.0/8"})), OUTSIDE)
CASES.fails(
    "with a way round",
    stack(
        *lock(StringNotEquals={"aws:SourceVpce": [ENDPOINT]}, Bool={"aws:MultiFactorAuthPresent": "false"})
    ),
    OUTSIDE,
)
CASES.fails(
    "with another way round",
    stack(*lock(StringNotEquals={"aws:SourceVpce": [ENDPOINT], "aws:PrincipalTag/x": "y"})),
    OUTSIDE,
)
CASES.fails(
    "somebody's endpoint",
    stack(*lock(StringNotEquals={"aws:SourceVpce": "vpce-0bad"})),
    "not the environment's",
)
CASES.fails(
    "the environment's and somebody's",
    stack(*lock(StringNotEquals={"aws:SourceVpce": [ENDPOINT, "vpce-0bad"]})),
    "not the environment's",
)
MIXED = {
    "Effect": "Allow",
    "Principal": {"Service": "braket.amazonaws.com", "AWS": "*"},
    "Action": "sts:AssumeRole",
}
CASES.fails("a service's and everybody's", stack(trust=MIXED), OUTSIDE)
CASES.unknown(
    "a lock that says nothing yet", stack(*attached("lock", UNKNOWN)), "lock, which it bears, is unknown"
)
CASES.unknown("a grant that says nothing yet", [role(), *attached("grant", UNKNOWN)], "grant, which it bears")
CASES.fails(
    "inline",
    stack(*lock(), inlinePolicies=[{"name": "x", "policy": policy(allow("s3:*", "*"))}]),
    "written into",
)


def test_an_engine_that_does_not_show_what_is_read() -> None:
    """It names what a value comes from all the same, so a lock from the environment is told from another."""
    lock_, attachment = lock()
    bare = [role(), *GRANT, attachment]
    told = analyze_stack([CONTROL], [*bare, replace(lock_, refs={"policy": ["env"]}), PLACE], CASES.facts)
    assert not told
    hidden = [
        resource.in_stack({"env": PLACE.urn})
        for resource in (*bare, replace(lock_, refs={"policy": ["env"]}))
    ]
    literal = [resource.in_stack({}) for resource in (*bare, lock_)]
    for resources, says in ((hidden, 0), (literal, 1)):
        analyzer = Analyzer("test", "a pack under test", (CONTROL,), lambda stack, config: CASES.facts)
        answer = analyzer.AnalyzeStack(wire.AnalyzeStackRequest(resources=resources), NO_CONTEXT)
        assert len(answer.diagnostics) == says


def test_ids_to_come_are_no_lock_once_everything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = stack(*attached("lock", UNKNOWN, "env"))
    for dry_run, says in (("true", False), ("false", True)):
        monkeypatch.setenv("PULUMI_DRY_RUN", dry_run)
        told = analyze_stack((CONTROL,), bare, CASES.facts)
        assert any("unknown" in each.message for each in told) is says, dry_run


def test_case(case: Case) -> None:
    case.check()
