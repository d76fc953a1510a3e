from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import ATTACHMENT, POLICY, ROLE
from policy_packs.controls.braket.service_identities import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
ARN = f"arn:aws:iam::{ACCOUNT}:policy/run"
SERVICE = policy(
    {"Effect": "Allow", "Principal": {"Service": "braket.amazonaws.com"}, "Action": "sts:AssumeRole"}
)
PEOPLE = policy({"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:AssumeRoleWithSAML"})
JOB = Res(
    ROLE, {"name": "AmazonBraketJobsExecutionRole-optimus-sandbox", "assumeRolePolicy": SERVICE}, name="job"
)
PERSON = Res(ROLE, {"name": "qlz-optimus-sandbox-researcher", "assumeRolePolicy": PEOPLE}, name="person")
DESK = Res(
    ROLE,
    {
        "name": "qlz-optimus-sandbox-notebook",
        "assumeRolePolicy": SERVICE.replace("braket.amazonaws.com", "sagemaker.amazonaws.com"),
    },
    name="desk",
)
PIPELINE = Res(
    ROLE,
    {
        "name": "qlz-optimus-sandbox-pipeline",
        "assumeRolePolicy": PEOPLE.replace("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"),
    },
    name="pipeline",
)
RUN = Res(POLICY, {"arn": ARN, "policy": policy(allow("s3:GetObject"))}, name="run")
LOCK = Res(POLICY, {"arn": ARN, "policy": policy(deny("braket:*"))}, name="run")


def attached(role: Res) -> Res:
    return Res(ATTACHMENT, {"role": role.props["name"], "policyArn": ARN}, name=f"{role.name}-run")


CASES.passes("a policy of its own", (JOB, PERSON, RUN, attached(JOB)))
CASES.passes("a lock is shared", (JOB, PERSON, LOCK, attached(JOB), attached(PERSON)))
CASES.fails(
    "rights are shared", (JOB, PERSON, RUN, attached(JOB), attached(PERSON)), "by which person acts too"
)
CASES.passes("a notebook, at which people sit", (DESK, PERSON, RUN, attached(DESK), attached(PERSON)))
CASES.fails(
    "a notebook with a pipeline's rights",
    (DESK, PIPELINE, RUN, attached(DESK), attached(PIPELINE)),
    "by which pipeline acts too",
)
CASES.fails(
    "a job that notebooks take too",
    (
        replace(
            JOB,
            props={
                **JOB.props,
                "assumeRolePolicy": SERVICE.replace(
                    '"braket.amazonaws.com"', '["braket.amazonaws.com", "sagemaker.amazonaws.com"]'
                ),
            },
        ),
        PERSON,
        RUN,
        attached(JOB),
        attached(PERSON),
    ),
    "by which person acts too",
)
CASES.fails(
    "no mark",
    (replace(JOB, props={**JOB.props, "name": "AmazonBraketJobsExecutionRole"}),),
    "does not say optimus-sandbox",
)
CASES.passes(
    "an environment's services have no project",
    (replace(JOB, props={**JOB.props, "name": "qlz-trail"}),),
    ENVIRONMENT,
)
CASES.unknown(
    "a document that cannot be read",
    (JOB, replace(RUN, props={"arn": ARN, "policy": "{"}), attached(JOB)),
    "not valid JSON",
)


def test_case(case: Case) -> None:
    case.check()
