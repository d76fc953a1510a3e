"""Every table against the installed SDK: no input, nested input or documented output may be missing or
made up.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws
import pytest

from rehearsal.aws.listing import listed
from rehearsal.aws.model import MODEL, Carried
from rehearsal.aws.model.provider_config import PROVIDER
from rehearsal.aws.resources import HANDLERS
from rehearsal.provider.model.schema import Kind, Prop, TypeModel

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BY_TOKEN = sorted(MODEL.items())


def sdk_class(token: str) -> Any:
    module = token.split(":")[1].split("/")[0]
    return getattr(getattr(pulumi_aws, module), token.rpartition(":")[2])


def wire_names(cls: Any) -> dict[str, str]:
    """Python name → wire name of every property a class has."""
    found = {name: p.fget for name, p in inspect.getmembers(cls, lambda m: isinstance(m, property))}
    return {name: getattr(getter, "_pulumi_name", name) for name, getter in found.items()}


def sdk_inputs(cls: Any) -> dict[str, str]:
    """Wire name → annotation of every input of a resource class."""
    names = wire_names(cls)
    parameters = inspect.signature(cls._internal_init).parameters
    skipped = {"__self__", "resource_name", "opts", "__props__"}
    return {
        names[name]: str(parameter.annotation)
        for name, parameter in parameters.items()
        if name not in skipped
    }


def required(cls: Any) -> set[str]:
    missing = set(re.findall(r"Missing required property '(\w+)'", inspect.getsource(cls._internal_init)))
    return {wire for name, wire in wire_names(cls).items() if name in missing}


def args_class(cls: Any, annotation: str) -> Any:
    """The class of a nested input, None for plain values and for policy documents."""
    names = [name for name in re.findall(r"(\w+Args)\b", annotation) if name != "PolicyDocumentArgs"]
    if not names:
        return None
    inputs = importlib.import_module(cls.__module__.rpartition(".")[0] + "._inputs")
    return getattr(inputs, names[0])


def nested(prop: Prop, args: Any, path: str) -> Iterator[str]:
    """Compare the table of a nested object with its Args class; yields what differs."""
    names = wire_names(args)
    ours = {field.name for field in prop.fields}
    if ours != set(names.values()):
        yield f"{path}: {sorted(ours ^ set(names.values()))}"
    parameters = inspect.signature(args.__init__).parameters
    by_wire = {wire: parameters[name] for name, wire in names.items()}
    for field in prop.fields:
        parameter = by_wire[field.name]
        if field.required != (parameter.default is inspect.Parameter.empty):
            yield f"{path}.{field.name}: required in one of the two"
        inner = args_class(args, str(parameter.annotation))
        if inner is not None and field.carried is not Carried.REFUSED:
            yield from nested(field, inner, f"{path}.{field.name}")


@pytest.mark.parametrize(("token", "model"), BY_TOKEN)
def test_inputs_are_those_of_the_sdk(token: str, model: TypeModel) -> None:
    assert {prop.name for prop in model.inputs} == set(sdk_inputs(sdk_class(token)))


@pytest.mark.parametrize(("token", "model"), BY_TOKEN)
def test_outputs_are_those_of_the_sdk(token: str, model: TypeModel) -> None:
    ours = {prop.name for prop in model.inputs} | set(model.outputs)
    documented = set(wire_names(sdk_class(token)).values()) - set(wire_names(pulumi.CustomResource).values())
    assert ours == documented


@pytest.mark.parametrize(("token", "model"), BY_TOKEN)
def test_what_the_sdk_demands_is_demanded(token: str, model: TypeModel) -> None:
    demanded = {prop.name for prop in model.inputs if prop.required}
    assert required(sdk_class(token)) <= demanded
    # Names are demanded on top: the real provider would make them up at random.
    named = {prop.name for prop in model.inputs if prop.required and "deterministic" in prop.note}
    assert demanded - required(sdk_class(token)) == named - required(sdk_class(token))


@pytest.mark.parametrize(("token", "model"), BY_TOKEN)
def test_nested_inputs_are_those_of_the_sdk(token: str, model: TypeModel) -> None:
    cls = sdk_class(token)
    annotations = sdk_inputs(cls)
    differences: list[str] = []
    for prop in model.inputs:
        args = args_class(cls, annotations[prop.name])
        if args is None or prop.carried is Carried.REFUSED:
            assert prop.kind not in (Kind.OBJECT, Kind.OBJECTS) or args is not None, prop.name
            continue
        differences += nested(prop, args, prop.name)
    assert differences == []


_FORMS = {
    Kind.FLAG: r"\bbool\b",
    Kind.NUMBER: r"\bint\b",
    Kind.DECIMAL: r"\bfloat\b",
    Kind.TEXTS: r"Sequence",
    Kind.TEXT_MAP: r"Mapping",
    Kind.OBJECTS: r"Sequence.*Args",
    Kind.OBJECT: r"Args",
    Kind.TEXT: r"\bstr\b",
    Kind.JSON: r"\bstr\b",
}


@pytest.mark.parametrize(("token", "model"), BY_TOKEN)
def test_forms_are_those_of_the_sdk(token: str, model: TypeModel) -> None:
    annotations = sdk_inputs(sdk_class(token))
    wrong = [p.name for p in model.inputs if not re.search(_FORMS[p.kind], annotations[p.name])]
    assert wrong == []


def test_provider_settings_are_those_of_the_sdk() -> None:
    cls = pulumi_aws.Provider
    parameters = set(inspect.signature(cls._internal_init).parameters)
    names = {p.name for p in PROVIDER.inputs}
    sdk = {
        re.sub(r"_(\w)", lambda m: m[1].upper(), name)
        for name in parameters - {"__self__", "resource_name", "opts", "__props__"}
    }
    assert names == sdk


def test_every_type_has_its_deeds() -> None:
    assert set(HANDLERS) == set(MODEL)


def test_every_type_can_be_found_without_its_id() -> None:
    assert [token for token in MODEL if not listed(token)] == []


def test_whatever_is_not_emulated_says_why() -> None:
    silent = [
        f"{token} {prop.name}"
        for token, model in BY_TOKEN
        for prop in model.inputs
        if prop.carried is not Carried.EMULATED and not prop.note
    ]
    assert silent == []
