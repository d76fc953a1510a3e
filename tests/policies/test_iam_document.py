"""Policy documents are understood as IAM does, and refused where they are not understood."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_packs.controls.control import CannotDecide
from policy_packs.controls.iam_document import Document, covers, overlap, reaches, read_document
from policy_packs.controls.value import Value
from tests.policies.support import UNKNOWN, allow, deny, policy, secret

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PATTERN = st.text("ab:*?", max_size=6)
TEXT = st.text("ab:", max_size=6)
DEVICE = "arn:*:braket:*:*:device/*"


def read(wire: object) -> Document:
    return read_document(Value.of({"policy": wire}).get("policy"))


def as_regex(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)


@UNHURRIED
@given(PATTERN, TEXT)
def test_covers_is_wildcard_matching(pattern: str, text: str) -> None:
    assert covers(pattern, text) is bool(re.fullmatch(as_regex(pattern), text, re.DOTALL))


@UNHURRIED
@given(PATTERN, PATTERN, TEXT)
def test_what_both_match_overlaps(one: str, other: str, text: str) -> None:
    assert overlap(one, other) is overlap(other, one)
    if covers(one, text) and covers(other, text):
        assert overlap(one, other)


@UNHURRIED
@given(PATTERN)
def test_a_pattern_without_wildcards_overlaps_itself_only(text: str) -> None:
    assert overlap(text, text)
    assert overlap("*", text)
    assert not overlap(text.replace("*", "").replace("?", ""), text.replace("*", "").replace("?", "") + "c")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", True),
        ("arn:*", True),
        ("arn:*:job/*", True),  # a crafted device ARN could hold job/ in a segment
        ("arn:aws:braket:::device/quantum-simulator/amazon/sv1", True),
        ("arn:aws:braket:eu-west-2:111122223333:*", True),
        ("arn:aws:braket:eu-west-2:111122223333:quantum-task/*", False),
        ("arn:aws:braket:*:*:quantum-task/*", False),
        ("arn:aws:s3:::device/*", False),
        ("arn:aws:braket:${aws:x}:1:${aws:y}", True),
    ],
)
def test_reaches_devices(pattern: str, found: bool) -> None:
    assert reaches(pattern, DEVICE) is found


def test_forms_that_mean_the_same() -> None:
    one = read(policy(allow("s3:GetObject", "arn:x")))
    assert read(json.dumps({"Statement": allow(["s3:GetObject"], ["arn:x"])})) == one
    assert read({"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "arn:x")]}) == one
    assert read(secret(policy(allow("s3:GetObject", "arn:x")))) == one
    assert read(policy(allow("s3:GetObject", "arn:x")).replace("G", "\\u0047")) == one


@pytest.mark.parametrize(
    "wire",
    [
        None,
        7,
        "",
        "{",
        "null",
        '"text"',
        "{}",
        '{"Statement": ["x"]}',
        '{"Statement": [], "Version": "2099-01-01"}',
        '{"Statement": [], "Other": 1}',
        '{"Statement": [{"Effect": "Allow"}]}',
        '{"Statement": [{"Effect": "allow", "Action": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "x"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "x"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": [["*"]]}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": []}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"Bool": "x"}}]}',
        '{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": "*"}]}',
        "[" * 100_000,
        UNKNOWN,
        f'{{"Statement": "{UNKNOWN}"}}',
        {"Statement": [{"Effect": UNKNOWN, "Action": "*"}]},
    ],
)
def test_what_is_not_understood_is_not_decided(wire: object) -> None:
    with pytest.raises(CannotDecide):
        read(wire)


@UNHURRIED
@given(
    st.recursive(st.none() | st.booleans() | st.text(), lambda i: st.lists(i) | st.dictionaries(st.text(), i))
)
def test_any_json_is_read_or_refused(data: object) -> None:
    with contextlib.suppress(CannotDecide):
        assert isinstance(read(json.dumps(data)), Document)


def test_actions_have_no_case() -> None:
    (statement,) = read(policy(allow("BRAKET:create*"))).statements
    assert statement.may("braket:CreateQuantumTask", "braket:CreateJob", "braket:GetJob") == (
        "braket:CreateQuantumTask",
        "braket:CreateJob",
    )


def test_all_actions_but_a_list() -> None:
    (statement,) = read(policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})).statements
    assert statement.may("s3:GetObject", "kms:Decrypt") == ("kms:Decrypt",)


@pytest.mark.parametrize(
    ("condition", "pinned"),
    [
        ({"StringEquals": {"k": "v"}}, ("v",)),
        ({"stringequals": {"K": ["v", "w"]}}, ("v", "w")),
        ({"ForAnyValue:StringEquals": {"k": "v"}}, ("v",)),
        ({"ArnLike": {"k": "v"}}, ("v",)),
        ({"StringLike": {"k": "v*"}}, ()),
        ({"StringLike": {"k": ["v", "w?"]}}, ()),
        ({"StringEquals": {"k": "${aws:username}"}}, ()),
        ({"ForAllValues:StringEquals": {"k": "v"}}, ()),
        ({"StringEqualsIfExists": {"k": "v"}}, ()),
        ({"StringNotEquals": {"k": "v"}}, ()),
        ({"StringEqualsIgnoreCase": {"k": "v"}}, ()),
        ({"StringEquals": {"other": "v"}}, ()),
        ({}, ()),
    ],
)
def test_what_pins_a_key(condition: dict[str, object], pinned: tuple[str, ...]) -> None:
    (statement,) = read(policy(allow("a:b", Condition=condition))).statements
    assert statement.pinned("k") == pinned


@pytest.mark.parametrize(
    ("statement", "forbids"),
    [
        (deny("*"), True),
        (deny("iam:*"), True),
        (deny(["IAM:Create*"]), True),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, True),
        ({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}, False),
        (deny("iam:*", "arn:aws:iam::1:role/*"), False),
        (deny("iam:*", Condition={"Bool": {"x": "true"}}), False),
        (allow("*", "*"), False),
    ],
)
def test_what_is_forbidden_outright(statement: dict[str, object], forbids: bool) -> None:
    document = read(policy(allow("*", "*"), statement))
    assert document.forbids("iam:CreateUser") is forbids
    assert document.permits("iam:CreateUser") is not forbids


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "action": "s3:*", "Resource": "*"},  # an element IAM does not know: letters count
        {"effect": "Deny", "Action": "s3:*", "Resource": "*"},
        {"Effect": "allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotResource": "arn:x"},
        {"Effect": "Allow", "Action": "s3:*", "Principal": "*", "NotPrincipal": {"AWS": "1"}},
        {"Effect": "Allow", "Action": {"s3": "*"}, "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": [{"Bool": {"k": "true"}}]},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": "true"}},
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"k": {"a": 1}}},
        },
    ],
)
def test_what_iam_does_not_take_is_not_decided(statement: dict[str, object]) -> None:
    with pytest.raises(CannotDecide):
        read(policy(statement))


@pytest.mark.parametrize(
    "text",
    [
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": "*"}]}',
        '{"Statement": [], "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b", "Condition": '
        '{"Bool": {"k": "true", "k": "false"}}}]}',
    ],
)
def test_a_key_said_twice_is_not_decided(text: str) -> None:
    with pytest.raises(CannotDecide, match="twice"):
        read(text)


@pytest.mark.parametrize(
    ("condition", "pins"),
    [
        ({"StringEquals": {"K": "v"}}, ("v",)),
        ({"stringequals": {"k": ["v", "w"]}}, ("v", "w")),
        ({"ForAnyValue:StringEquals": {"k": "v"}}, ("v",)),
        ({"ForAllValues:StringEquals": {"k": "v"}}, ()),  # true where the key is missing
        ({"StringEqualsIfExists": {"k": "v"}}, ()),
        ({"StringNotEquals": {"k": "v"}}, ()),
        ({"StringLike": {"k": "v*"}}, ()),
        ({"StringEquals": {"k": "${aws:x}"}}, ()),
        ({"StringEquals": {"k": ["v", "*"]}}, ()),
        ({"Null": {"k": "false"}}, ()),
        ({"StringEquals": {"k": ["v", "w"]}, "StringLike": {"k": "v"}}, ("v",)),
    ],
)
def test_what_pins_a_key_in_all_forms(condition: dict[str, object], pins: tuple[str, ...]) -> None:
    statement = read(policy(allow("s3:GetObject", Condition=condition))).statements[0]
    assert statement.pinned("k") == pins


@pytest.mark.parametrize(
    ("actions", "speaks"),
    [
        ({"Action": "S3:getobject"}, True),
        ({"Action": "s3:*Object"}, True),
        ({"Action": "*:GetObject"}, True),
        ({"Action": "s?:Get?bject"}, True),
        ({"Action": "s3:\u0047etObject"}, True),
        ({"Action": ["iam:*", "kms:*"]}, False),
        ({"NotAction": "iam:*"}, True),
        ({"NotAction": ["iam:*", "s3:Get*"]}, False),
    ],
)
def test_actions_in_all_their_forms(actions: dict[str, object], speaks: bool) -> None:
    statement = read(policy({"Effect": "Allow", "Resource": "*", **actions})).statements[0]
    assert bool(statement.may("s3:GetObject")) is speaks
