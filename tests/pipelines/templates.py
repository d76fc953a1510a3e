"""The templates, read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PIPELINES = ROOT / "pipelines"
GITHUB = tuple(sorted((PIPELINES / "github").glob("*.yml")))
GITLAB = PIPELINES / "gitlab" / ".gitlab-ci.yml"
AZURE = tuple(sorted((PIPELINES / "azure").glob("*.yml")))
STEPS = tuple(sorted((PIPELINES / "steps").glob("*.sh")))
TEMPLATES = (*GITHUB, GITLAB, *AZURE)

Document = dict[str, Any]


def read(path: Path) -> Document:
    """A template; `on` stays a text, as YAML 1.2 has it."""
    document: Document = YAML(typ="safe").load(path)
    return document


def strings(node: object) -> Iterator[str]:
    """Every text in it, keys included."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def values(node: object, *keys: str) -> Iterator[Any]:
    """The value of every one of these keys, however deep."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys:
                yield value
            yield from values(value, *keys)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, *keys)
