"""Whether a change of a stack's files only tightens: takes away, shortens, ends, and adds nothing (G3, G4).

What a day decides (an expired exception, an overdue review) must never stop such a change. Two versions of
the files are compared key by key with a table of directions. What the table does not name may not change, so
a key that comes later widens until somebody has said which way it tightens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from components.spec.exceptions import FOLDER
from components.spec.problems import Path, key_text


class _Nothing:
    """What is not written down."""


NOTHING: Final = _Nothing()
Leaf = Callable[[Any, Any], bool]
"""Whether a new value tightens an old one, or is the same; either may be NOTHING."""


@dataclass(frozen=True)
class Rows:
    """A list of mappings: each new one tightens an old one, with which it shares the keys in `by`."""

    by: tuple[str, ...]
    table: Table


Rule = Leaf | Rows | Mapping[str, Any]
Table = Mapping[str, Rule]


def widenings(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a change of files does more than tighten, as FILE: KEY; empty when it only tightens.

    old, new: file, relative to the root, to its value as the strict reader gives it. A file may go only if it
    is an exception; none may come.
    """
    found: list[str] = []
    for file in sorted({*old, *new}):
        before, after = old.get(file, NOTHING), new.get(file, NOTHING)
        if before is NOTHING or (after is NOTHING and not file.startswith(f"{FOLDER}/")):
            found.append(f"{file}: {'is new' if before is NOTHING else 'is gone'}")
        elif after is not NOTHING:
            found += (f"{file}: {key_text(path)}" for path in _compare(_table(file, before), before, after))
    return tuple(found)


