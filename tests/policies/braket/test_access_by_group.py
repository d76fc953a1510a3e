from __future__ import annotations

from policy_packs.controls.aws import POLICY, ROLE
from policy_packs.controls.braket.access_by_group import CONTROL
from tests.policies.support import UNKNOWN, Case, Cases, Res, allow, policy

CASES = Cases(CONTROL)


def trust(**condition: object) -> Res:
    statement = {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:AssumeRoleWithSAML"}
    return Res(ROLE, {"assumeRolePolicy": policy({**statement, "Condition": condition})})


def grant(**condition: object) -> Res:
    return Res(POLICY, {"policy": policy(allow("s3:GetObject", Condition=condition)), "name": "p"})


BY_NAME = {"aws:SourceIdentity": "ada@example.org"}
CASES.passes(
    "whomever the provider sends", trust(StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"})
)
CASES.passes("with any name", trust(StringLike={"sts:SourceIdentity": "?*"}))
CASES.passes(
    "by name, with an end",
    grant(StringEquals=BY_NAME, DateLessThan={"aws:CurrentTime": "2026-12-01T12:00:00Z"}),
)
CASES.fails("a person in the trust", trust(StringEquals={"SAML:sub": "ada"}), "by name (saml:sub)")
CASES.fails(
    "a session's name", trust(StringLike={"sts:RoleSessionName": "ada*"}), "by name (sts:rolesessionname)"
)
CASES.fails("a person in a policy", grant(StringEquals={"aws:userid": "AROA:ada"}), "by name (aws:userid)")
CASES.fails("by name, for ever", grant(StringEquals=BY_NAME), "for ada@example.org by name, and has no end")
CASES.unknown("unknown", Res(POLICY, {"policy": UNKNOWN, "name": "p"}), "policy is unknown")


def test_case(case: Case) -> None:
    case.check()
