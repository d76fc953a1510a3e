"""Every table against the installed SDK: nothing may be missing, made up, or out of date."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

import pulumi_azure_native
import pytest

from rehearsal.azure.model import ARM, MODEL
from rehearsal.azure.model.arm import ArmType
from rehearsal.azure.model.provider_config import PROVIDER
from rehearsal.azure.sdk_shapes import TYPES, file_of, shape_of, text_of, wire_names
from rehearsal.provider.model.schema import Carried, Prop

BY_TOKEN = sorted(ARM.items())


def sdk_class(token: str) -> Any:
    _, module, name = token.split(":")
    return getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name)


def args_class(token: str) -> Any:
    _, module, name = token.split(":")
    package = importlib.import_module(f"pulumi_azure_native.{module}")
    return getattr(package, f"{name}InitArgs", None) or getattr(package, f"{name}Args")


@pytest.mark.parametrize("name", TYPES)
def test_shapes_are_those_of_the_installed_sdk(name: str) -> None:
    written = file_of(name).read_text(encoding="utf-8")
    assert written == text_of(shape_of(name)), "write them anew: python -m rehearsal.azure.sdk_shapes"


def test_every_type_has_a_shape_and_nothing_else_has() -> None:
    tokens = {f"azure-native:{name.replace('.', ':')}" for name in TYPES}
    assert tokens == set(MODEL)
    assert {path.name for path in file_of("x").parent.glob("*.json")} == {f"{name}.json" for name in TYPES}


@pytest.mark.parametrize(("token", "type"), BY_TOKEN)
def test_inputs_are_those_of_the_sdk(token: str, type: ArmType) -> None:
    assert {prop.name for prop in type.model.inputs} == set(wire_names(args_class(token)).values())


@pytest.mark.parametrize(("token", "type"), BY_TOKEN)
def test_outputs_are_those_of_the_sdk(token: str, type: ArmType) -> None:
    documented = set(wire_names(sdk_class(token)).values()) - {"id", "urn"}
    assert set(type.outputs) == documented
    inputs = {prop.name for prop in type.model.inputs}
    assert set(type.model.outputs) == documented - inputs


@pytest.mark.parametrize(("token", "type"), BY_TOKEN)
def test_what_the_sdk_demands_is_demanded_and_names_on_top(token: str, type: ArmType) -> None:
    source = inspect.getsource(sdk_class(token)._internal_init)
    names = wire_names(args_class(token))
    demanded = {names[name.rstrip("_")] for name in re.findall(r"Missing required property '(\w+)'", source)}
    ours = {prop.name for prop in type.model.inputs if prop.required}
    filled = {prop.name for prop in type.model.inputs if prop.default is not None}
    assert demanded - filled <= ours
    # azure-native would make the name up at random.
    assert ours - demanded <= {type.placeholders[-1]}


@pytest.mark.parametrize(("token", "type"), BY_TOKEN)
def test_the_api_version_is_the_default_one(token: str, type: ArmType) -> None:
    found = re.search(r"Uses Azure REST API version (\S+?)\.[ \n]", inspect.getsource(sdk_class(token)))
    # The one type that azure-native makes itself says none: custom_pim_eligibility.go has 2020-10-01.
    assert type.api_version == (found[1] if found else "2020-10-01")


@pytest.mark.parametrize(("token", "type"), BY_TOKEN)
def test_whatever_a_table_names_exists(token: str, type: ArmType) -> None:
    inputs, outputs = {prop.name for prop in type.model.inputs}, set(type.outputs)
    assert set(type.placeholders) - {"subscriptionId"} <= inputs
    assert type.may_lack | set(type.part_of) | type.echoed <= outputs | inputs
    assert type.inside | type.spread <= inputs
    paths = set(paths_of(type.model.inputs)) | set(nested(type.outputs))
    assert set(type.wire) <= paths, set(type.wire) - paths


def paths_of(props: tuple[Prop, ...], above: str = "") -> Any:
    for prop in props:
        yield above + prop.name
        yield from paths_of(prop.fields, f"{above}{prop.name}.")


def nested(shapes: Any, above: str = "") -> Any:
    for name, shape in shapes.items():
        yield above + name
        yield from nested(shape.get("fields", {}), f"{above}{name}.")


def test_provider_settings_are_those_of_the_sdk() -> None:
    names = set(wire_names(pulumi_azure_native.ProviderArgs).values())
    assert {prop.name for prop in PROVIDER.inputs} == names


def test_whatever_is_not_emulated_says_why() -> None:
    silent = [
        f"{token} {prop.name}"
        for token, type in BY_TOKEN
        for prop in (*type.model.inputs, *PROVIDER.inputs)
        if prop.carried is not Carried.EMULATED and not prop.note
    ]
    assert silent == []
