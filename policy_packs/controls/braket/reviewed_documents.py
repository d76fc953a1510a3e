"""I8, T4, K7: a policy document says no more than was reviewed under its name, and denies no less."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import (
    BUCKET_POLICY,
    ENDPOINT,
    EXTERNAL_KEY,
    KEY,
    LOG_POLICY,
    POLICY,
    ROLE_POLICY,
    SECRET_POLICY,
    TOPIC_POLICY,
)
from policy_packs.controls.control import Control, Finding, Resource, Severity, fail, undecided
from policy_packs.controls.iam_document import read_document
from policy_packs.controls.reviewed_documents import entries_for
from policy_packs.controls.stack_facts import StackFacts

ORGANIZATION_POLICY = "aws:organizations/policy:Policy"
# Where a type keeps its document, and what it is known by; nothing where its name is not its own.
_DOCUMENTS = {
    BUCKET_POLICY: ("policy", "bucket"),
    ENDPOINT: ("policy", "serviceName"),
    EXTERNAL_KEY: ("policy", ""),
    KEY: ("policy", ""),
    LOG_POLICY: ("policyDocument", "policyName"),
    ORGANIZATION_POLICY: ("content", "name"),
    POLICY: ("policy", "name"),
    ROLE_POLICY: ("policy", "name"),
    SECRET_POLICY: ("policy", ""),
    TOPIC_POLICY: ("policy", "arn"),
}


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    place, key = _DOCUMENTS[resource.type]
    if key and resource[key].unknown:
        yield undecided(resource[key])
        return
    reviewed = entries_for(resource.type, resource[key].text() if key else "", declared)
    if not reviewed:
        if resource.type == POLICY:  # what it is called says to whom it may be attached
            yield fail("no policy of this name has been reviewed")
        return  # no name of ours: what it grants is judged by the other controls
    document = read_document(resource[place])
    leaving = resource.type == BUCKET_POLICY and declared.lifecycle == "decommissioned"
    fewest: list[str] | None = None
    for each in reviewed:
        found = list(each.problems(document, leaving=leaving))
        if not found:
            return
        fewest = found if fewest is None or len(found) < len(fewest) else fewest
    for what in fewest or ():
        yield fail(what)


CONTROL = Control(
    id="qlz-i8-reviewed-documents",
    title="Policies say what was reviewed",
    why=(
        "A condition that is gone, an action more or a denial less is one word in a long document, and nobody"
        " sees it by reading."
    ),
    fix=(
        "Write it as narrow as its entry in data/reviewed_documents.json, or have the change reviewed and the"
        " entry changed first."
    ),
    requirements=("I8", "T4", "K7"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-3", "AC-6", "CM-3"),
        "iso-27001-2022-annex-a": ("A.5.15", "A.5.18"),
        "ncsc-cloud-principles": ("9",),
        "csa-ccm-4": ("IAM-05",),
    },
    types=tuple(_DOCUMENTS),
    judge=judge,
)
