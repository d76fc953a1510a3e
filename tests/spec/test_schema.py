"""The JSON Schemas are those of the models, and the examples fit them."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest

from components.spec.schema import COMMAND, FOLDER, rendered
from components.spec.strict_yaml import read_yaml
from tests.spec.conftest import CHARTER, OPTIMUS, ROOT, SANDBOX

FILES = {
    SANDBOX: "environment-stack.schema.json",
    OPTIMUS: "project-stack.schema.json",
    CHARTER: "charter.schema.json",
}


@pytest.mark.parametrize("name", FILES.values())
def test_up_to_date(name: str) -> None:
    path = FOLDER / name
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    assert written == rendered()[name], f"schemas/{name} is out of date; run: .venv/bin/{COMMAND}"


def schema(file: str) -> Any:
    return json.loads(rendered()[FILES[file]])


def value(file: str) -> Any:
    return read_yaml(file, (ROOT / file).read_bytes()).value


@pytest.mark.parametrize("file", FILES)
def test_the_example_fits_and_names_its_schema(file: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema(file))
    jsonschema.validate(value(file), schema(file))
    first = (ROOT / file).read_text().splitlines()[0]
    relative = first.removeprefix("# yaml-language-server: $schema=")
    assert ((ROOT / file).parent / relative).resolve() == FOLDER / FILES[file]


@pytest.mark.parametrize(
    ("file", "path", "wrong"),
    [
        (SANDBOX, ("config", "qlz:kind"), "project"),
        (SANDBOX, ("config", "qlz:spec", "ownr"), "x"),
        (SANDBOX, ("config", "qlz:spec", "aws", "account"), 111122223333),
        (SANDBOX, ("config", "qlz:spec", "aws", "region"), "eu-west-1"),
        (SANDBOX, ("config", "qlz:spec", "identity", "saml", "metadata"), "<x/>"),
        (SANDBOX, ("config", "qlz:spec", "retention", "security_log_days"), 91),
        (OPTIMUS, ("config", "qlz:spec", "tier"), "secret"),
        (OPTIMUS, ("config", "qlz:spec", "devices"), ["amazon/sv9"]),
        (OPTIMUS, ("surprise",), 1),
        (CHARTER, ("jurisdictions",), ["UK"]),
        (CHARTER, ("last_review",), None),
        (CHARTER, ("end",), 2029),
    ],
)
def test_the_schema_refuses(file: str, path: tuple[str, ...], wrong: object) -> None:
    broken = copy.deepcopy(value(file))
    where = broken
    for key in path[:-1]:
        where = where[key]
    where[path[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema(file))


def described(node: Any, where: str) -> list[str]:
    """Properties without a description."""
    if isinstance(node, list):
        return [found for item in node for found in described(item, where)]
    if not isinstance(node, dict):
        return []
    missing = [
        f"{where}.{name}" for name, entry in node.get("properties", {}).items() if "description" not in entry
    ]
    return missing + [found for key, item in node.items() for found in described(item, f"{where}.{key}")]


@pytest.mark.parametrize("file", FILES)
def test_every_field_is_described(file: str) -> None:
    assert described(schema(file), "") == []
