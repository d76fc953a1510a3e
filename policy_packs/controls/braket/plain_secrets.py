"""K1: no secret stands readable in what a program declares."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value

# Forms that are secrets wherever they stand. Sources: the providers' own pages on their tokens' forms.
_FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a storage account's key": r"AccountKey=[A-Za-z0-9+/]{40,}",
    "a shared access signature": r"[?&]sig=[A-Za-z0-9%+/]{20,}",
    "a token of GitHub": r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
}
_ANY = re.compile("|".join(f"({form})" for form in _FORMS.values()))
_NAMES = tuple(_FORMS)
_MARKS = (
    "AKIA",
    "ASIA",
    "PRIVATE KEY",
    "AccountKey=",
    "sig=",
    *(f"gh{kind}_" for kind in "pousr"),
    "github_pat_",
    "glpat-",
    "eyJ",
    "xox",
)
"""One of these stands in each form: most texts are told harmless by that alone."""
_SHORTEST = 15


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    for value in _texts(resource.props):
        text = value.text()
        if value.secret or len(text) < _SHORTEST or not any(mark in text for mark in _MARKS):
            continue
        if found := _ANY.search(text):
            yield fail(f"{value.path} holds {_NAMES[(found.lastindex or 1) - 1]}, readable to all")


def _texts(value: Value) -> Iterator[Value]:
    if value.text():
        yield value
        return
    for _, part in value.items():
        yield from _texts(part)
    for part in () if value.items() or value.unknown else value.elements():
        if part is not value:
            yield from _texts(part)


CONTROL = Control(
    id="qlz-k1-no-plain-secrets",
    title="No secret stands in a program",
    why="What stands in a program stands in its repository, its state, its logs and every copy of them.",
    fix="Take it out, have it revoked, and let the program name where a secrets manager keeps it.",
    requirements=("K1",),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("IA-5", "SC-28"),
        "iso-27001-2022-annex-a": ("A.5.17", "A.8.12"),
        "ncsc-cloud-principles": ("10", "12"),
        "csa-ccm-4": ("IAM-15", "UEM-11"),
    },
    types=(),
    judge=judge,
    cloud="any",
    admits_exceptions=False,
)
