"""The type checker reads only the services of pulumi_aws that are in use; a new one has to be named."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def services_in_use() -> set[str]:
    """The second word of every `aws.SERVICE` where a module says `import pulumi_aws as aws`."""
    found: set[str] = set()
    for path in sorted((ROOT / "components").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "pulumi_aws" in text:
            found |= {
                node.attr
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "aws"
            }
    return {name for name in found if name.islower()}


def services_checked() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        name.split(".")[1]
        for override in settings["tool"]["mypy"]["overrides"]
        if override.get("follow_imports") == "normal"
        for name in override["module"]
        if name.startswith("pulumi_aws.") and name.endswith(".*")
    }


def test_every_service_in_use_is_checked() -> None:
    assert services_in_use() == services_checked(), (
        "bring pyproject.toml's list of pulumi_aws services up to date"
    )
