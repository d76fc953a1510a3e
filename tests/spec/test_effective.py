"""What an engine was given must be what the file says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.spec import LoadedStack, SpecError, load_stack, verify_effective
from tests.spec.conftest import ROOT


@pytest.fixture(scope="module")
def loaded() -> LoadedStack:
    return load_stack(ROOT, "optimus-sandbox")


def as_engine(loaded: LoadedStack) -> dict[str, Any]:
    """As PULUMI_CONFIG has it: objects as JSON."""
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in loaded.config.items()}


def keys(loaded: LoadedStack, effective: dict[str, Any]) -> list[str]:
    with pytest.raises(SpecError) as error:
        verify_effective(loaded, effective)
    return [p.key for p in error.value.problems]


def test_the_same(loaded: LoadedStack) -> None:
    verify_effective(loaded, as_engine(loaded))
    verify_effective(loaded, loaded.config)
    reordered = json.dumps(dict(reversed(loaded.config["qlz:spec"].items())), indent=1)
    verify_effective(loaded, as_engine(loaded) | {"qlz:spec": reordered})


@pytest.mark.parametrize(
    "spec",
    [
        "{}",
        "not JSON",
        "",
        None,
        7,
        {"charter": {1, 2}},
    ],
)
def test_another_spec(loaded: LoadedStack, spec: object) -> None:
    assert keys(loaded, as_engine(loaded) | {"qlz:spec": spec}) == ["config.qlz:spec"]


def test_types_count(loaded: LoadedStack) -> None:
    spec = dict(loaded.config["qlz:spec"])
    for days in (True, "90", 90.5, None):
        other = as_engine(loaded) | {"qlz:spec": json.dumps(spec | {"results": {"retention_days": days}})}
        assert keys(loaded, other) == ["config.qlz:spec"]


def test_missing_and_additional_keys(loaded: LoadedStack) -> None:
    effective = as_engine(loaded)
    del effective["qlz:level"]
    assert keys(loaded, effective | {"aws:region": "eu-west-2"}) == ["config.qlz:level", "config.aws:region"]
    del effective["pulumi:disable-default-providers"]
    assert "config.pulumi:disable-default-providers" in keys(loaded, effective)


def test_values_are_not_shown(loaded: LoadedStack) -> None:
    effective = as_engine(loaded) | {"qlz:kind": "hunter2", "qlz:token": "hunter3"}
    with pytest.raises(SpecError) as error:
        verify_effective(loaded, effective)
    assert "hunter" not in str(error.value)
    first = error.value.problems[0]
    assert (first.file, first.line) == ("stacks/Pulumi.optimus-sandbox.yaml", 4)
