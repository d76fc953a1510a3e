"""I2, I3, I4: a managed identity is entered by the one workload that the stack file names for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_packs.controls.azure import CREDENTIAL, low, need_azure, said
from policy_packs.controls.control import Control, Finding, Resource, Severity, Stack, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

AUDIENCE = "api://AzureADTokenExchange"
PARTS = ("resourceName", "issuer", "subject", "audiences")


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    allowed = {name.lower(): rows for name, rows in need_azure(facts).credentials.items()}
    seen: dict[tuple[str, str], str] = {}
    for made in stack.of_type(CREDENTIAL):
        parts = [said(made, key) for key in PARTS]
        if unknown := [part for part in parts if not part.known]:
            yield undecided(unknown[0], made)
            continue
        identity, issuer, subject = low(parts[0]), parts[1].text(), parts[2].text()
        yield from entry(made, allowed)
        if seen.setdefault((issuer, subject), identity) != identity:
            yield fail(f"the workload {subject} comes in as {seen[issuer, subject]} too", made)


def entry(made: Resource, allowed: Mapping[str, frozenset[tuple[str, str]]]) -> Iterator[Finding]:
    """Judge one credential of which everything is known. allowed: identities, in lower case, to issuers and
    subjects."""
    identity = low(said(made, "resourceName"))
    issuer, subject = said(made, "issuer").text(), said(made, "subject").text()
    yield from _judge(made, allowed.get(identity, frozenset()), issuer, subject)
    if [each.text() for each in said(made, "audiences")] != [AUDIENCE]:
        yield fail(f"its audience is not {AUDIENCE} alone", made)


def _judge(
    made: Resource, allowed: frozenset[tuple[str, str]], issuer: str, subject: str
) -> Iterator[Finding]:
    if any(sign in subject for sign in "*?"):
        yield fail(f"its subject {subject} holds a wildcard", made)
    if issuer not in {row[0] for row in allowed}:
        yield fail(
            f"it trusts {issuer or 'no issuer'}, which the stack does not name for this identity", made
        )
    elif (issuer, subject) not in allowed:
        yield fail(f"it lets in {subject}, which the stack does not name for this identity", made)


CONTROL = Control(
    id="qlz-i2-azure-trust",
    title="Only the named workload comes in",
    why="A subject that somebody else can have too, such as a pull request's, comes in as the pipeline.",
    fix="Write issuer and subject as the stack file's pipeline gives them; plan and apply each their own.",
    requirements=("I2", "I3", "I4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("IA-8", "AC-3", "AC-5"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.8.5"),
        "ncsc-cloud-principles": ("10",),
        "csa-ccm-4": ("IAM-14", "IAM-16"),
    },
    types=(CREDENTIAL,),
    judge_stack=judge_stack,
    cloud="azure",
    admits_exceptions=False,
)
