"""What is found to be within another statement never lets through what the other does not.

Held against the small evaluator with which the components' policies are tested, over statements and requests
that hypothesis makes up.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policy_packs.controls.iam_comparison import allowed_by, placeholders
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.value import Value
from tests.components.iam import Request, applies

UNHURRIED = settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
ACTIONS = ("s3:Get", "s3:GetX", "s3:*", "S3:get*", "*", "kms:Use")
RESOURCES = ("arn:a", "arn:a/b", "arn:*", "arn:a?b", "*")
VALUES = ("x", "xy", "x*", "*", "y")
OPERATORS = (
    *("StringEquals", "StringLike", "StringNotEquals", "StringNotLike"),
    *("StringEqualsIfExists", "StringNotEqualsIfExists", "StringLikeIfExists"),
    *("ForAnyValue:StringEquals", "ForAnyValue:StringLike", "ForAllValues:StringEquals"),
    "Null",
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": "Allow"}
    found["NotAction" if draw(st.booleans()) and draw(st.booleans()) else "Action"] = draw(some(ACTIONS))
    found["NotResource" if draw(st.booleans()) and draw(st.booleans()) else "Resource"] = draw(
        some(RESOURCES)
    )
    conditions: dict[str, dict[str, list[str]]] = {}
    for operator in draw(st.lists(st.sampled_from(OPERATORS), max_size=2, unique=True)):
        values = [draw(st.sampled_from(("true", "false")))] if operator == "Null" else draw(some(VALUES))
        conditions[operator] = {draw(st.sampled_from(("aws:a", "aws:b"))): values}
    return {**found, "Condition": conditions} if conditions else found


REQUESTS = st.builds(
    Request,
    action=st.sampled_from(("s3:Get", "s3:GetX", "kms:Use", "iam:X")),
    resource=st.sampled_from(("arn:a", "arn:a/b", "arn:axb", "brn")),
    context=st.dictionaries(
        st.sampled_from(("aws:a", "aws:b")),
        st.one_of(st.sampled_from(("x", "xy", "y", "z"))),
        max_size=2,
    ),
)


def parsed(statement: dict[str, Any]) -> Statement:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return read_document(Value.of(json.dumps(document), "policy")).statements[0]


def within(inner: Statement, outer: Statement) -> bool:
    return allowed_by(inner, [outer])


@UNHURRIED
@given(statements(), statements(), st.lists(REQUESTS, min_size=5, max_size=20))
def test_what_is_within_reaches_no_further(
    inner: dict[str, Any], outer: dict[str, Any], requests: list[Request]
) -> None:
    assume(within(parsed(inner), parsed(outer)))
    for request in requests:
        assert not applies(inner, request) or applies(outer, request), (inner, outer, request)


@UNHURRIED
@given(statements())
def test_a_statement_is_within_itself(statement: dict[str, Any]) -> None:
    assert within(parsed(statement), parsed(statement))


@UNHURRIED
@given(statements(), st.lists(statements(), max_size=3), st.lists(REQUESTS, min_size=5, max_size=20))
def test_what_several_allow_together_reaches_no_further(
    inner: dict[str, Any], outers: list[dict[str, Any]], requests: list[Request]
) -> None:
    assume(allowed_by(parsed(inner), [parsed(each) for each in outers]))
    for request in requests:
        assert not applies(inner, request) or any(applies(each, request) for each in outers)


BASE = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}


@pytest.mark.parametrize(
    ("mine", "reviewed", "fits"),
    [
        ({"StringEquals": {"k": "a"}}, {"StringEquals": {"k": ["a", "b"]}}, True),
        ({"StringEquals": {"k": ["a", "b"]}}, {"StringEquals": {"k": "a"}}, False),
        ({"StringEquals": {"K": "a"}}, {"StringLike": {"k": "a*"}}, True),
        ({"StringLike": {"k": "a*"}}, {"StringEquals": {"k": "a*"}}, False),
        ({"StringEquals": {"k": "a"}}, {"StringEqualsIfExists": {"k": "a"}}, True),
        ({"StringEqualsIfExists": {"k": "a"}}, {"StringEquals": {"k": "a"}}, False),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {"StringEquals": {"k": "a"}}, False),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {"ForAnyValue:StringEquals": {"k": "a"}}, False),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"ForAnyValue:StringLike": {"k": "*"}}, True),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"StringNotEquals": {"k": "a"}}, True),
        ({"StringNotEquals": {"k": "a"}}, {"StringNotEquals": {"k": ["a", "b"]}}, False),
        ({"StringNotLike": {"k": "a*"}}, {"StringNotEquals": {"k": "ab"}}, True),
        ({"ArnEquals": {"k": "arn:aws:iam::1:role/x"}}, {"ArnLike": {"k": "arn:aws:iam::1:role/*"}}, True),
        (
            {"ArnNotLike": {"k": "arn:aws:iam::1:role/*"}},
            {"ArnNotEquals": {"k": "arn:aws:iam::1:role/x"}},
            True,
        ),
        ({"Bool": {"k": "true"}}, {"Bool": {"k": "false"}}, False),
        ({"Bool": {"k": True}}, {"Bool": {"k": "true"}}, True),
        ({"Null": {"k": "false"}}, {"Null": {"k": "false"}}, True),
        ({"StringEquals": {"k": "a"}}, {"StringEquals": {"k": "<any>"}}, True),
        ({}, {"StringEquals": {"k": "<any>"}}, False),
        ({"StringNotEquals": {"k": "<any>"}}, {"StringNotEquals": {"k": "a"}}, True),
        ({"StringNotEquals": {"k": "a"}}, {"StringNotEquals": {"k": ["a", "<any>", "b"]}}, False),
        ({"StringEquals": {"k": ["<any>", "b"]}}, {"StringEquals": {"k": "a"}}, False),
        ({"StringEquals": {"k": "<any>"}}, {"StringEquals": {"k": []}}, False),
        ({"StringEquals": {"k": []}}, {"StringEquals": {"k": "a"}}, False),
        ({"StringEquals": {"k": []}}, {"StringEquals": {"k": []}}, False),
    ],
)
def test_conditions(mine: dict[str, Any], reviewed: dict[str, Any], fits: bool) -> None:
    assert within(parsed({**BASE, "Condition": mine}), parsed({**BASE, "Condition": reviewed})) is fits


@pytest.mark.parametrize(
    ("mine", "reviewed", "fits"),
    [
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, {"Principal": "*"}, True),
        ({"Principal": "*"}, {"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Principal": {"AWS": ["a", "b"]}}, {"Principal": {"AWS": ["a"]}}, False),
        ({"Principal": {"Federated": "a"}}, {"Principal": {"AWS": "a"}}, False),
        ({"NotPrincipal": {"AWS": "a"}}, {"Principal": "*"}, False),
        ({"NotPrincipal": {"AWS": "a"}}, {"NotPrincipal": {"AWS": "a"}}, False),
    ],
)
def test_principals(mine: dict[str, Any], reviewed: dict[str, Any], fits: bool) -> None:
    assert within(parsed({**BASE, **mine}), parsed({**BASE, **reviewed})) is fits


@pytest.mark.parametrize(
    "held",
    [
        {"Condition": {"StringEquals": {"k": ["a", "<any>"]}}},
        {"Condition": {"StringEquals": {"<issuers>:sub": "a"}}},
        {"Resource": "arn:aws:s3:::amazon-braket-<project>"},
        {"Resource": None, "NotResource": "<devices>"},
        {"Action": None, "NotAction": ["<any>"]},
        {"Principal": {"AWS": "arn:aws:iam::<account>:root"}},
    ],
)
def test_placeholders_are_seen_wherever_they_stand(held: dict[str, Any]) -> None:
    statement = {key: value for key, value in {**BASE, **held}.items() if value is not None}
    assert placeholders(parsed(statement))
    assert not placeholders(parsed(BASE))
