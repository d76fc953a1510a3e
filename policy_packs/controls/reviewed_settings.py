"""Settings that have been reviewed: what a stack has to have, and how each of it is set.

The list is data, so that a setting joins with one line and a reviewer reads them all in one place. A row
names a type and, by some properties, which resources of it; `needed` says that there has to be one, `beside`
only where the stack has that other resource. A setting is a value to equal, or an object of tests: `is`,
`in`, `most`, `least`, `json` (data in a text), `matches`, `script` (lines in base64), `ref` (names a resource
of a type of this stack); with `later` what is unknown waits until it is known. `having`: each needs one
resource of a type that names it by a property.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Container, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import Finding, Resource, Stack, fail, undecided
from policy_packs.controls.stack_facts import Among, Declared, StackFacts
from policy_packs.controls.value import Value

DATA: Final = Path(__file__).resolve().parent / "data" / "reviewed_settings.json"
Filling = Mapping[str, tuple[Any, ...]]
_MARK: Final = re.compile(r"<[a-z_]+>")


@cache
def rows(cloud: str) -> tuple[Mapping[str, Any], ...]:
    """The rows for stacks on a cloud."""
    return tuple(row for row in json.loads(DATA.read_text(encoding="utf-8"))["rows"] if row["cloud"] == cloud)


@cache
def _rows_and_marks(cloud: str, kind: str) -> tuple[tuple[Mapping[str, Any], frozenset[str]], ...]:
    """The rows for stacks of a kind, each with the placeholders in it."""
    return tuple(
        (row, frozenset(_MARK.findall(json.dumps(row))))
        for row in rows(cloud)
        if row["stack"] in (kind, "any")
    )


def types(cloud: str) -> tuple[str, ...]:
    """The types that rows speak of."""
    return tuple(dict.fromkeys(row["type"] for row in rows(cloud)))


def judge(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    """What is missing or set otherwise than reviewed."""
    declared = facts.need()
    here = Among(declared.label or declared.environment, declared.account, ())
    for place in declared.among or (here,):
        filling = _filling(declared, place)
        for row, marks in _rows_and_marks(declared.cloud, declared.kind):
            if _asked(row, filling) and (row.get("needed") or stack.of_type(row["type"])):
                for filled in _choices(row, marks, filling):
                    yield from _judge_row(stack, filled, declared)


def _judge_row(stack: Stack, row: Mapping[str, Any], declared: Declared) -> Iterator[Finding]:
    wanted = row.get("by", {})
    found = [each for each in stack.of_type(row["type"]) if _is(each, wanted)]
    beside = row.get("beside")
    if beside and not any(_is(each, beside["by"]) for each in stack.of_type(beside["type"])):
        return
    if row.get("needed") and not found and declared.lifecycle != "decommissioned":
        named = ", ".join(f"{key} {value}" for key, value in wanted.items())
        yield fail(f"it has no {row['type'].rpartition(':')[2]}{f' with {named}' if named else ''}")
    for each in found:
        if row.get("protected") and not each.protect and declared.lifecycle != "decommissioned":
            yield fail("it is not protected: it can be deleted by leaving it out", each)
        if (having := row.get("having")) and not any(
            _names(stack, other, having["by"], _said(other)[having["by"]], each)
            for other in stack.of_type(having["type"])
        ):
            yield fail(f"it has no {having['type'].rpartition(':')[2]} of its own", each)
        leaving = row.get("leaving", {}) if declared.lifecycle == "decommissioned" else {}
        for path, spec in {**row.get("settings", {}), **leaving}.items():
            yield from _judge_setting(stack, each, path, spec)


def _is(resource: Resource, wanted: Mapping[str, Any]) -> bool:
    return all(_same_text(_said(resource)[key], text) for key, text in wanted.items())


def _same_text(value: Value, text: Any) -> bool:
    """Azure's names have no case."""
    found = value.text()
    return found.lower() == str(text).lower() if found else value == text


def _said(resource: Resource) -> Value:
    return resource.inputs or resource.props


def _judge_setting(stack: Stack, resource: Resource, path: str, spec: Any) -> Iterator[Finding]:
    tests = dict(spec) if isinstance(spec, Mapping) else {"is": spec}
    later, kind = tests.pop("later", False), tests.pop("ref", None)
    for value in _at(_said(resource), path):
        if kind and not any(_names(stack, resource, path, value, other) for other in stack.of_type(kind)):
            yield fail(f"its {path} names no {kind.rpartition(':')[2]} of this stack", resource)
        if not tests or (later and not value.known):
            continue
        if not value.known:
            yield undecided(value, resource)
        elif not all(_holds(value, name, wanted) for name, wanted in tests.items()):
            shown = "left out" if value.absent else f"set to {value}"
            yield fail(f"its {path} is {shown}, otherwise than reviewed", resource)


