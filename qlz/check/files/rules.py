"""The rules of the checks by file, and their findings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_packs.controls.declared.exceptions_valid import CONTROL as VALID
from policy_packs.controls.exceptions import UNUSED
from qlz.check.report import TIME_RULE, Finding, Level, Rule, Verdict

SECRET: Final = Rule(
    id="qlz-file-k1-secret",
    title="No secret in a file",
    why="What is committed is copied to everybody who clones, and stays in the history.",
    fix="Revoke it where it is from, keep the new one in a secrets manager, and name it there.",
    severity="critical",
    requirements=("K1",),
)
OUTPUT: Final = Rule(
    id="qlz-file-l2-notebook-output",
    title="No output in a notebook",
    why="Outputs are results and payloads: committed, they leave the store that keeps and deletes them.",
    fix="Clear them: jupyter nbconvert --clear-output --inplace NOTEBOOK.",
    severity="high",
    requirements=("L2", "R2", "T3"),
)
OMITTED: Final = Rule(
    id="qlz-file-c3-omitted",
    title="No stack is left behind",
    why="Without its file, or in another account, what a stack held stays, and nothing judges it any more.",
    fix="Put the file back with lifecycle: decommissioned, bring that up, destroy it, then remove the file.",
    severity="critical",
    requirements=("C3", "D3"),
)
STRAY: Final = Rule(
    id="qlz-file-c1-stray",
    title="Every file in stacks/ is one that is read",
    why="A file in another place, by another name or through a link looks judged, and is not.",
    fix="Name it stacks/Pulumi.STACK.yaml, charters/NAME.yaml, exceptions/NAME.yaml or identity/….xml.",
    severity="high",
    requirements=("C1",),
)
UNSEEN: Final = Rule(
    id="qlz-file-d3-unseen-code",
    title="No code runs unseen",
    why="Reviews and policy packs see what is named and can be read; this runs before them, or instead.",
    fix="Remove it; write what is to run as source, and import it by a name of its own.",
    severity="critical",
    requirements=("D3", "K1"),
)
TIME: Final = Rule(
    id=TIME_RULE,
    title="Dates in the files have not passed",
    why="Assumptions, contracts and rights end on a day, so that somebody looks at them again.",
    fix="Review what the message names, then write down the new day.",
    severity="medium",
    requirements=("G3", "C1", "R3"),
)
UNCOMPARED: Final = Rule(
    id="qlz-file-c3-not-compared",
    title="Files were compared with what there was",
    why="Whether a stack's file is gone shows only beside an earlier state.",
    fix="Say qlz check --changed BASE in a clone with its history.",
    severity="low",
    requirements=("C3",),
)
_OWN: Final = (SECRET, OUTPUT, OMITTED, STRAY, UNSEEN, TIME, UNCOMPARED)
_EXCEPTIONS: Final = (
    Rule(VALID.id, VALID.title, VALID.why, VALID.fix, "high", VALID.requirements, VALID.frameworks),
    Rule(UNUSED.id, UNUSED.title, UNUSED.why, UNUSED.fix, "low", UNUSED.requirements, UNUSED.frameworks),
)
VALID_ID, UNUSED_ID = VALID.id, UNUSED.id
RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rule in (*_OWN, *_EXCEPTIONS)}
"""All of them by id, as formats describe them."""
ADMITTING: Final = frozenset({SECRET.id, OUTPUT.id})
"""Those that admit exceptions: where a scanner can be wrong."""
_SLOWLY: Final = {"n": 1 << 12, "r": 8, "p": 1, "dklen": 8}


@dataclass(frozen=True)
class Marked(Finding):
    """A finding that an exception may cover. place: its file and a mark of exactly what was found there."""

    place: tuple[str, str] = ("", "")


def marked(found: Finding, path: str, content: bytes) -> Marked:
    """The finding with the mark of what was found, which its message names.

    The mark tells one content from another, and is slow to make, so that nobody tries what it might be of.
    """
    mark = hashlib.scrypt(content, salt=path.encode("utf-8", "surrogateescape"), **_SLOWLY).hex()
    shown = f"{found.message} (file::{found.file}:{mark})"
    return Marked(**{**vars(found), "message": shown}, place=(path, mark))


def finding(
    rule: str,
    message: str,
    file: str = "",
    line: int = 0,
    *,
    stack: str = "",
    fix: str = "",
    key: str = "",
    level: Level = "mandatory",
    verdict: Verdict = "fail",
) -> Finding:
    """A finding of one of these rules. Where the message has its own fix, that one is told."""
    told = RULES[rule]
    return Finding(
        rule=rule,
        message=_shown(message),
        level=level,
        verdict=verdict,
        source="file",
        stack=stack,
        file=_shown(file),
        line=line,
        key=key,
        why=told.why,
        fix=fix or told.fix,
        severity=told.severity,
    )


def _shown(text: str) -> str:
    """Names of files can hold anything, also what ends a line or is no character."""
    return text if text.isprintable() else ascii(text)[1:-1]
