"""Elevation: one person, one right, and an end that nothing outlives (I6)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.elevation import WHAT, Grant, grants_policy, standing
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.policy import LIMITS, Kind
from tests.components.conftest import DM1, SV1, project_args, roles_of, run_project
from tests.components.iam import Request, Role, decide
from tests.components.runner import ACCOUNT

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
END = START + timedelta(hours=4)
GRANT = Grant(
    what="rotate-key",
    requester="ada@example.org",
    approver="grace@example.org",
    reason="The key was seen in a log.",
    ticket="QLZ-17",
    start=START,
    end=END,
)
DURING, AFTER, BEFORE = "2026-12-01T12:59:59Z", "2026-12-01T13:00:00Z", "2026-12-01T08:59:59Z"
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
TASK = f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/1"
QUOTA = f"arn:aws:servicequotas:eu-west-2:{ACCOUNT}:braket/L-2C9A"
RIGHTS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "rotate-key": (
        "kms:RotateKeyOnDemand",
        (KEY,),
        {"kms__ResourceAliases": ["alias/qlz/sandbox/optimus"]},
    ),
    "change-quota": ("servicequotas:RequestServiceQuotaIncrease", (QUOTA,), {}),
    "production-queue": (
        "braket:CreateQuantumTask",
        (SV1, TASK),
        {"aws__RequestTag___project": "optimus"},
    ),
}
TRUST = "sts:AssumeRoleWithSAML"


def elevated(boundary: dict[str, Any], *grants: Grant) -> Role:
    return roles_of(run_project(elevation=grants), boundary)["elevated"]


def may(role: Role, what: str, who: str = "ada@example.org", now: str = DURING, **more: Any) -> bool:
    action, resources, context = RIGHTS[what]
    asked = {"aws__SourceIdentity": who, "aws__CurrentTime": now, **context, **more}
    return role.may(action, *resources, **asked)


@pytest.mark.parametrize("what", WHAT)
def test_a_grant_is_for_one_person_one_time_and_one_thing(boundary: dict[str, Any], what: str) -> None:
    role = elevated(boundary, replace(GRANT, what=what))
    assert may(role, what)
    assert may(role, what, now="2026-12-01T09:00:00Z")
    assert not may(role, what, now=AFTER)
    assert not may(role, what, now=BEFORE)
    assert not may(role, what, who="mallory@example.org")
    assert not may(role, what, who="grace@example.org"), "the approver gets nothing"
    action, resources, context = RIGHTS[what]
    assert not role.may(action, *resources, aws__CurrentTime=DURING, **context), "nobody by name"
    for other in set(WHAT) - {what}:
        assert not may(role, other)


def test_grants_of_two_people_do_not_add_up(boundary: dict[str, Any]) -> None:
    other = replace(GRANT, what="change-quota", requester="lin@example.org")
    role = elevated(boundary, GRANT, other)
    assert may(role, "rotate-key")
    assert may(role, "change-quota", who="lin@example.org")
    assert not may(role, "rotate-key", who="lin@example.org")
    assert not may(role, "change-quota")


def test_a_grant_stays_within_the_project(boundary: dict[str, Any]) -> None:
    role = elevated(boundary, *(replace(GRANT, what=what) for what in WHAT))
    assert not may(role, "rotate-key", kms__ResourceAliases=["alias/qlz/sandbox/optimus-two"])
    assert not may(role, "production-queue", aws__RequestTag___project="optimus-two")
    who: dict[str, Any] = {"aws__SourceIdentity": GRANT.requester, "aws__CurrentTime": DURING}
    assert not role.may("servicequotas:RequestServiceQuotaIncrease", QUOTA.replace("braket", "ec2"), **who)
    ionq = "arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1"
    assert not role.may("braket:CreateQuantumTask", ionq, TASK, aws__RequestTag___project="optimus", **who)
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:PutKeyPolicy"):
        assert not role.may(action, KEY, kms__ResourceAliases=["alias/qlz/sandbox/optimus"], **who)
    frozen = role.with_policies({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    assert not any(may(frozen, what) for what in WHAT)


def test_nothing_in_a_grant_outlives_it() -> None:
    names = ProjectNames("optimus", EnvironmentNames(ACCOUNT, "eu-west-2", "sandbox"))
    for what in WHAT:
        document = json.loads(grants_policy(names, (SV1, DM1), (replace(GRANT, what=what),)))
        for statement in document["Statement"]:
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                assert not action.startswith(("iam:", "sts:", "kms:CreateGrant", "*")), action
                assert "*" not in action
            assert statement["Condition"]["StringEquals"]["aws:SourceIdentity"] == GRANT.requester
            assert statement["Condition"]["DateLessThan"]["aws:CurrentTime"] == AFTER


def test_what_has_ended_produces_nothing() -> None:
    to_come = replace(GRANT, start=END, end=END + timedelta(hours=1))
    assert standing((GRANT, to_come), END - timedelta(seconds=1)) == (GRANT, to_come)
    assert standing((GRANT, to_come), END) == (to_come,)
    without = run_project()
    assert not without.all("aws:iam/rolePolicy:RolePolicy")
    assert without.one("aws:iam/role:Role", "elevated"), "there to be frozen"


def test_the_grants_come_after_the_locks() -> None:
    found = run_project(elevation=(GRANT,))
    before = found.before(found.one("aws:iam/rolePolicy:RolePolicy", "elevated"))
    for lock in ("region-lock", "device-lock"):
        attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
        assert found.one(attachment, f"elevated-{lock}").urn in before


def test_only_people_with_a_name_come_in() -> None:
    document = run_project().one("aws:iam/role:Role", "elevated").document("assumeRolePolicy")
    saml = f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"
    right = {"SAML:aud": "https://signin.aws.amazon.com/saml", "sts:SourceIdentity": "ada@example.org"}
    assert decide([document], Request(TRUST, "", right, saml)) == "allow"
    for key in right:
        left = {name: value for name, value in right.items() if name != key}
        assert decide([document], Request(TRUST, "", left, saml)) == "none"
    assert decide([document], Request(TRUST, "", {**right, "sts:SourceIdentity": ""}, saml)) == "none"


def test_the_key_lets_the_elevated_role_rotate_and_nothing_else() -> None:
    key = run_project().one("aws:kms/key:Key", "project").document("policy")
    admin = f"arn:aws:iam::{ACCOUNT}:role/apply"
    narrowed = run_project(key_administrators=(admin,)).one("aws:kms/key:Key", "project").document("policy")
    role = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/optimus/qlz-optimus-sandbox-elevated"
    s3 = {"kms:ViaService": "s3.eu-west-2.amazonaws.com"}

    def says(document: dict[str, Any], action: str, who: str) -> str:
        return decide([document], Request(action, "this", {"aws:PrincipalArn": who, **s3}, who))

    assert says(narrowed, "kms:RotateKeyOnDemand", role) == "allow"
    assert says(narrowed, "kms:PutKeyPolicy", role) == "none"
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert says(key, action, role) == says(narrowed, action, role) == "none"
    assert says(narrowed, "kms:RotateKeyOnDemand", role.replace("elevated", "researcher")) == "none"


@pytest.mark.parametrize(
    ("argument", "changes"),
    [
        ("Grant.what", {"what": "everything"}),
        ("Grant.requester", {"requester": "*"}),
        ("Grant.approver", {"approver": "Ada@Example.org"}),
        ("Grant.reason", {"reason": " "}),
        ("Grant.ticket", {"ticket": ""}),
        ("Grant.end", {"end": START}),
        ("Grant.start", {"start": datetime.fromisoformat("2026-12-01T09:00:00+01:00")}),
    ],
)
def test_refuses(argument: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError) as error:
        replace(GRANT, **changes)
    assert error.value.argument == argument


def test_refuses_a_grant_longer_than_the_tier_allows() -> None:
    project_args(elevation=(GRANT,), elevation_hours=4)
    with pytest.raises(ArgumentError, match="5 hours is out of range"):
        project_args(elevation=(replace(GRANT, end=END + timedelta(seconds=1)),), elevation_hours=4)


def test_refuses_more_grants_than_aws_takes() -> None:
    names = ProjectNames("optimus", EnvironmentNames(ACCOUNT, "eu-west-2", "sandbox"))
    most = next(
        count
        for count in range(1, 100)
        if len(grants_policy(names, (SV1,), (GRANT,) * count)) > LIMITS[Kind.INLINE] - 400
    )
    with pytest.raises(ArgumentError, match="fewer at a time"):
        grants_policy(names, (SV1,), (GRANT,) * (most + 2))


def test_people_submit_by_elevation_alone_where_the_tier_says_so(boundary: dict[str, Any]) -> None:
    roles = roles_of(run_project(people_submit=False), boundary)
    own: dict[str, Any] = {"aws__RequestTag___project": "optimus"}
    assert not roles["researcher"].may("braket:CreateQuantumTask", SV1, TASK, **own)
    assert roles["pipeline"].may("braket:CreateQuantumTask", SV1, TASK, **own)
    assert roles["researcher"].may("braket:GetQuantumTask", TASK, aws__ResourceTag___project="optimus")
