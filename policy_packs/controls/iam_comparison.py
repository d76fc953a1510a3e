"""Whether one statement of a policy says no more than another.

By it "at most what was reviewed" and "at least what was reviewed" are decided without a list of cases: an
allowance is within a reviewed one, a reviewed denial is within one that is there. What cannot be shown to be
within is not: two conditions are compared only where the language says what one means for the other. Source:
IAM User Guide, "Condition operators" and "Creating a condition with multiple keys or values".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from policy_packs.controls.iam_document import Condition, Statement, covers, overlap

ANY: Final = "<any>"
"""A value that a reviewed condition leaves to another control, alone. It is for reviewed statements: whoever
compares refuses it in a statement that is judged (`placeholders`)."""
_PLACEHOLDER: Final = re.compile(r"<[a-z]+>")

_PATTERNS: Final = frozenset(
    ("stringlike", "arnlike", "arnequals", "stringnotlike", "arnnotlike", "arnnotequals")
)
"""Operators whose values are patterns; those of ARNs are the same with Equals and Like."""
_LOOSER: Final = {
    "stringequals": ("stringequals", "stringlike", "stringequalsignorecase"),
    "stringlike": ("stringlike",),
    "arnequals": ("arnequals", "arnlike"),
    "arnlike": ("arnlike", "arnequals"),
    "stringnotlike": ("stringnotlike", "stringnotequals"),
    "arnnotequals": ("arnnotequals", "arnnotlike"),
    "arnnotlike": ("arnnotlike", "arnnotequals"),
}
"""What else holds where an operator holds, over the same or more values."""


def placeholders(statement: Statement) -> tuple[str, ...]:
    """Texts in which a statement holds what only a reviewed one may: something in angle brackets."""
    texts = (
        *(*statement.actions, *statement.not_actions, *statement.resources, *statement.not_resources),
        *(name for names in statement.principals.values() for name in names),
        *(text for each in statement.conditions for text in (each.key, *each.values)),
    )
    return tuple(text for text in texts if _PLACEHOLDER.search(text))


def allowed_by(statement: Statement, reviewed: Iterable[Statement]) -> bool:
    """Whether everything that an allowance lets through is let through by reviewed ones, part by part.

    A part is one of its actions on one of its resources: another may say the same in several.
    """
    reviewed = tuple(reviewed)
    if any(_word_for_word(statement, each) for each in reviewed):
        return True
    those = [each for each in reviewed if _asks_no_less(statement, each)]
    for action in _one_by_one(statement.actions):
        speaking = [each for each in those if _actions_within(statement, action, each)]
        for resource in _one_by_one(statement.resources):
            if not any(_resources_within(statement, resource, each) for each in speaking):
                return False
    return True


def _one_by_one(terms: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each alone; where a statement has none (it has Not… or neither), that once."""
    return [(term,) for term in terms] or [()]


def denied_by(reviewed: Statement, statements: Iterable[Statement]) -> bool:
    """Whether everything that a reviewed denial stops is stopped, part by part."""
    return allowed_by(reviewed, statements)


def _word_for_word(one: Statement, other: Statement) -> bool:
    """Whether both say the same in the same order, as most do: what is found without comparing any parts."""
    return (
        one.actions == other.actions
        and one.resources == other.resources
        and one.conditions == other.conditions
        and one.principals == other.principals
        and (one.not_actions, one.not_resources) == (other.not_actions, other.not_resources)
        and not (one.not_principals or other.not_principals)
        and all(each.values for each in one.conditions)
    )


def _asks_no_less(inner: Statement, outer: Statement) -> bool:
    """Whether whom and under which conditions it speaks of is within the other's."""
    return _principals_within(inner, outer) and all(
        any(_implies(mine, theirs) for mine in inner.conditions) for theirs in outer.conditions
    )


def _actions_within(inner: Statement, actions: tuple[str, ...], outer: Statement) -> bool:
    """Whether these of its actions are within the other's."""
    return _terms_within(actions, inner.not_actions, outer.actions, outer.not_actions, fold=True)


def _resources_within(inner: Statement, resources: tuple[str, ...], outer: Statement) -> bool:
    return _terms_within(resources, inner.not_resources, outer.resources, outer.not_resources, fold=False)


def _terms_within(
    mine: tuple[str, ...],
    but: tuple[str, ...],
    theirs: tuple[str, ...],
    but_theirs: tuple[str, ...],
    *,
    fold: bool,
) -> bool:
    if but:  # everything but a list is within everything but a shorter one, or within all there is
        everything = any(pattern == "*" for pattern in theirs)
        return everything or (
            bool(but_theirs) and all(any(covers(b, t, fold=fold) for b in but) for t in but_theirs)
        )
    if but_theirs:
        return bool(mine) and not any(overlap(m, t, fold=fold) for m in mine for t in but_theirs)
    if not mine and not theirs:
        return True
    return bool(mine) and all(m in theirs or any(covers(t, m, fold=fold) for t in theirs) for m in mine)


def _principals_within(inner: Statement, outer: Statement) -> bool:
    if inner.not_principals or outer.not_principals:
        return False
    if not outer.principals:
        return not inner.principals
    everyone = any("*" in names for kind, names in outer.principals.items() if kind in ("*", "AWS"))
    return bool(inner.principals) and all(
        everyone or name in outer.principals.get(kind, ())
        for kind, names in inner.principals.items()
        for name in names
    )


def _implies(one: Condition, other: Condition) -> bool:
    """Whether the other condition holds wherever the one does."""
    if one.key != other.key:
        return False
    (qualifier, operator, optional), (wanted_qualifier, wanted, may_lack) = _read(one), _read(other)
    if qualifier != wanted_qualifier or (optional and not may_lack):
        return False
    if operator != wanted and wanted not in _LOOSER.get(operator, ()):
        return False
    if (ANY,) in (one.values, other.values):
        return bool(one.values) and bool(other.values)
    patterns = wanted in _PATTERNS
    if "not" in wanted:
        # Each that the other rules out is ruled out by the one; both are lists of what may not be.
        return bool(one.values) and all(
            any(_same(m, t, operator in _PATTERNS) for m in one.values) for t in other.values
        )
    if wanted.startswith(("numeric", "date")) or wanted in ("bool", "null", "ipaddress", "binaryequals"):
        return set(one.values) <= set(other.values) and bool(one.values)
    return bool(one.values) and all(any(_same(t, m, patterns) for t in other.values) for m in one.values)


def _same(pattern: str, value: str, patterns: bool) -> bool:
    return covers(pattern, value) if patterns else pattern == value


def _read(condition: Condition) -> tuple[str, str, bool]:
    """Qualifier, operator, and whether a request without the key passes."""
    qualifier, colon, operator = condition.operator.rpartition(":")
    optional = operator.endswith("ifexists")
    return qualifier if colon else "", operator.removesuffix("ifexists"), optional