def _names(stack: Stack, resource: Resource, path: str, value: Value, other: Resource) -> bool:
    """By dependency until it is known, then by an id, which ends an ARN."""
    if value.unknown:
        return other in stack.behind(resource, path.partition(".")[0].removesuffix("[]"))
    arn = other["arn"].text()
    ids = [*(other[key].text() for key in _IDS), _said(other)["accountName"].text()]
    ends = (arn, arn.rpartition("/")[2], arn.rpartition(":")[2], *ids)
    return bool(value.text()) and value.text() in ends


_IDS: Final = ("id", "keyId", "bucket", "name")


def _at(value: Value, path: str) -> Iterator[Value]:
    """The values at a path: `[]` stands for every element, of which there is one or more, `*` for any key."""
    key, _, rest = path.partition(".")
    if key == "*" and rest:
        for _, part in value.items():
            yield from _at(part, rest)
        return
    listed = key.endswith("[]")
    part = value.get(key.removesuffix("[]"))
    if listed and not part.elements():
        yield part.get(rest) if rest else part  # as absent as its list
        return
    for each in part if listed else (part,):
        yield from _at(each, rest) if rest else (each,)


def _holds(value: Value, test: str, wanted: Any) -> bool:
    found = value.plain()
    number = found if isinstance(found, int | float) and not isinstance(found, bool) else None
    match test:
        case "is":
            return bool(value == wanted)
        case "in":
            return bool(any(value == each for each in wanted) or (value.absent and None in wanted))
        case "most":
            return number is not None and wanted is not None and bool(number <= wanted)
        case "least":
            return number is not None and wanted is not None and bool(number >= wanted)
        case "json":
            return bool(_parsed(value) == wanted)
        case "script":
            pattern = re.escape("\n".join(wanted)).replace(re.escape("<minutes>"), "[1-9][0-9]{1,2}")
            return re.fullmatch(pattern, _decoded(value)) is not None
        case "matches":
            text = value.text() or json.dumps(value.plain(), sort_keys=True)
            return not value.absent and bool(re.fullmatch(wanted, text))
    raise ValueError(f"no such test: {test}")


def _decoded(value: Value) -> str:
    try:
        return base64.b64decode(value.text(), validate=True).decode()
    except ValueError:
        return ""


def _parsed(value: Value) -> Any:
    try:
        return json.loads(value.text())
    except ValueError:
        return None


# --- a stack's own names in a row ---------------------------------------------------------------------------


def _filling(declared: Declared, place: Among) -> Filling:
    spec, azure = declared.spec, declared.azure
    kept = declared.kept_days
    watched = spec.watched if spec else {}
    return {
        "<account>": (place.account,),
        "<region>": (declared.region,),
        "<also>": tuple(declared.also),
        "<regions>": (declared.region, *declared.also),
        "<label>": (azure.label if azure else place.label,),
        "<project>": (declared.project,),
        "<email>": tuple(declared.alert_emails),
        "<watched>": tuple(watched),
        "<denied>": (spec.denied_per_hour if spec else None,),
        **{f"<{what}>": (days,) for what, days in kept.items()},
        "<emergency>": _emergency(azure) if azure else (),
        "alarms": (True,) if azure and azure.alarms else (),
        "break-glass": (True,) if declared.break_glass else (),
        "network": (True,) if declared.network else (),
        "ci": (True,) if declared.ci else (),
        **{each: () if each in declared.existing else (True,) for each in _SHARED},
        "<vault>": ("recover" if azure and azure.recover else "default",),
    }


_SHARED: Final = ("access-analyzer", "idle-analyzer")
"""What an account may hold already, and another owns."""


def _emergency(azure: Azure) -> tuple[str, ...]:
    return tuple(each.who for each in azure.grants if azure.role_kinds.get(each.role) == "break-glass")


def _asked(row: Mapping[str, Any], filling: Filling) -> bool:
    return "when" not in row or bool(filling[row["when"]])


def _choices(row: Mapping[str, Any], marks: Container[str], filling: Filling) -> Iterator[Mapping[str, Any]]:
    """The row for every choice of what its placeholders, the marks, stand for."""
    used = [mark for mark in filling if mark in marks]
    for choice in product(*(filling[mark] for mark in used)):
        filled: Mapping[str, Any] = _filled(row, dict(zip(used, choice, strict=True)))
        yield filled


def _filled(data: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(data, Mapping):
        return {_filled(key, values): _filled(part, values) for key, part in data.items()}
    if isinstance(data, list):
        return [_filled(part, values) for part in data]
    if not isinstance(data, str) or "<" not in data:
        return data
    if data in values:
        return values[data]  # a number stays one
    for mark, value in values.items():
        data = data.replace(mark, str(value))
    return data.replace("<~", "<")
