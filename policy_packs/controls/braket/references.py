"""T4, R1: what a resource refers to lies in the stack's account and region, also where it is known only late.

Rules over a stack judge a reference by what it depends on while it is unknown; by the time its value is known
the resource exists. This rule sees the value before the resource is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import Declared, StackFacts
from policy_packs.controls.value import Value

_SAYS_NOTHING = ("tags", "tagsAll", "description", "samlMetadataDocument")  # text for people, or judged whole


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if not resource.type.startswith("aws:"):
        return
    declared = facts.need()
    for name, value in resource.props.items():
        if name not in _SAYS_NOTHING:
            for part in _texts(value):
                yield from _judge_text(part, declared)


def _texts(value: Value) -> Iterator[Value]:
    if value.text():
        yield value
    for _, part in value.items():
        yield from _texts(part)
    for part in () if value.items() or value.text() or value.unknown else value.elements():
        if part is not value:
            yield from _texts(part)


def _judge_text(value: Value, declared: Declared) -> Iterator[Finding]:
    parts = value.text().split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return  # no ARN; policies, which are JSON, have controls of their own
    _, partition, service, region, account, _ = parts
    if partition != "aws":
        yield fail(f"{value.path} leads to another partition of AWS")
    if region not in ("", declared.region):
        yield fail(f"{value.path} leads to another region than {declared.region}")
    if account != declared.account and not (account == "" and service == "s3"):
        yield fail(f"{value.path} leads to something that is not of account {declared.account}")


CONTROL = Control(
    id="qlz-t4-references",
    title="References stay in the account",
    why="An ARN of another account, or of AWS's own, hands data or rights to whoever owns what it names.",
    fix="Refer to what this stack or its environment makes, in the stack's account and region.",
    requirements=("T4", "R1", "I8"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-4", "AC-6"),
        "iso-27001-2022-annex-a": ("A.8.3", "A.5.14"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("DSP-10", "IAM-05"),
        "uk-gdpr": ("32",),
    },
    types=(),
    judge=judge,
    admits_exceptions=False,
)
