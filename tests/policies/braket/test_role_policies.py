"""Cases of qlz-i8-role-policies."""

from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import ATTACHMENT, POLICY, ROLE
from policy_packs.controls.braket.role_policies import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
STEM = "qlz-optimus-sandbox-"
ENV = replace(ENVIRONMENT, label="sandbox")


def role(kind: str, name: str = "") -> Res:
    return Res(ROLE, {"name": name or STEM + kind}, name=kind)


def policy(kind: str, stem: str = STEM) -> Res:
    return Res(POLICY, {"name": stem + kind, "arn": arn(kind, stem)}, name=kind)


def arn(kind: str, stem: str = STEM) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/{stem}{kind}"


def given(kind: str, what: str, stem: str = STEM, name: str = "") -> Res:
    return Res(ATTACHMENT, {"role": name or stem + kind, "policyArn": arn(what, stem)}, name=f"{kind}-{what}")


AUDITOR = [role("auditor"), given("auditor", "region-lock"), given("auditor", "device-lock")]
CASES.passes("a role with its locks and its rights", [*AUDITOR, given("auditor", "metadata")])
CASES.passes(
    "the same before its policies are made",
    [
        *AUDITOR,
        policy("metadata"),
        Res(
            ATTACHMENT,
            {"role": UNKNOWN, "policyArn": UNKNOWN},
            refs={"role": ["auditor"], "policyArn": ["metadata"]},
        ),
    ],
)
CASES.passes("a role of the environment", [given("plan", "plan", "qlz-sandbox-")], ENV)
JOB = "AmazonBraketJobsExecutionRole-optimus-sandbox"
CASES.passes(
    "the jobs' role",
    [role("job", JOB), *(given("job", what, name=JOB) for what in ("region-lock", "device-lock", "run"))],
)
CASES.fails("no region lock", [AUDITOR[0], AUDITOR[2]], "does not have the policy region-lock")
CASES.fails("no lock at all", [role("researcher")], "does not have the policy device-lock")
CASES.fails(
    "no lock to the private endpoints",
    AUDITOR,
    "does not have the policy private-lock",
    replace(PROJECT, private_network=True),
)
CASES.fails("another role's right", [*AUDITOR, given("auditor", "submit")], "made for others")
CASES.fails("a right of nobody's", [*AUDITOR, given("auditor", "everything")], "made for others")
CASES.fails(
    "a role of another project", [given("auditor", "metadata", "qlz-other-sandbox-")], "nobody has reviewed"
)
CASES.fails("a role that nobody knows", [given("helper", "metadata")], "a role that nobody has reviewed")
CASES.fails(
    "an environment's role with another's right",
    [given("plan", "responder", "qlz-sandbox-")],
    "for others",
    ENV,
)
CASES.unknown(
    "a policy from nowhere", Res(ATTACHMENT, {"role": STEM + "auditor", "policyArn": UNKNOWN}), "unknown"
)
CASES.unknown(
    "a role from nowhere", Res(ATTACHMENT, {"role": UNKNOWN, "policyArn": arn("submit")}), "unknown"
)


def test_case(case: Case) -> None:
    case.check()
