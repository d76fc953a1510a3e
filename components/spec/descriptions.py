"""What stands below each field of a model, for hints and for the schemas of editors.

Pydantic would read it too, for every model whenever one is imported, which takes longer than to build them.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def described(model: type[BaseModel]) -> Mapping[str, str]:
    """The docstring of every field that has one, inherited fields too, by the field's name."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if owner is not BaseModel and issubclass(owner, BaseModel):
            found |= _classes(owner.__module__).get(owner.__name__, {})
    return found


@cache
def _classes(module: str) -> Mapping[str, Mapping[str, str]]:
    """The docstrings of the fields of a module's classes."""
    body = ast.parse(inspect.getsource(sys.modules[module])).body
    return {node.name: dict(_fields(node)) for node in body if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, said in pairwise(node.body):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        if isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
            yield field.target.id, inspect.cleandoc(str(said.value.value))
