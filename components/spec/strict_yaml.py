"""Reads the part of YAML on which every reader agrees.

A stack file is read by this loader and by the Pulumi CLI, whose Go reader follows other rules (YAML 1.1 octals,
timestamps, merge keys). What the two could read differently, or what surprises people, is refused with the
line to write instead. Line numbers and values come from the same reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from components.spec.problems import Path, Problem, SpecError, key_text

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
# Everything some reader takes for a number, a date, a truth value, nothing, a merge key: sure text begins with
# a letter or a few safe signs and is none of the words.
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "", "=", "<<"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_NUMBERISH = re.compile(r"[-+]?\.?[0-9][0-9A-Za-z_.:+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """Where a value stands: line from 1, column from 0, its text as written, whether it is quoted."""

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
        return path in self.lines

    def problem(self, path: Path, message: str, fix: str = "", *, blocks: bool = True) -> Problem:
        return Problem(self.file, self.line(path), key_text(path), message, fix, blocks)

    def quoted_line(self, path: Path) -> str:
        """The source line with the value at this path put in quotes; empty when it cannot be shown so."""
        scalar = self.scalars.get(path)
        if scalar is None or scalar.quoted or not scalar.text:
            return ""
        line = self.source[scalar.line - 1]
        end = scalar.column + len(scalar.text)
        if line[scalar.column : end] != scalar.text:
            return ""
        return f'{line[: scalar.column]}"{scalar.text}"{line[end:]}'.strip()


def read_yaml(file: str, data: bytes) -> Document:
    """Read one file's bytes. Raises SpecError when nothing sensible can be read; lesser problems are in
    ``Document.problems``, so that the caller can report them together with its own."""
    text = _decode(file, data)
    document = Document(file, source=text.split("\n"))
    try:
        # The round-trip reader attaches comments, which nobody here needs; the safe one reads the same YAML 1.2.
        events = list(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or error.context or "cannot be read").splitlines()[0]
        raise SpecError(
            [Problem(file, mark.line + 1 if mark else 0, "", f"not valid YAML: {what}", _syntax_fix(what))]
        ) from None
    except (YAMLError, ValueError) as error:
        raise SpecError([Problem(file, 0, "", f"not valid YAML: {str(error).splitlines()[0]}")]) from None
    _Builder(document, events).build()
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
        raise refuse(0, "is empty", "see stacks/Pulumi.sandbox.yaml for an example")
    for number, line_text in enumerate(text.split("\n"), 1):
        if "\t" in line_text:
            raise refuse(number, "holds a tab", "indent with spaces")
        if hidden := _HIDDEN.search(line_text):
            raise refuse(number, f"holds the invisible character U+{ord(hidden[0]):04X}", "remove it")
    return text


def _syntax_fix(what: str) -> str:
    if "mapping values are not allowed" in what:
        return "a text that holds a colon and a space is put in quotes; otherwise check the indentation"
    if "expected <block end>" in what or "could not find expected" in what:
        return "check the indentation and the colon after each key"
    return ""


class _Builder:
    """Turns parse events into plain values, and notes what is not sure to mean the same to every reader."""

    def __init__(self, document: Document, events: list[Any]) -> None:
        self.document = document
        self.events = iter(events)

    def build(self) -> None:
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if self.document.value is not None:
                    self._note((), event, "holds a second document", "one file, one document: remove the ---")
                    return
                if event.version or event.tags:
                    self._note((), event, "holds a % directive", "remove it; YAML 1.2 is meant")
                self.document.value = self._node(next(self.events), ())
        if not isinstance(self.document.value, dict):
            raise SpecError(
                [Problem(self.document.file, 1, "", "is not a mapping", "write it as `key: value` lines")]
            )

    def _note(self, path: Path, event: Any, message: str, fix: str) -> None:
        line = event.start_mark.line + 1
        self.document.problems.append(Problem(self.document.file, line, key_text(path), message, fix))

    def _node(self, event: Any, path: Path) -> Any:
        kind = type(event).__name__
        self.document.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > MAX_DEPTH:
            problem = self.document.problem(path, "is nested too deeply", f"at most {MAX_DEPTH} levels")
            raise SpecError([*self.document.problems, problem])
        if kind == "AliasEvent":
            self._note(
                path, event, f"is an alias (*{event.anchor})", "write the value out; aliases are refused"
            )
            return None
        if event.anchor is not None:
            self._note(path, event, f"has an anchor (&{event.anchor})", "remove it; anchors are refused")
        if event.tag is not None and not (
            kind == "ScalarEvent" and event.style in {"|", ">"} and _is_str(event)
        ):
            self._note(path, event, "has a YAML tag", "remove the tag; quote the value if it is text")
        if kind == "MappingStartEvent":
            return self._mapping(path)
        if kind == "SequenceStartEvent":
            items: list[Any] = []
            while type(item := next(self.events)).__name__ != "SequenceEndEvent":
                items.append(self._node(item, (*path, len(items))))
            return items
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                self._note(path, event, "has a key that is not plain text", "keys are words")
                self._node(event, (*path, "?"))
                self._node(next(self.events), (*path, "?"))
                continue
            key = event.value
            if event.anchor is not None or event.tag is not None:
                self._note((*path, key), event, "has an anchor or a tag on its key", "remove it")
            if event.style is None and (reason := _ambiguous(key, as_key=True)):
                fix = "write the keys out" if key == "<<" else f'write the key in quotes: "{key}"'
                self._note((*path, key), event, f"as a key is {reason}", fix)
            if key in values:
                first = self.document.lines[(*path, key)]
                self._note((*path, key), event, f"is given twice (first in line {first})", "keep one of them")
                self._node(next(self.events), (*path, key, "(again)"))
                continue
            self.document.lines[(*path, key)] = event.start_mark.line + 1
            values[key] = self._node(next(self.events), (*path, key))
        return values

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        mark = event.start_mark
        self.document.scalars[path] = Scalar(mark.line + 1, mark.column, text, event.style is not None)
        if event.style is not None:
            return text
        if text in {"true", "false"}:
            return text == "true"
        if _INTEGER.fullmatch(text) and text != "-0":
            return int(text)
        if reason := _ambiguous(text):
            fix = "give it a value" if not text else f"write: {self.document.quoted_line(path)}"
            self._note(path, event, reason, fix)
            return None if text.lower() in {"", "~", "null"} else text
        return text


def _is_str(event: Any) -> bool:
    # ruamel marks every block scalar with the string tag by itself.
    return str(event.tag).endswith(":str")


def _ambiguous(text: str, *, as_key: bool = False) -> str:
    """Why readers may take this unquoted text for something else than text, or nothing."""
    if text == "" or text.lower() in {"~", "null"}:
        return "empty" if as_key else "has no value"
    if text == "<<":
        return "a merge key"
    if as_key and (text in {"true", "false"} or _INTEGER.fullmatch(text)):
        return "not text"
    if text.lower() in _WORDS:
        return f"{text} without quotes, which is a truth value to some readers and text to others"
    if _DATE.fullmatch(text):
        return f"{text} without quotes, which some readers turn into a timestamp"
    if _NUMBERISH.fullmatch(text):
        return f"{text} without quotes, which readers take for different numbers or for text"
    return ""
