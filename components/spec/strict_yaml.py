"""Reads the part of YAML on which every reader agrees.

A stack file is read by this loader and by the Pulumi CLI, whose Go reader follows other rules (octals, truth
words, timestamps and merge keys of YAML 1.1). What the two could read differently, or what surprises people,
is refused together with the line to write instead. Line numbers and values come from the same reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from components.spec.problems import Path, Problem, SpecError, key_text

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "="}
_NOTHING = {"", "~", "null"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
# All that begins like a number: octal, hexadecimal, sexagesimal, with underscores, fractions, and text alike.
_NUMBERISH = re.compile(r"[-+]?\.?[0-9].*|[-+]?\.(inf|nan)", re.IGNORECASE)
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """Where a value stands: line from 1, column from 0, its text, and whether it is quoted."""

    line: int
    column: int
    text: str
    quoted: bool


@dataclass(slots=True)
class Document:
    """A file as read: plain values, the line of every key path, and the problems met on the way."""

    file: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    scalars: dict[Path, Scalar] = field(default_factory=dict)
    source: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest key above it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def has(self, path: Path) -> bool:
        """Whether the key is written down."""
        return path in self.lines

    def problem(self, path: Path, message: str, fix: str = "", *, blocks: bool = True) -> Problem:
        """A problem with the key at this path."""
        return Problem(self.file, self.line(path), key_text(path), message, fix, blocks)

    def quoted_line(self, path: Path) -> str:
        """The source line with the value at this path put in quotes; empty when it cannot be shown so."""
        scalar = self.scalars.get(path)
        if scalar is None or scalar.quoted or not scalar.text:
            return ""
        line = self.source[scalar.line - 1]
        end = scalar.column + len(scalar.text)
        if line[scalar.column : end] != scalar.text or '"' in scalar.text or "\\" in scalar.text:
            return ""
        return f'{line[: scalar.column]}"{scalar.text}"{line[end:]}'.strip()


def read_yaml(file: str, data: bytes) -> Document:
    """Read one file's bytes. Raises SpecError when nothing sensible can be read; lesser problems are in
    ``Document.problems``, so that the caller can report them together with its own."""
    found = _read(file, data)
    return replace(found, value=deepcopy(found.value), problems=[*found.problems])  # the caller's to change


@lru_cache(maxsize=4096)
def _read(file: str, data: bytes) -> Document:
    """The document, kept: a command, the program it runs and the packs that judge it read the same files, and
    parsing is what takes long."""
    text = _decode(file, data)
    document = Document(file, source=text.split("\n"))
    try:
        # The round-trip reader attaches comments, which nobody here needs; the safe one is the same YAML 1.2.
        events = tuple(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or error.context or "cannot be read").splitlines()[0]
        line = mark.line + 1 if mark else 0
        raise SpecError([Problem(file, line, "", f"not valid YAML: {what}", _syntax_fix(what))]) from None
    except (YAMLError, ValueError) as error:
        raise SpecError([Problem(file, 0, "", f"not valid YAML: {str(error).splitlines()[0]}")]) from None
    _Builder(document, iter(events)).build()
    return document


def _decode(file: str, data: bytes) -> str:
    def refuse(line: int, message: str, fix: str) -> SpecError:
        return SpecError([Problem(file, line, "", message, fix)])

    if len(data) > MAX_BYTES:
        raise refuse(0, f"is {len(data)} bytes long", f"a file of this kind holds at most {MAX_BYTES} bytes")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise refuse(1, "begins with a byte order mark", "save the file as UTF-8 without a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refuse(line, "is not UTF-8", "save the file as UTF-8") from None
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise refuse(0, "is empty", "docs and the examples in stacks/ show what belongs in it")
    for number, line_text in enumerate(text.split("\n"), 1):
        if "\t" in line_text:
            raise refuse(number, "holds a tab", "indent with spaces")
        if hidden := _HIDDEN.search(line_text):
            raise refuse(number, f"holds the invisible character U+{ord(hidden[0]):04X}", "remove it")
    return text


def _syntax_fix(what: str) -> str:
    if "mapping values are not allowed" in what:
        return "put text that holds a colon and a space in quotes; otherwise check the indentation"
    if "expected <block end>" in what or "could not find expected" in what:
        return "check the indentation, and the colon and space after each key"
    return ""


class _Builder:
    """Turns parse events into plain values, and notes what is not sure to mean the same to every reader."""

    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self.document = document
        self.events = events

    def build(self) -> None:
        documents = 0
        for event in self.events:
            if not isinstance(event, DocumentStartEvent):
                continue
            documents += 1
            if documents > 1:
                self._note((), event, "holds a second document", "one file, one document: remove the ---")
                break
            if event.version or event.tags:
                self._note((), event, "holds a % directive", "remove it; YAML 1.2 is meant")
            self.document.value = self._node(next(self.events), ())
        if not isinstance(self.document.value, dict):
            problem = self.document.problem((), "is not a mapping", "write it as `key: value` lines")
            raise SpecError([*self.document.problems, problem])

    def _note(self, path: Path, event: Any, message: str, fix: str) -> None:
        line = event.start_mark.line + 1
        self.document.problems.append(Problem(self.document.file, line, key_text(path), message, fix))

    def _node(self, event: Any, path: Path) -> Any:
        self.document.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > MAX_DEPTH:
            problem = self.document.problem(path[:3], "is nested too deeply", f"at most {MAX_DEPTH} levels")
            raise SpecError([*self.document.problems, problem])
        if isinstance(event, AliasEvent):
            self._note(path, event, f"is an alias (*{event.anchor})", "write the value out")
            return None
        self._decorations(event, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(self.events), SequenceEndEvent):
                items.append(self._node(item, (*path, len(items))))
            return items
        return self._scalar(event, path)

    def _decorations(self, event: Any, path: Path) -> None:
        if event.anchor is not None:
            self._note(path, event, f"has an anchor (&{event.anchor})", "remove it and write values out")
        # The parser itself marks every block scalar as a string.
        block = isinstance(event, ScalarEvent) and event.style in {"|", ">"}
        if event.tag is not None and not (block and event.tag == "tag:yaml.org,2002:str"):
            self._note(path, event, "has a YAML tag", "remove the tag; quote the value if it is text")

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._note(path, event, "has a key that is not plain text", "keys are words")
                self._node(event, (*path, "?"))
                self._node(next(self.events), (*path, "?", "?"))
                continue
            key = self._visible(event, path)
            here = (*path, key)
            self._decorations(event, here)
            if event.style is None and (reason := _ambiguous(key, as_key=True)):
                fix = "write the keys out" if key == "<<" else f'write the key in quotes: "{key}"'
                self._note(here, event, reason, fix)
            if key in values:
                first = self.document.lines[here]
                self._note(here, event, f"is given twice (first in line {first})", "keep one of them")
                self._node(next(self.events), (*here, "(again)"))
                continue
            self.document.lines[here] = event.start_mark.line + 1
            values[key] = self._node(next(self.events), here)
        return values

    def _visible(self, event: ScalarEvent, path: Path) -> str:
        text: str = event.value
        if hidden := _HIDDEN.search(text):
            message = f"holds the invisible character U+{ord(hidden[0]):04X}, written as an escape"
            self._note(path, event, message, "remove it")
            return _HIDDEN.sub("?", text)
        return text

    def _scalar(self, event: ScalarEvent, path: Path) -> Any:
        text = self._visible(event, path)
        mark = event.start_mark
        self.document.scalars[path] = Scalar(mark.line + 1, mark.column, text, event.style is not None)
        if event.style is not None:
            return text
        if text in {"true", "false"}:
            return text == "true"
        if _INTEGER.fullmatch(text):
            return int(text)
        if reason := _ambiguous(text):
            corrected = self.document.quoted_line(path)
            fix = f"write: {corrected}" if corrected else "write it in quotes" if text else "give it a value"
            # An empty value has no place of its own; its key has.
            self.document.problems.append(self.document.problem(path, reason, fix))
        return None if text.lower() in _NOTHING else text


def _ambiguous(text: str, *, as_key: bool = False) -> str:
    """Why readers may take this unquoted text for something else than text, or nothing."""
    if text.lower() in _NOTHING:
        return "is an empty key" if as_key else "has no value"
    if text == "<<":
        return "is a merge key" if as_key else "is << without quotes, which is a merge key to some readers"
    if text.lower() in _WORDS:
        return f"is {text} without quotes, which is a truth value to some readers and text to others"
    if _DATE.fullmatch(text):
        return f"is {text} without quotes, which some readers turn into a timestamp"
    if _NUMBERISH.fullmatch(text):
        return f"is {text} without quotes, which readers take for different numbers or for text"
    return ""
