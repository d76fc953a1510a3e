"""Property paths of ignoreChanges and replaceOnChanges: `a.b`, `a[0].b`, `a["b.c"]`, `*` for any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from google.protobuf.struct_pb2 import Struct, Value

from rehearsal.engine.errors import EngineError

Part = str | int
_TOKEN: Final = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|\.?([^.\["\]]+)')


def parse(path: str) -> tuple[Part, ...]:
    """Raises EngineError for what is no property path."""
    parts: list[Part] = []
    at = 0
    while at < len(path):
        match = _TOKEN.match(path, at)
        if match is None:
            raise EngineError(
                f"{path!r} is not a property path", fix='Write it like a.b, a[0].b or a["b.c"].'
            )
        quoted, index, star, name = match.groups()
        if quoted is not None:
            parts.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            parts.append(int(index) if index else star or name)
        at = match.end()
    return tuple(parts)


def with_ignored(news: Struct, olds: Struct, paths: Iterable[str]) -> Struct:
    """The new inputs, with those at `paths` as they were (absent where they were absent)."""
    result = Struct()
    result.CopyFrom(news)
    for path in paths:
        _reset(Value(struct_value=olds), parse(path), result)
    return result


def _reset(old: Value, parts: Sequence[Part], new: Struct) -> None:
    holder = Value(struct_value=new)
    _reset_in(old, parts, holder)
    new.CopyFrom(holder.struct_value)


def _reset_in(old: Value, parts: Sequence[Part], new: Value) -> None:
    head, rest = parts[0], parts[1:]
    kind = new.WhichOneof("kind")
    same_kind = kind == old.WhichOneof("kind")
    if kind == "struct_value" and same_kind:
        before, after = old.struct_value.fields, new.struct_value.fields
        keys = sorted(before.keys() | after.keys()) if head == "*" else [str(head)]
        for key in keys:
            if rest and key in before and key in after:
                _reset_in(before[key], rest, after[key])
            elif key in before and (not rest or key not in after):
                after[key].CopyFrom(before[key])
            elif key in after and key not in before and not rest:
                del after[key]
    elif kind == "list_value" and same_kind:
        was, now = old.list_value.values, new.list_value.values
        indices = range(min(len(was), len(now))) if head == "*" else [head]
        for i in indices:
            if isinstance(i, int) and i < len(was) and i < len(now):
                if rest:
                    _reset_in(was[i], rest, now[i])
                else:
                    now[i].CopyFrom(was[i])


def touches(patterns: Iterable[str], changed: Iterable[str]) -> tuple[str, ...]:
    """Those of the changed paths that a pattern names: the same path, or one inside it."""
    parsed = [parse(pattern) for pattern in patterns]
    return tuple(path for path in changed if any(_meets(p, parse(path)) for p in parsed))


def _meets(pattern: Sequence[Part], path: Sequence[Part]) -> bool:
    return len(pattern) <= len(path) and all(p in ("*", c) for p, c in zip(pattern, path, strict=False))
