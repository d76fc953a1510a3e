"""Policy documents that have been reviewed: a stack's own names stand where the list has placeholders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from policy_packs.controls.iam_comparison import allowed_by, denied_by, placeholders
from policy_packs.controls.iam_document import Document, document_of
from policy_packs.controls.stack_facts import Among, Declared

DATA: Final = Path(__file__).resolve().parent / "data" / "reviewed_documents.json"


@dataclass(frozen=True)
class Filling:
    """A stack's own names. marks: placeholders, and the texts that each stands for. has: what it has, of that
    which only some stacks have."""

    marks: tuple[tuple[str, tuple[str, ...]], ...]
    has: tuple[str, ...]


@dataclass(frozen=True)
class Reviewed:
    """One entry of the list, for one stack. names: those it is for; none where it is for any of its type."""

    names: tuple[str, ...]
    row: Mapping[str, Any]
    filling: Filling

    @cached_property
    def document(self) -> Document:
        """What was reviewed; read for the few names that a stack uses."""
        those = [each for each in self.row["statements"] if each.get("When") in (None, *self.filling.has)]
        statements = [_filled({k: v for k, v in each.items() if k != "When"}, self.filling) for each in those]
        kept = [each for each in statements if [] not in each.values()]
        return document_of({"Version": "2012-10-17", "Statement": kept}, "the reviewed policy")

    def problems(self, document: Document, *, leaving: bool = False) -> Iterator[str]:
        """How a document goes beyond what was reviewed. leaving: what it denies is not asked: the store of a
        project on its way out has to be emptied."""
        if document.version != "2012-10-17" and _has_variables(document):
            yield "its Version takes policy variables for plain text"
        for statement in document.statements:
            for text in placeholders(statement):
                yield f"{statement.label} holds {text}, a placeholder: a list may hold one, a policy may not"
        for statement in document.allows():
            if not allowed_by(statement, self.document.allows()):
                yield f"{statement.label} allows more than was reviewed"
        for statement in () if leaving else self.document.denies():
            if not denied_by(statement, document.denies()):
                yield f"it does not deny all that {statement.label} of the reviewed one denies"


@lru_cache(maxsize=256)
def _entries(type_token: str, kind: str, filling: Filling) -> tuple[Reviewed, ...]:
    return tuple(
        Reviewed(tuple(_texts(row["name"], filling)) if row["name"] else (), row, filling)
        for row in _rows().get((type_token, kind), ())
    )


def entries_for(type_token: str, name: str, declared: Declared) -> tuple[Reviewed, ...]:
    """Those a document of this name must be within one of; none where nothing was reviewed under the name."""
    return tuple(
        each
        for filling in _fillings(declared)
        for each in _entries(type_token, declared.kind, filling)
        if not each.names or name in each.names
    )


@cache
def _rows() -> Mapping[tuple[str, str], list[Mapping[str, Any]]]:
    """The list's entries by type and kind of stack."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in json.loads(DATA.read_text(encoding="utf-8"))["documents"]:
        found.setdefault((row["type"], row["stack"]), []).append(row)
    return found


def _fillings(declared: Declared) -> Iterator[Filling]:
    devices = declared.devices if declared.is_project else declared.catalogue
    for place in declared.among or (Among(declared.label or declared.environment, declared.account, ()),):
        regions = place.regions or (declared.region, *declared.also)
        marks = (
            ("<account>", (place.account,)),
            ("<region>", regions[:1]),
            ("<also>", regions[1:]),
            ("<regions>", regions),
            ("<label>", (place.label,)),
            ("<project>", (declared.project,)),
            ("<devices>", tuple(each.arn for each in devices)),
            ("<issuers>", declared.oidc_issuers),
            ("<saml>", (declared.saml,) if declared.saml else ()),
            ("<bootstrap>", (declared.bootstrap,) if declared.bootstrap else ()),
        )
        yield Filling(marks, tuple(_has(declared)))


def _has(declared: Declared) -> Iterator[str]:
    if declared.network:
        yield "network"
    if declared.unmanned:
        yield "unmanned"


def _filled(data: Any, filling: Filling) -> Any:
    if isinstance(data, Mapping):
        return {_texts(key, filling)[0]: _filled(part, filling) for key, part in data.items()}
    if isinstance(data, list):
        return [text for part in data for text in _texts(part, filling)]
    found = _texts(data, filling)
    return found[0] if len(found) == 1 else found


def _texts(text: str, filling: Filling) -> list[str]:
    """A text with every choice of what its placeholders stand for."""
    found = [text]
    if "<" in text:
        for mark, values in filling.marks:
            if mark in text:
                found = [each.replace(mark, value) for each in found for value in values]
    return found


def _has_variables(document: Document) -> bool:
    return any(
        "${" in text
        for each in document.statements
        for text in (
            *each.resources,
            *each.not_resources,
            *(value for condition in each.conditions for value in condition.values),
        )
    )
