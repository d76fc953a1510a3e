"""Takes what is secret out of what a control says.

A control quotes what it objects to: a principal, an action, the id of a statement. Where that comes out of a
secret, such as a policy built with one, the quote is a part of it, and the engine, which knows only the whole
secret, would show it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from policy_packs.controls.value import Plain, Value

_HIDDEN = "[secret]"
_WORD = re.compile(r"[a-z]+")


def redacted(text: str, *values: Value) -> str:
    """The text without any part of what is secret in the values.

    Whole texts inside a secret go wherever they stand; of the rest every piece, as ARNs are put together,
    that is in a secret too, except plain words, which a sentence has anyway.
    """
    hiding = [value for value in values if value.has_secret()]
    secrets = {part for value in hiding for part in _secret_texts(value, False) if part.strip()}
    if not secrets:
        return text
    for part in sorted(secrets, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", _HIDDEN, text)
    return re.sub(r"[^\s,;:/()'\"]+", lambda found: _piece(found[0], secrets), text)


def _piece(piece: str, secrets: set[str]) -> str:
    bare = piece.strip(".")
    if len(bare) < 2 or _WORD.fullmatch(bare) or not any(bare in part for part in secrets):
        return piece
    return piece.replace(bare, _HIDDEN)


def _secret_texts(value: Value, inside: bool) -> Iterator[str]:
    if value.unknown:
        return
    inside = inside or value.secret
    for _, part in value.items():
        yield from _secret_texts(part, inside)
    for part in value.elements():
        if part is not value:
            yield from _secret_texts(part, inside)
    if inside:
        yield from _texts(value.plain())


def _texts(data: Plain) -> Iterator[str]:
    if isinstance(data, dict):
        for key, part in data.items():
            yield key
            yield from _texts(part)
    elif isinstance(data, list):
        for part in data:
            yield from _texts(part)
    elif isinstance(data, str):
        yield data
        if data.lstrip().startswith(("{", "[")):
            try:
                yield from _texts(json.loads(data))
            except (ValueError, RecursionError):
                return
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield str(data)
