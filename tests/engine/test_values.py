"""The small parts: URNs, property paths, aliases, durations, and values in wire form."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import alias_pb2

from rehearsal.engine import paths, urns, wire
from rehearsal.engine.aliases import candidates
from rehearsal.engine.errors import BadState, EngineError, InvalidResource
from rehearsal.engine.goal import seconds
from rehearsal.engine.passphrase import Passphrase
from rehearsal.engine.state import ResourceState, from_checkpoint, to_checkpoint
from tests.engine.conftest import PASSPHRASE, URN


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def secret(value: Any) -> dict[str, Any]:
    return {wire.SIGNATURE: wire.SECRET, "value": value}


def output(value: Any = ..., **rest: Any) -> dict[str, Any]:
    known = {} if value is ... else {"value": value}
    return {wire.SIGNATURE: wire.OUTPUT, **known, **rest}


def test_a_urn_in_its_parts() -> None:
    urn = urns.parse(f"{URN}a:b:C$d:e:F::name::with::colons")
    assert urn == ("dev", "proj", "a:b:C$d:e:F", "name::with::colons")
    assert urn.type == "d:e:F"
    with pytest.raises(BadState):
        urns.parse("urn:other:x")


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("", f"{URN}t:i:T::n"),
        (f"{URN}pulumi:pulumi:Stack::proj-dev", f"{URN}t:i:T::n"),
        (f"{URN}a:b:C::x", f"{URN}a:b:C$t:i:T::n"),
    ],
)
def test_making_a_urn(parent: str, expected: str) -> None:
    assert urns.make("dev", "proj", parent, "t:i:T", "n") == expected


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('a["b.c"].d', ("a", "b.c", "d")),
        (r'["q\"uote"][12]', ('q"uote', 12)),
        ("a[*].b", ("a", "*", "b")),
    ],
)
def test_property_paths(path: str, parts: tuple[object, ...]) -> None:
    assert paths.parse(path) == parts


@pytest.mark.parametrize("path", ["a[", "a[x]", '["open'])
def test_what_is_no_property_path(path: str) -> None:
    with pytest.raises(EngineError, match="property path"):
        paths.parse(path)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("a", {"a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}),
        ("a", {"a": 1}, {}, {"a": 1}),
        ("a", {}, {"a": 2}, {}),
        ("a.b", {"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "c": 2}}, {"a": {"b": 1, "c": 2}}),
        ("a.b", {}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ("a[1]", {"a": [1, 1]}, {"a": [2, 2, 2]}, {"a": [2, 1, 2]}),
        ("a[*].b", {"a": [{"b": 1}, {"b": 1}]}, {"a": [{"b": 2}, {"c": 2}]}, None),
        ("*", {"a": 1}, {"a": 2, "b": 2}, {"a": 1}),
    ],
)
def test_ignored_properties(
    path: str, old: dict[str, Any], new: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    if expected is None:
        expected = {"a": [{"b": 1}, {"b": 1, "c": 2}]}
    given_ = struct(new)
    assert paths.with_ignored(given_, struct(old), [path]) == struct(expected)
    assert given_ == struct(new)


def test_which_changes_a_pattern_touches() -> None:
    assert paths.touches(["a.b"], ["a", "a.b", "a.b.c", "a.c", "b"]) == ("a.b", "a.b.c")
    assert paths.touches(["*"], ["a", "b.c"]) == ("a", "b.c")
    assert paths.touches(["a[*].x"], ["a[3].x", "a[3].y"]) == ("a[3].x",)


@pytest.mark.parametrize(("text", "expected"), [("5m", 300), ("1h30m", 5400), ("1.5s", 1.5), ("200ms", 0.2)])
def test_durations(text: str, expected: float) -> None:
    assert seconds(text, URN) == expected


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "5d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidResource):
        seconds(text, URN)


def test_inherited_aliases_take_the_old_name_of_the_parent() -> None:
    parent, old_parent = f"{URN}a:b:C::app", f"{URN}a:b:C::old"
    tried = candidates(
        "dev",
        "proj",
        type_="t:i:T",
        name="app-x",
        parent=parent,
        aliases=[alias_pb2.Alias(spec=alias_pb2.Alias.Spec(name="app-y", stack="other"))],
        parents={parent: old_parent},
    )
    assert list(tried) == [
        "urn:pulumi:other::proj::a:b:C$t:i:T::app-y",
        f"{URN}a:b:C$t:i:T::old-x",
        f"{URN}a:b:C$t:i:T::old-y",
    ]


def test_output_values_become_what_they_stand_for() -> None:
    given_ = {
        "known": output(1),
        "unknown": output(),
        "secret": output("x", secret=True, dependencies=["urn"]),
        "deep": [{"in": output({"a": output(2)})}],
        "wrapped": secret(output("y", secret=True)),
    }
    assert wire.without_outputs(struct(given_)) == struct(
        {
            "known": 1,
            "unknown": wire.UNKNOWN,
            "secret": secret("x"),
            "deep": [{"in": {"a": 2}}],
            "wrapped": secret("y"),
        }
    )


def test_resource_references_become_ids() -> None:
    reference = {wire.SIGNATURE: wire.RESOURCE, "urn": URN, "id": "i"}
    component = {wire.SIGNATURE: wire.RESOURCE, "urn": URN}
    given_ = struct({"a": [reference], "b": secret(component)})
    assert wire.without_references(given_) == struct({"a": ["i"], "b": secret(URN)})


def test_secrets_are_marked_again_where_the_inputs_had_them() -> None:
    outputs = struct({"a": {"b": 1, "c": 1}, "d": [1], "e": 1})
    wire.annotate_secrets(outputs, struct({"a": {"b": secret(1)}, "d": [secret(1)], "f": secret(1)}))
    assert outputs == struct({"a": {"b": secret(1), "c": 1}, "d": secret([1]), "e": 1})


def test_what_people_are_shown() -> None:
    value = struct({"v": {"s": secret(1), "u": wire.UNKNOWN, "n": None, "l": [1, 1.5, True, "x"]}})
    assert wire.shown(value.fields["v"]) == {
        "s": "[secret]",
        "u": "[unknown]",
        "n": None,
        "l": [1, 1.5, True, "x"],
    }


def secret_once(value: Any) -> Any:
    """A secret in a secret is one secret; it is not written twice."""
    return value if isinstance(value, dict) and wire.SIGNATURE in value else secret(value)


floats = st.floats(allow_nan=False, allow_infinity=False).map(lambda n: n or 0.0)  # -0.0 is 0 in JSON
numbers = st.integers(-(2**53), 2**53) | floats
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | inner.map(secret_once)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4))
def test_a_checkpoint_gives_back_what_was_written(salt: str, properties: dict[str, Any]) -> None:
    before = ResourceState(urn=URN + "a:b:C::x", type="a:b:C", custom=True, id="i", inputs=struct(properties))
    passphrase = Passphrase(PASSPHRASE, salt)
    written = to_checkpoint(before, passphrase)
    after = from_checkpoint(written, passphrase)
    assert (after.inputs or struct_pb2.Struct()) == struct(properties)
    assert to_checkpoint(after, passphrase) == written  # ciphertexts too
