"""The evaluator itself, against cases of the IAM user guide: what it judges must be judged right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.iam import Request, applies, decide


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **parts}


def holds(condition: dict[str, Any], context: dict[str, Any]) -> bool:
    return applies(statement(Condition=condition), Request("s3:GetObject", "r", context))


def test_a_deny_wins_and_silence_is_no_allow() -> None:
    request = Request("s3:GetObject", "r")
    assert decide([{"Statement": [statement()]}], request) == "allow"
    assert decide([{"Statement": [statement(), statement("Deny")]}], request) == "deny"
    assert decide([{"Statement": [statement(Action="s3:PutObject")]}], request) == "none"


def test_wildcards_span_separators_and_actions_ignore_case() -> None:
    assert applies(statement(Resource="arn:*:job/*"), Request("S3:getobject", "arn:a:device/x/y:job/1"))
    assert applies(statement(Resource="a?c"), Request("s3:GetObject", "abc"))
    assert not applies(statement(Resource="a?c"), Request("s3:GetObject", "abbc"))


def test_not_action_and_not_resource() -> None:
    other = {"Effect": "Deny", "NotAction": ["iam:*"], "NotResource": ["x"]}
    assert applies(other, Request("s3:GetObject", "y"))
    assert not applies(other, Request("iam:GetRole", "y"))
    assert not applies(other, Request("s3:GetObject", "x"))


def test_a_variable_is_literal_and_an_unset_one_matches_nothing() -> None:
    own = statement(Resource="b-${aws:PrincipalTag/project}")
    assert applies(own, Request("s3:GetObject", "b-a", {"aws:PrincipalTag/project": "a"}))
    assert not applies(own, Request("s3:GetObject", "b-a", {"aws:PrincipalTag/project": "*"}))
    assert not applies(own, Request("s3:GetObject", "b-", {}))


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"StringEquals": {"k": "a"}}, {"k": "a"}, True),
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"k": "a*"}}, {"k": "ab"}, False),
        ({"StringEquals": {"k": "a*"}}, {"k": "a*"}, True),
        ({"StringEquals": {"k": "a"}}, {}, False),
        ({"StringNotEquals": {"k": "a"}}, {}, True),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
        ({"StringLike": {"k": "a*"}}, {"k": "ab"}, True),
        ({"ArnLike": {"k": "arn:*:x"}}, {"k": "arn:aws:x"}, True),
        ({"ArnNotEquals": {"k": ["arn:a"]}}, {"k": "arn:a"}, False),
        ({"ArnNotEquals": {"k": ["arn:a"]}}, {}, True),
        ({"Null": {"k": "true"}}, {}, True),
        ({"Null": {"k": "false"}}, {}, False),
        ({"Null": {"k": "false"}}, {"k": "a"}, True),
        ({"Bool": {"k": "false"}}, {"k": "false"}, True),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"k": ["a", "b"]}, True),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {}, False),
        ({"ForAllValues:StringEquals": {"k": ["a"]}}, {"k": ["a", "b"]}, False),
        ({"ForAllValues:StringEquals": {"k": ["a"]}}, {}, True),
        ({"StringEquals": {"k": "a", "l": "b"}}, {"k": "a"}, False),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, Any], expected: bool) -> None:
    assert holds(condition, context) is expected


def test_an_operator_it_does_not_know_is_an_error() -> None:
    with pytest.raises(KeyError):
        holds({"IpAddress": {"k": "10.0.0.0/8"}}, {"k": "10.0.0.1"})


def test_an_account_as_principal_is_anybody_of_it() -> None:
    rule = statement(Principal={"AWS": "arn:aws:iam::111122223333:root"})
    assert applies(rule, Request("s3:GetObject", "r", {}, "arn:aws:iam::111122223333:role/x"))
    assert not applies(rule, Request("s3:GetObject", "r", {}, "arn:aws:iam::999999999999:role/x"))
    assert applies(
        statement(Principal={"Service": "a.amazonaws.com"}),
        Request("s3:GetObject", "r", {}, "a.amazonaws.com"),
    )
