"""Writes the JSON Schemas that editors complete stack files and charters by.

``python -m components.spec.schema`` writes them into schemas/; a test holds that they are up to date.
They say less than the loader: rules that look at more than one field are the loader's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from components import catalog
from components.catalog import azure as azure_catalog
from components.spec.azure import AzureEnvironmentSpec, AzureProjectSpec
from components.spec.charter import Charter
from components.spec.descriptions import described
from components.spec.environment import EnvironmentSpec
from components.spec.exceptions import PolicyException
from components.spec.fields import Model
from components.spec.organization import OrganizationSpec
from components.spec.project import ProjectSpec
from components.spec.shape import CLI_KEYS
from components.spec.stacks import ORGANIZATION
from components.spec.tiers import Level

COMMAND = "python -m components.spec.schema"
FOLDER = Path(__file__).parents[2] / "schemas"
# The draft that every editor reads.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas() -> dict[str, dict[str, Any]]:
    """File name to schema."""
    return {
        "environment-stack.schema.json": _stack("environment", EnvironmentSpec, AzureEnvironmentSpec),
        "organization-stack.schema.json": _stack("organization", OrganizationSpec),
        "project-stack.schema.json": _stack("project", ProjectSpec, AzureProjectSpec),
        "charter.schema.json": {"$schema": _DRAFT, "title": "Charter"} | _model(Charter),
        "exception.schema.json": {"$schema": _DRAFT} | _model(PolicyException) | {"title": "Exception"},
    }


def rendered() -> dict[str, str]:
    """File name to text."""
    return {
        name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas().items()
    }


def _stack(kind: str, spec: type[BaseModel], azure: type[BaseModel] | None = None) -> dict[str, Any]:
    """The schema of a whole stack file: what is ours below config, what is the CLI's beside it.

    azure: the spec of a file that names an Azure subscription; spec: of one that does not.
    """
    body = _model(spec)
    definitions = body.pop("$defs")
    if azure is not None:
        other = _model(azure)
        definitions |= {name: entry for name, entry in other.pop("$defs").items() if name not in definitions}
        body = {
            "description": "What the stack declares, on AWS or on Azure.",
            "if": {"required": ["azure"]},
            "then": other,
            "else": body,
        }
    config = {
        "type": "object",
        "description": "The stack's configuration.",
        "additionalProperties": False,
        "required": ["qlz:kind", "qlz:level", "qlz:spec"],
        "properties": {
            "qlz:kind": {"const": kind, "description": "What kind of stack this is."},
            "qlz:level": {
                "enum": [ORGANIZATION] if kind == ORGANIZATION else [str(level) for level in Level],
                "description": "The level of the environment.",
            },
            "qlz:spec": body,
        },
    }
    own = {key: {"type": "string", "description": "Written by the Pulumi CLI."} for key in CLI_KEYS}
    return {
        "$schema": _DRAFT,
        "title": f"Stack file of kind {kind}",
        "type": "object",
        "additionalProperties": False,
        "required": ["config"],
        "properties": {"config": config, **own},
        "$defs": definitions,
    }


def _model(model: type[BaseModel]) -> dict[str, Any]:
    _describe()
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    if "Saml" in definitions:
        del definitions["Saml"]["properties"]["metadata"]
    for where in (schema, *definitions.values()):
        _name_the_choices(where.get("properties", {}))
        for name, entry in where.get("properties", {}).items():
            entry.pop("title", None)
            entry.pop("discriminator", None)  # OpenAPI's; each shape says its own kind
            if entry.get("default", "") is None:
                # Left out is allowed, an empty value is not.
                del entry["default"]
                entry.update(next(kind for kind in entry.pop("anyOf") if kind != {"type": "null"}))
            if "description" not in entry:
                raise ValueError(f"{model.__name__}: field {name} has no description")
    return schema


@cache
def _describe() -> None:
    """Give every model its fields' descriptions."""
    models = Model.__subclasses__()
    for model in models:
        models += model.__subclasses__()
        for name, info in model.model_fields.items():
            info.description = info.description or described(model).get(name)
    for model in (*models, *models):  # twice, so that each is built of new ones
        model.model_rebuild(force=True)


def _name_the_choices(properties: Mapping[str, dict[str, Any]]) -> None:
    """Words that the catalogue knows, for completion."""
    codes = [*catalog.jurisdictions(), "unknown"]
    if "subscription" in properties:
        properties["location"]["enum"] = list(azure_catalog.locations())
        properties["also"]["items"] = {"enum": list(azure_catalog.locations())}
    if "region" in properties and "account" in properties:
        properties["region"]["enum"] = list(catalog.regions())
        properties["also"]["items"] = {"enum": list(catalog.regions())}
    if "devices" in properties:
        # A retired device stays valid in a project that is decommissioned.
        known = azure_catalog.targets() if "plans" in properties else catalog.devices()
        properties["devices"]["items"] = {"enum": list(known)}
    if "jurisdiction" in properties:
        properties["jurisdiction"]["enum"] = codes
    for name, entry in properties.items():
        if name.endswith("jurisdictions"):
            entry["items"] = {"enum": codes[:-1]}


def main() -> int:
    """Write the schemas."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stderr.write(f"schemas/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
