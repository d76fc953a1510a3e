"""Cases of qlz-i8-role-policies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.aws import ATTACHMENT, POLICY, ROLE, ROLE_POLICY
from policy_packs.controls.braket.role_policies import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
STEM = "qlz-optimus-sandbox-"
ENV = replace(ENVIRONMENT, label="sandbox")


def role(kind: str, name: str = "", path: str = "/qlz/sandbox/optimus/") -> Res:
    return Res(ROLE, {"name": name or STEM + kind, "path": path}, name=kind)


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
    [
        role("job", JOB, "/service-role/"),
        *(given("job", what, name=JOB) for what in ("region-lock", "device-lock", "run")),
    ],
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


def written(role: str, name: object, **more: Any) -> Res:
    return Res(ROLE_POLICY, {"role": role, "name": name, "policy": "{}"}, **more)


for kind, name in (("elevated", "grants"), ("notebook", "notebook"), ("researcher", "notebook")):
    CASES.passes(f"{name}, written into {kind}", written(STEM + kind, name))
for kind, name in (("trail", "deliver"), ("events", "forward")):
    CASES.passes(f"{name}, written into {kind}", written(f"qlz-sandbox-{kind}", name), ENV)
CASES.passes(
    "grants, written into a role to come",
    [
        Res(ROLE, {"name": STEM + "elevated", "path": "/qlz/sandbox/optimus/"}, name="elevated"),
        *(given("elevated", lock) for lock in ("region-lock", "device-lock")),
        written(UNKNOWN, "grants", refs={"role": ["elevated"]}),
    ],
)
NOBODY = "which nobody has reviewed"
for who, name in {
    "auditor": "x",
    "researcher": "grants",
    "pipeline": "notebook",
    "elevated": "notebook",
    "job": "deliver",
}.items():
    held = JOB if who == "job" else STEM + who
    CASES.fails(f"{name}, written into {who}", written(held, name), NOBODY)
CASES.fails("something without a name, written into elevated", written(STEM + "elevated", None), NOBODY)
for who, name in {"plan": "y", "responder": "x", "trail": "forward", "project-apply": "deliver"}.items():
    CASES.fails(f"{name}, written into {who}", written(f"qlz-sandbox-{who}", name), NOBODY, ENV)
CASES.fails(
    "a project writes into an environment's role", written("qlz-sandbox-plan", "grants"), "a role that nobody"
)
CASES.fails(
    "an environment writes into a project's role",
    written(STEM + "elevated", "grants"),
    "a role that nobody",
    ENV,
)
CASES.fails(
    "a right written into a role to come, of another kind",
    [*AUDITOR, written(UNKNOWN, "grants", refs={"role": ["auditor"]})],
    NOBODY,
)
CASES.unknown("written into a role from nowhere", written(UNKNOWN, "grants"), "unknown at preview")
CASES.unknown("written under a name to come", written(STEM + "elevated", UNKNOWN), "unknown at preview")

for what in ("metadata", "region-lock"):
    CASES.fails(
        f"a policy called {what} without the stack's part of the name",
        [*AUDITOR, given("auditor", what, name=STEM + "auditor", stem="")],
        "made for others",
    )
CASES.fails(
    "a lock called so without the stack's part of the name",
    [AUDITOR[0], AUDITOR[2], given("auditor", "region-lock", name=STEM + "auditor", stem="")],
    "does not have the policy region-lock",
)
CASES.fails(
    "a lock of another project",
    [AUDITOR[0], AUDITOR[2], given("auditor", "region-lock", "qlz-other-sandbox-", STEM + "auditor")],
    "does not have the policy region-lock",
)

KIND = "a role of no kind that was reviewed"
LOCKS = [given("auditor", lock) for lock in ("region-lock", "device-lock")]
CASES.fails("a role of a name of its own", role("x", "anything"), KIND)
CASES.fails("a role elsewhere", [role("auditor", path="/x/"), *LOCKS], KIND)
CASES.fails("a role without a path", [Res(ROLE, {"name": STEM + "auditor"}), *LOCKS], KIND)
CASES.fails("a role without a name", Res(ROLE, {"path": "/qlz/sandbox/optimus/"}), KIND)
CASES.fails("a job's role under another name", role("job", path="/service-role/"), KIND)
CASES.fails("an environment's helper", role("x", "qlz-sandbox-helper", "/qlz/sandbox/"), KIND, ENV)
CASES.fails(
    "a role that an environment makes in a project's place", role("plan", "qlz-sandbox-plan"), KIND, ENV
)
CASES.passes("an environment's role", role("plan", "qlz-sandbox-plan", "/qlz/sandbox/"), ENV)
CASES.unknown("a role of a name to come", role("x", UNKNOWN), "unknown at preview")
CASES.unknown("a role in a place to come", [role("auditor", path=UNKNOWN), *LOCKS], "unknown at preview")


def test_case(case: Case) -> None:
    case.check()
