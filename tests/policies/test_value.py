"""Whatever an engine sends, a Value raises nothing, and an unknown is never taken for an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_packs.controls.value import UNKNOWN_MARKERS, Value
from tests.policies.support import SECRET_SIGN, UNKNOWN, secret, struct

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

LEAVES = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5)
PLAIN = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
STRANGE = st.sampled_from(
    [
        *UNKNOWN_MARKERS,
        secret("hunter2"),
        secret(UNKNOWN),
        {SECRET_SIGN: "no such sign"},
        {SECRET_SIGN: "c44067f5952c0a294b673a41bacd8c17", "text": "an asset"},
        {SECRET_SIGN: OUTPUT},
        {SECRET_SIGN: OUTPUT, "value": "x", "secret": True},
        {SECRET_SIGN: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": "i"},
        float("inf"),
    ]
)
WIRE = st.recursive(
    LEAVES | STRANGE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def nested(data: Any, marker: str) -> bool:
    if isinstance(data, dict):
        return any(nested(part, marker) for part in data.values())
    return any(nested(part, marker) for part in data) if isinstance(data, list) else marker in str(data)


def told(value: Value) -> Any:
    """All there is to know of a value, its parts included."""
    inside = {key: told(part) for key, part in value.items()} or [told(part) for part in value._parts()]
    return value.path, value.secret, value.unknown, value.absent, value.plain(), inside


@UNHURRIED
@given(st.dictionaries(st.text(max_size=3), WIRE.filter(lambda data: "inf" not in str(data)), max_size=3))
def test_a_message_reads_as_the_data_it_stands_for(data: dict[str, Any]) -> None:
    assert told(Value.of(struct(data))) == told(Value.of(data))
    for key, part in struct(data).fields.items():
        assert told(Value.of(part, key)) == told(Value.of(data[key], key))


@UNHURRIED
@given(WIRE, WIRE)
def test_nothing_raises(one: Any, other: Any) -> None:
    mine, theirs = Value.of(one), Value.of(other)
    for probe in (mine, mine.get("a"), mine["a"]["b"], *mine):
        assert probe.equals(theirs) in (True, False, None)
        assert probe.contains(other if isinstance(other, str) else "x") in (True, False, None)
        assert isinstance(repr(probe), str)
        assert (probe == theirs) in (True, False)
        assert ("x" in probe) in (True, False)
        assert len(probe) == len(list(probe))
        probe.items(), probe.keys(), probe.plain(), probe.text(), probe.known, bool(probe)


@UNHURRIED
@given(PLAIN)
def test_plain_data_comes_back(data: Any) -> None:
    wire = Value.of(struct({"it": data})).get("it")
    assert wire.known
    assert wire.equals(data) is True
    assert wire.plain() == data


@UNHURRIED
@given(PLAIN, PLAIN)
def test_equal_means_equal_data(one: Any, other: Any) -> None:
    def marked(data: Any) -> Any:  # in Python True == 1, in a property not
        if isinstance(data, dict):
            return {key: marked(part) for key, part in data.items()}
        return [marked(part) for part in data] if isinstance(data, list) else (isinstance(data, bool), data)

    assert Value.of(one).equals(other) is (marked(one) == marked(other))


@UNHURRIED
@given(WIRE)
def test_an_unknown_inside_is_seen(data: Any) -> None:
    value = Value.of({"it": data, "list": [data]})
    if nested(data, UNKNOWN):
        assert not value.known
        assert value.equals(value) is not True


@UNHURRIED
@given(WIRE)
def test_a_secret_is_never_shown(data: Any) -> None:
    assert "hunter2" not in repr(Value.of({"it": [data]}))


@pytest.mark.parametrize("marker", UNKNOWN_MARKERS)
def test_every_marker_is_unknown(marker: str) -> None:
    value = Value.of({"a": marker, "b": f'{{"Resource": "{marker}"}}'})
    assert value.get("a").unknown
    assert value.get("b").unknown
    assert value.unknown_paths() == ("a", "b")


def test_unknown_answers_nothing() -> None:
    unknown = Value.of({"a": UNKNOWN}).get("a")
    assert unknown.equals("x") is None
    assert unknown.contains("x") is None
    assert unknown != unknown
    assert "x" not in unknown
    assert unknown.get("b").get("c").unknown
    assert [each.unknown for each in unknown] == [True]
    assert unknown
    assert not unknown.absent


def test_traps_of_the_wire() -> None:
    value = Value.of(struct({"list": ["a", "b"], "whole": 7, "half": 0.5, "on": True, "none": None}))
    assert value["list"] == ["a", "b"]
    assert value["list"].contains("b") is True
    assert (value["whole"].plain(), value["half"].plain()) == (7, 0.5)
    assert value["on"].equals(1) is False
    assert value["on"].equals(True) is True
    assert value["none"].absent
    assert value["missing"].absent
    assert value["missing"]["deep"].path == "missing.deep"
    assert value["list"].elements()[1].path == "list[1]"


def test_lists_with_unknowns_are_open_only_where_they_matter() -> None:
    value = Value.of([UNKNOWN, "a"])
    assert value.contains("a") is True
    assert value.contains("b") is None
    assert value.equals(["b", "b"]) is False
    assert value.equals(["b", "a"]) is None


def test_secret_is_judged_by_value() -> None:
    value = Value.of({"policy": secret("text"), "deep": secret({"a": "text"})})
    assert value["policy"] == "text"
    assert value["policy"].secret
    assert value["deep"]["a"].secret
    assert repr(value) == "[secret]"
