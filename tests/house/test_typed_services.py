"""The type checker reads only the services of the clouds' SDKs that are in use; a new one has to be named."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


SDKS = (("pulumi_aws", "aws"), ("pulumi_azure_native", "azure"))


def services_in_use(sdk: str, name: str) -> set[str]:
    """The second word of every `aws.SERVICE` where a module says `import pulumi_aws as aws`."""
    found: set[str] = set()
    for path in sorted((ROOT / "components").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if f"import {sdk} as {name}" in text:
            found |= {
                node.attr
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == name
            }
    return {service for service in found if service.islower()}


def services_checked(sdk: str) -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        name.split(".")[1]
        for override in settings["tool"]["mypy"]["overrides"]
        if override.get("follow_imports") == "normal"
        for name in override["module"]
        if name.startswith(f"{sdk}.") and name.endswith(".*")
    }


@pytest.mark.parametrize(("sdk", "name"), SDKS)
def test_every_service_in_use_is_checked(sdk: str, name: str) -> None:
    assert services_in_use(sdk, name) == services_checked(sdk), (
        f"bring pyproject.toml's list of {sdk} services up to date"
    )
