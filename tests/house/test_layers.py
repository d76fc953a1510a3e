"""Imports point downward only (docs/architecture.md): qlz → rehearsal, policy_packs, components."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each layer may import of this project; the longest matching prefix decides.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "components.catalog": ("components.catalog",),
    "components.spec": ("components.spec", "components.catalog"),
    "components": ("components",),
    "policy_packs": ("policy_packs", "components.catalog", "components.spec"),
    "rehearsal": ("rehearsal",),
    "qlz": ("qlz", "rehearsal", "policy_packs", "components"),
}
OURS = ("components", "policy_packs", "rehearsal", "qlz")
CLOUD_SDKS = ("pulumi", "pulumi_aws", "pulumi_azure_native", "pulumi_policy", "boto3", "botocore", "moto")
# Layers that stay free of any cloud SDK or engine, so that a check needs neither.
NO_CLOUD_SDK = ("components.spec", "components.catalog", "rehearsal.provider.model", "rehearsal.aws.model")


def modules() -> Iterator[tuple[str, Path]]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(path: Path, module: str) -> Iterator[tuple[int, str]]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def violations(module: str, imported: str) -> str | None:
    """Why `module` may not import `imported`, or None."""
    if any(within(imported, top) for top in OURS):
        layer = max((p for p in MAY_IMPORT if within(module, p)), key=len)
        if not any(within(imported, allowed) for allowed in MAY_IMPORT[layer]):
            return f"{layer} may import only {', '.join(MAY_IMPORT[layer])}"
    if any(within(module, layer) for layer in NO_CLOUD_SDK) and any(within(imported, s) for s in CLOUD_SDKS):
        return "this layer imports no cloud SDK and no engine"
    return None


def test_imports_point_downward() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: imports {imported}: {why}"
        for module, path in modules()
        for line, imported in imports_of(path, module)
        if (why := violations(module, imported))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("components.braket.keys", "rehearsal.engine"),
        ("components.spec.loader", "components.braket.keys"),
        ("components.spec.loader", "pulumi"),
        ("policy_packs.controls.keys", "components.braket.keys"),
        ("policy_packs.baseline.pack", "rehearsal.engine"),
        ("rehearsal.engine.monitor", "components.spec"),
        ("rehearsal.engine.monitor", "qlz.output"),
        ("rehearsal.aws.model.kms", "boto3"),
    ],
)
def test_an_upward_import_is_found(module: str, imported: str) -> None:
    assert violations(module, imported)
