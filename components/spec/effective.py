"""Compares what an engine was given with what the stack file says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from components.spec.loaded import LoadedStack
from components.spec.problems import Problem, SpecError, key_text


def verify_effective(loaded: LoadedStack, effective: Mapping[str, object]) -> None:
    """Raise SpecError when an engine's configuration differs from the file's, naming the keys and no values.

    effective: full key to value; as PULUMI_CONFIG has it, where every value is a string and objects are JSON,
    or decoded.
    """
    problems: list[Problem] = []

    def differ(key: str, message: str) -> None:
        fix = "change the file, not the engine's configuration: a reviewer sees the file only"
        path = key_text(("config", key))
        problems.append(Problem(loaded.file, loaded.line("config", key), path, message, fix))

    for key, wanted in loaded.config.items():
        if key not in effective:
            differ(key, "did not reach the program")
        elif not _same(wanted, effective[key]):
            differ(key, "reached the program with another value than the file says")
    for key in effective:
        if key not in loaded.config:
            differ(key, "reached the program, but the file does not say it")
    if problems:
        raise SpecError(problems)


def _same(wanted: Any, given: object) -> bool:
    if isinstance(wanted, str):
        return isinstance(given, str) and given == wanted
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return False
    return _canonical(wanted) == _canonical(given)


def _canonical(value: Any) -> str:
    # As text, since 1 == True == 1.0 in Python.
    try:
        return json.dumps(_plain(value), sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return "?"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
