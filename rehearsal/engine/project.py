"""The Pulumi project: what Pulumi.yaml says that an engine needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from rehearsal.engine.errors import EngineError


@dataclass(frozen=True)
class Project:
    """`program` is the file to run, `stack_config_dir` where stack files live; `config` are the values that
    Pulumi.yaml itself gives (`value` or `default`), by fully-qualified key."""

    root: Path
    name: str
    program: Path
    stack_config_dir: Path
    config: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path) -> Project:
        """Read `root`/Pulumi.yaml. Raises EngineError, naming the file, if it cannot be used."""
        root = root.resolve()
        path = root / "Pulumi.yaml"
        try:
            data = YAML(typ="safe", pure=True).load(path)
        except OSError as problem:
            raise EngineError(f"cannot read it: {problem.strerror}", where=str(path)) from None
        except YAMLError as problem:
            raise EngineError(f"not valid YAML: {problem}", where=str(path)) from None
        if not isinstance(data, dict) or not isinstance(data.get("name"), str):
            raise EngineError("it has no `name`", where=str(path))
        name = data["name"]
        runtime = data.get("runtime")
        language = runtime.get("name") if isinstance(runtime, dict) else runtime
        if language != "python":
            raise EngineError(
                f"its runtime is {language!r}; the embedded engine runs Python only", where=str(path)
            )
        main = root / str(data.get("main") or ".")
        return cls(
            root=root,
            name=name,
            program=main / "__main__.py" if main.is_dir() else main,
            stack_config_dir=root / str(data.get("stackConfigDir") or "."),
            config=_values(name, data.get("config") or {}),
        )

    def texts(self, config: Mapping[str, object]) -> dict[str, str]:
        """The configuration as a program gets it: text as it is, anything else as JSON."""
        merged = {**self.config, **config}
        return {key: _text(value) for key, value in merged.items() if value is not None}


def _values(project: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for key, entry in entries.items():
        value = entry.get("value", entry.get("default")) if isinstance(entry, dict) else entry
        if value is not None:
            result[key if ":" in key else f"{project}:{key}"] = value
    return result


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
