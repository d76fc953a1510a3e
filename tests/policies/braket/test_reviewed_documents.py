"""Cases of qlz-i8-reviewed-documents."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from policy_packs.controls.aws import POLICY, ROLE_POLICY, TOPIC_POLICY
from policy_packs.controls.braket.reviewed_documents import CONTROL, ORGANIZATION_POLICY
from policy_packs.controls.reviewed_documents import DATA
from policy_packs.controls.stack_facts import Among, StackFacts
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, REGION, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, replace(ENVIRONMENT, label="sandbox"))
FREE = ["budgets:*", "iam:*", "s3:ListAllMyBuckets", "sts:*"]
LOCK: dict[str, Any] = {
    "Effect": "Deny",
    "NotAction": FREE,
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": REGION}},
}
STREAMS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/qlz/sandbox/security:log-stream:"
DELIVER: dict[str, Any] = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": f"{STREAMS}{ACCOUNT}_CloudTrail_*",
}
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:qlz-sandbox-alerts"
PUBLISH = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
}
TLS: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sns:Publish",
    "Resource": TOPIC,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def text(*statements: object, version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


def changed(statement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**statement, **changes}.items() if value is not None}


def deliver(*statements: object, **more: Any) -> Res:
    return Res(ROLE_POLICY, {"name": "deliver", "policy": text(*statements, **more)})


def topic(*statements: object) -> Res:
    return Res(TOPIC_POLICY, {"arn": TOPIC, "policy": text(*statements)})


CASES.passes("a grant as it was reviewed", deliver(DELIVER))
CASES.passes("less than was reviewed", deliver(changed(DELIVER, Action="logs:PutLogEvents")))
CASES.passes("the same in two statements", deliver(*(changed(DELIVER, Action=a) for a in DELIVER["Action"])))
CASES.passes("an action in other letters", deliver(changed(DELIVER, Action="LOGS:putlogevents")))
CASES.passes(
    "a condition more", deliver(changed(DELIVER, Condition={"Bool": {"aws:SecureTransport": "true"}}))
)
CASES.passes("a name that is none of ours", Res(ROLE_POLICY, {"name": "other", "policy": text(PUBLISH)}))
CASES.fails(
    "an action more",
    deliver(changed(DELIVER, Action=["logs:PutLogEvents", "logs:GetLogEvents"])),
    "allows more",
)
CASES.fails("a resource more", deliver(changed(DELIVER, Resource="*")), "allows more than was reviewed")
CASES.fails(
    "all actions but a list", deliver(changed(DELIVER, Action=None, NotAction="iam:*")), "allows more"
)
CASES.fails(
    "variables that its version takes for text",
    deliver(changed(DELIVER, Resource="${aws:username}"), version="2008-10-17"),
    "takes policy variables for plain text",
)
CASES.unknown(
    "a document to come", Res(ROLE_POLICY, {"name": "deliver", "policy": UNKNOWN}), "unknown at preview"
)
CASES.unknown("a name to come", Res(POLICY, {"name": UNKNOWN, "policy": text(LOCK)}), "unknown at preview")
CASES.fails("no denial left", topic(PUBLISH), "does not deny all that statement TlsOnly")
CASES.fails(
    "a denial with one condition more",
    topic(PUBLISH, changed(TLS, Condition={**TLS["Condition"], "StringEquals": {"aws:username": "x"}})),
    "does not deny all that statement TlsOnly",
)
CASES.fails(
    "a denial of somebody only", topic(PUBLISH, changed(TLS, Principal={"AWS": ACCOUNT})), "does not deny all"
)
CASES.fails(
    "a condition that lacking keys pass",
    topic(TLS, changed(PUBLISH, Condition={"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}})),
    "allows more than was reviewed",
)
REGION_LOCK = Res(
    ORGANIZATION_POLICY,
    {
        "name": f"qlz-sandbox-{ACCOUNT}-region-lock",
        "content": text(changed(LOCK, NotAction=["iam:*", "sts:*"])),
    },
)
ORGANIZATION = replace(
    ENVIRONMENT, kind="organization", account="999900001111", among=(Among("sandbox", ACCOUNT, (REGION,)),)
)
CASES.passes("an organization's lock", REGION_LOCK, ORGANIZATION)
CASES.fails(
    "an organization's lock that lets one more region through",
    Res(
        ORGANIZATION_POLICY,
        {
            **REGION_LOCK.props,
            "content": text(
                changed(LOCK, Condition={"StringNotEquals": {"aws:RequestedRegion": [REGION, "us-east-1"]}})
            ),
        },
    ),
    "does not deny all that statement RegionLock",
    ORGANIZATION,
)
DEVICE_LOCK = {
    "Effect": "Deny",
    "Action": ["braket:CreateJob", "braket:CreateQuantumTask"],
    "NotResource": [each.arn for each in PROJECT.devices],
}
CASES.passes(
    "a lock to the stack's devices",
    Res(POLICY, {"name": "qlz-optimus-sandbox-device-lock", "policy": text(DEVICE_LOCK)}),
    PROJECT,
)
CASES.fails(
    "a lock that leaves every device of a kind open",
    Res(
        POLICY,
        {
            "name": "qlz-optimus-sandbox-device-lock",
            "policy": text(changed(DEVICE_LOCK, NotResource=["arn:aws:braket:::device/*"])),
        },
    ),
    "does not deny all that statement DeviceLock",
    PROJECT,
)


for name in ("metadata", "region-lock", "qlz-sandbox-responder", "qlz-other-sandbox-metadata", None):
    CASES.fails(
        f"a policy called {name}, which is none of ours",
        Res(POLICY, {"name": name, "policy": text(changed(DELIVER, Resource="*"))}),
        "no policy of this name has been reviewed",
        PROJECT,
    )
CASES.fails(
    "an environment's policy of another's name",
    Res(POLICY, {"name": "qlz-dev-plan", "policy": text(DELIVER)}),
    "no policy of this name has been reviewed",
)
TASKS = f"arn:aws:braket:{REGION}:{ACCOUNT}:quantum-task/*"
HANDLE: dict[str, Any] = {
    "Effect": "Allow",
    "Action": ["braket:CancelQuantumTask", "braket:GetQuantumTask"],
    "Resource": TASKS,
    "Condition": {
        "StringEquals": {"aws:ResourceTag/project": "optimus", "aws:SourceIdentity": "ada@example.org"},
        "DateGreaterThanEquals": {"aws:CurrentTime": "2026-11-23T08:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2026-11-23T12:00:00Z"},
    },
}


def grants(*statements: object) -> Res:
    return Res(ROLE_POLICY, {"name": "grants", "policy": text(*statements)})


def without(operator: str, key: str) -> dict[str, Any]:
    kept = {
        each: {name: value for name, value in tests.items() if (each, name) != (operator, key)}
        for each, tests in HANDLE["Condition"].items()
    }
    return changed(HANDLE, Condition=kept)


CASES.passes("a right for a time", grants(HANDLE), PROJECT)
for operator, key in (
    ("StringEquals", "aws:SourceIdentity"),
    ("StringEquals", "aws:ResourceTag/project"),
    ("DateGreaterThanEquals", "aws:CurrentTime"),
    ("DateLessThan", "aws:CurrentTime"),
):
    CASES.fails(f"one without {key} under {operator}", grants(without(operator, key)), "allows more", PROJECT)
RESULTS = changed(HANDLE, Action="s3:GetObject", Resource="arn:aws:s3:::amazon-braket-optimus-sandbox-*")
CASES.fails("a right for a time that nobody may ask for", grants(RESULTS), "allows more", PROJECT)
HELD = "a placeholder: a list may hold one"
CASES.fails(
    "an organization's lock in which a placeholder stands for every region",
    Res(
        ORGANIZATION_POLICY,
        {
            **REGION_LOCK.props,
            "content": text(
                changed(
                    LOCK,
                    NotAction=["iam:*", "sts:*"],
                    Condition={"StringNotEquals": {"aws:RequestedRegion": [REGION, "<any>", "us-east-1"]}},
                )
            ),
        },
    ),
    HELD,
    ORGANIZATION,
)
CASES.fails(
    "a denial under a placeholder alone",
    topic(PUBLISH, changed(TLS, Condition={"Bool": {"aws:SecureTransport": "<any>"}})),
    HELD,
)
CASES.fails(
    "an allowance under a placeholder alone",
    topic(TLS, changed(PUBLISH, Condition={"StringEquals": {"aws:SourceAccount": "<any>"}})),
    HELD,
)
CASES.fails(
    "a placeholder beside the stack's own account",
    topic(TLS, changed(PUBLISH, Condition={"StringEquals": {"aws:SourceAccount": [ACCOUNT, "<account>"]}})),
    HELD,
)
CASES.fails("a resource of a placeholder", deliver(DELIVER, changed(DELIVER, Resource="<label>")), HELD)
CASES.fails(
    "a denial more, of a placeholder",
    deliver(DELIVER, {"Effect": "Deny", "Action": "s3:*", "Resource": "<any>"}),
    HELD,
)


def test_case(case: Case) -> None:
    case.check()


def test_a_bucket_is_opened_to_be_emptied_only_on_the_way_out() -> None:
    """That it still refuses requests without TLS, another control holds."""
    bare = Res(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": f"amazon-braket-optimus-sandbox-{ACCOUNT}", "policy": text()},
    )
    active = Case(CONTROL, "fail", "bare", (bare,), "does not deny all that", StackFacts(PROJECT))
    active.check()
    leaving = replace(active, facts=StackFacts(replace(PROJECT, lifecycle="decommissioned")), says="")
    leaving.check()


def test_names_are_compared_as_they_are() -> None:
    names = [row["name"] for row in json.loads(DATA.read_text(encoding="utf-8"))["documents"]]
    assert names
    assert not [name for name in names if set(name) & set("*?[")]
