"""K1: no secret stands readable in what a program declares."""

from __future__ import annotations

import base64
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
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{20,}={0,2}\s*")
_DEEPEST = 3  # how often a text may be written in base64 and is still read


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    for value in _texts(resource.props):
        if value.secret:
            continue
        where = _ANY.sub("…", value.path)
        if kind := _held(value.text()):
            yield fail(f"{where} holds {kind}, readable to all")
        for key, _ in value.items():  # a key is readable where its value is not
            if kind := _held(key):
                yield fail(f"a key in {where or 'its properties'} holds {kind}, readable to all")


def _held(text: str) -> str:
    """Which kind of secret stands in a text, as it is or in base64; empty where none does."""
    for _ in range(_DEEPEST):
        if len(text) < _SHORTEST:
            return ""
        if any(mark in text for mark in _MARKS) and (found := _ANY.search(text)):
            return _NAMES[(found.lastindex or 1) - 1]
        if not _BASE64.fullmatch(text):
            return ""
        text = _decoded(text)
    return ""


def _decoded(text: str) -> str:
    """A text out of base64, of either alphabet; what is no letter in it stands as one that fits no form."""
    plain = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("utf-8", "replace")
    except ValueError:
        return ""


def _texts(value: Value) -> Iterator[Value]:
    """Texts, and the objects whose keys are some."""
    if value.text():
        yield value
        return
    if parts := value.items():
        yield value
    for _, part in parts:
        yield from _texts(part)
    for part in () if parts or value.unknown else value.elements():
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
