"""The outer shape of a stack file: the keys around the spec, and no encrypted values."""

from __future__ import annotations

from collections.abc import Iterator

from components.spec.problems import Problem, choices, key_text
from components.spec.rules import SPEC
from components.spec.strict_yaml import Document

NAMESPACE = "qlz"
CLI_KEYS = ("encryptionsalt", "secretsprovider", "encryptedkey")
"""What the CLI writes into a stack file for itself."""
CONFIG_KEYS = ("qlz:kind", "qlz:level", "qlz:spec")


def shape(doc: Document) -> Iterator[Problem]:
    """The keys around the spec: those of the CLI's own, and config with exactly three."""
    for key in doc.value:
        if key == "environment":
            yield doc.problem(
                (key,),
                "imports a Pulumi ESC environment, whose values no review of this file would see",
                "remove it; write every value in this file",
            )
        elif key != "config" and key not in CLI_KEYS:
            yield doc.problem((key,), "is not a known key", choices(key, ("config", *CLI_KEYS)))
        elif key in CLI_KEYS and not isinstance(doc.value[key], str):
            yield doc.problem((key,), "is not text", "leave this line to the Pulumi CLI")
    config = doc.value.get("config")
    if not isinstance(config, dict):
        yield doc.problem(
            ("config",), "is missing" if config is None else "is not a mapping", "config: with qlz:kind, …"
        )
        return
    for key in config:
        if key not in CONFIG_KEYS:
            full = f"{NAMESPACE}:{key}"
            fix = f"write it with its namespace: {full}" if full in CONFIG_KEYS else choices(key, CONFIG_KEYS)
            yield doc.problem(("config", key), "is not a known key", fix)
    for key in CONFIG_KEYS:
        if key not in config:
            yield doc.problem(("config", key), "is missing", f"keys of config: {', '.join(CONFIG_KEYS)}")
    if "qlz:spec" in config and not isinstance(config["qlz:spec"], dict):
        yield doc.problem(SPEC, "is not a mapping", "key: value lines, indented below it")


def secrets(doc: Document) -> Iterator[Problem]:
    """Encrypted values, which the CLI writes as ``secure:`` (K1)."""
    for path in doc.lines:
        if path and path[-1] == "secure":
            yield Problem(
                doc.file,
                doc.lines[path],
                key_text(path[:-1]),
                "is an encrypted value; no secret belongs in a stack file",
                "keep it in a secrets manager and name it here (K1)",
            )
