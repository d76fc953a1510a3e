"""T4: each bucket has the settings that close it, and refuses requests that are not encrypted on their
way.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    of_bucket,
)
from policy_packs.controls.control import (
    CannotDecide,
    Control,
    Finding,
    Resource,
    Severity,
    Stack,
    fail,
    undecided,
)
from policy_packs.controls.iam_document import Statement, covers, read_document
from policy_packs.controls.stack_facts import StackFacts

_NEEDED = {
    BUCKET_ACCESS: "no public access block",
    BUCKET_OWNERSHIP: "no ownership controls, so access lists (ACLs) count",
    BUCKET_POLICY: "no policy, so requests without TLS are answered",
}


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    for bucket in stack.of_type(BUCKET):
        for token, without in _NEEDED.items():
            if not of_bucket(stack, bucket, token):
                yield fail(f"it has {without}", bucket)
        for policy in of_bucket(stack, bucket, BUCKET_POLICY):
            yield from _judge_tls(bucket, policy)


def _judge_tls(bucket: Resource, policy: Resource) -> Iterator[Finding]:
    name = bucket["bucket"].text()
    try:
        document = read_document(policy["policy"])
    except CannotDecide as problem:
        yield undecided(str(problem), policy)
        return
    if not name:
        yield undecided("the bucket's name is unknown, so whether its policy speaks of it is open", policy)
    elif not any(_denies_plain(statement, name) for statement in document.denies()):
        yield fail("it answers requests that come without TLS", policy)


def _denies_plain(statement: Statement, bucket: str) -> bool:
    insecure = [c for c in statement.conditions if c.key == "aws:securetransport"]
    needed = (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/")
    return (
        len(statement.conditions) == 1
        and [(c.operator, c.values) for c in insecure] == [("bool", ("false",))]
        and "*" in {name for names in statement.principals.values() for name in names}
        and any(covers(pattern, "s3:AnyAction", fold=True) for pattern in statement.actions)
        and all(any(covers(pattern, arn) for pattern in statement.resources) for arn in needed)
    )


CONTROL = Control(
    id="qlz-t4-bucket-guard",
    title="Every bucket is guarded",
    why="A bucket alone is open to access lists, public policies and unencrypted requests.",
    fix=(
        "Beside the bucket declare its public access block, ownership controls, and a policy that denies "
        "s3:* without TLS."
    ),
    requirements=("T4", "K2"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-8", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.3", "A.8.24"),
        "ncsc-cloud-principles": ("1", "3"),
        "csa-ccm-4": ("DSP-17", "DSP-10"),
        "uk-gdpr": ("32",),
    },
    types=(BUCKET, BUCKET_ACCESS, BUCKET_OWNERSHIP, BUCKET_POLICY),
    judge_stack=judge_stack,
    admits_exceptions=False,
)