def only_tightens(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the new version of a stack's files only tightens the old one. Shapes as for `widenings`."""
    return not widenings(old, new)


# --- directions ---------------------------------------------------------------------------------------------


def same(old: Any, new: Any) -> bool:
    """No change."""
    return _canonical(old) == _canonical(new)


def less(old: Any, new: Any) -> bool:
    """A whole number, or an amount in quotes, that does not grow."""
    before, after = _number(old), _number(new)
    if before is None or after is None or type(old) is not type(new):
        return same(old, new)
    return after <= before


def fewer(old: Any, new: Any) -> bool:
    """A list that loses entries, or a mapping whose other entries stay; left out is empty."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in old and same(old[key], new[key]) for key in new)
    before, after = ([] if one is NOTHING else one for one in (old, new))
    if not isinstance(before, list) or not isinstance(after, list):
        return False
    return {*map(_canonical, after)} <= {*map(_canonical, before)}


def earlier(old: Any, new: Any) -> bool:
    """A day or an instant, in quotes, that comes no later."""
    return same(old, new) or (_moment(old) == _moment(new) != "" and new <= old)


def later(old: Any, new: Any) -> bool:
    """A day or an instant, in quotes, that comes no sooner."""
    return same(old, new) or (_moment(old) == _moment(new) != "" and new >= old)


def gone(old: Any, new: Any) -> bool:
    """Taken away as a whole, or no change."""
    return new is NOTHING or same(old, new)


def decommissioned(old: Any, new: Any) -> bool:
    """From active to decommissioned."""
    return same(old, new) or (old, new) == ("active", "decommissioned")


# --- the table ----------------------------------------------------------------------------------------------

_OPTIONAL: Final = "?"
"""Ends the name of a key that may also be taken away as a whole."""
_PLACE: Table = {"also": fewer}
_ALERTS: Table = {"denied_calls_per_hour": less, "idle_days": less}
_GRANTS = Rows(
    by=("what", "requester", "approver", "reason", "ticket"), table={"start": later, "end": earlier}
)

AWS_PROJECT: Table = {
    "lifecycle": decommissioned,
    "aws": _PLACE,
    "devices": fewer,
    "results": {"retention_days": less},
    "key": {"rotate_by": earlier},
    "archive?": {"retention_days": less},
    "notebooks?": {"idle_minutes": less},
    "budget": {"usd_per_month": less},
    "elevation": _GRANTS,
}
AZURE_PROJECT: Table = {
    "lifecycle": decommissioned,
    "azure": _PLACE,
    "devices": fewer,
    "plans": fewer,
    "service": gone,
    "results": {"retention_days": less},
    "budget": {"per_month": less},
    "elevation?": {"until": earlier, "rules": {"production_queue": gone, "rotate_key": gone}},
    "accepted": Rows(by=("demand", "reason", "owner", "approver"), table={"expires": earlier}),
}
_WAYS_IN: Table = {"oidc": fewer, "ci": gone, "break_glass?": {"test_every_days": less}}
AWS_ENVIRONMENT: Table = {
    "lifecycle": decommissioned,
    "next_review": earlier,
    "aws": _PLACE,
    "identity": {**_WAYS_IN, "saml": gone, "bootstrap": gone},
    "alerts": _ALERTS,
}
AZURE_ENVIRONMENT: Table = {
    "lifecycle": decommissioned,
    "next_review": earlier,
    "azure": _PLACE,
    "identity": _WAYS_IN,
    "alerts": _ALERTS,
}
# Its locks hold for other accounts: naming fewer of them, or going away, widens.
ORGANIZATION: Table = {"next_review": earlier}
CHARTER: Table = {
    "tiers": fewer,
    "jurisdictions": fewer,
    "data_leaving": fewer,
    "contract": {"expires": earlier},
    "spending": Rows(by=("environment", "device"), table={"usd": less}),
    "alerts": {"submissions_per_hour": less, "source_networks": fewer, "idle_days": less},
    "start": later,
    "end": earlier,
    "next_review": earlier,
}
EXCEPTION: Table = {"expires": earlier}


def _table(file: str, value: Any) -> Table:
    """By the file's place, and by the kind and cloud that its old version names."""
    if file.startswith(f"{FOLDER}/"):
        return EXCEPTION
    if file.startswith("stacks/charters/"):
        return CHARTER
    config = value.get("config") if isinstance(value, dict) else None
    kind = config.get("qlz:kind") if isinstance(config, dict) else None
    spec = config.get("qlz:spec") if isinstance(config, dict) else None
    azure = isinstance(spec, dict) and "azure" in spec
    tables: Mapping[Any, Table] = {
        "project": AZURE_PROJECT if azure else AWS_PROJECT,
        "environment": AZURE_ENVIRONMENT if azure else AWS_ENVIRONMENT,
        "organization": ORGANIZATION,
    }
    return {"config": {"qlz:spec": tables[kind]}} if isinstance(kind, str) and kind in tables else {}


# --- comparing ----------------------------------------------------------------------------------------------


def _compare(rule: Rule, old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """The paths at which the new value does more than tighten."""
    if isinstance(rule, Rows):
        if not _rows_tighten(rule, old, new):
            yield path
    elif isinstance(rule, Mapping):
        yield from _compare_mappings(rule, old, new, path)
    elif not rule(old, new):
        yield path


def _compare_mappings(table: Table, old: Any, new: Any, path: Path) -> Iterator[Path]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        if not same(old, new):
            yield path
        return
    for key in sorted({*old, *new}, key=str):
        before, after = old.get(key, NOTHING), new.get(key, NOTHING)
        if after is NOTHING and f"{key}{_OPTIONAL}" in table:
            continue
        rule = table.get(key) or table.get(f"{key}{_OPTIONAL}") or same
        yield from _compare(rule, before, after, (*path, str(key)))


def _rows_tighten(rule: Rows, old: Any, new: Any) -> bool:
    before, after = ([] if one is NOTHING else one for one in (old, new))
    if not isinstance(before, list) or not isinstance(after, list):
        return same(old, new)
    table = {**dict.fromkeys(rule.by, same), **rule.table}
    return all(any(not [*_compare(table, one, row)] for one in before) for row in after)


def _canonical(value: Any) -> str:
    # As text, since 1 == True == 1.0 in Python.
    return "" if value is NOTHING else json.dumps(value, sort_keys=True)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", value):
        return Decimal(value)
    return Decimal(value) if type(value) is int else None


def _moment(value: Any) -> str:
    """The form of a day or an instant, of which only one and the same compare as texts."""
    if not isinstance(value, str):
        return ""
    return (
        "day" if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "instant" if _INSTANT.fullmatch(value) else ""
    )


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
