from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.strategies import few, tags

ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
Boto = Callable[..., Any]


@few
@given(one=tags, two=tags)
def test_analyzer(peer: Peer, boto: Boto, name: str, one: dict[str, str], two: dict[str, str]) -> None:
    first = {"analyzerName": name, "tags": one}
    second = {"analyzerName": name, "tags": {**two, "more with space/slash": "x"}}

    def look(made: Made) -> None:
        found = boto("accessanalyzer").get_analyzer(analyzerName=name)["analyzer"]
        arn = f"arn:aws:access-analyzer:eu-west-2:{ACCOUNT}:analyzer/{name}"
        assert found["arn"] == made.outputs["arn"] == arn
        assert (found["type"], found["status"]) == ("ACCOUNT", "ACTIVE")
        assert found["tags"] == made.inputs["tags"]
        assert boto("accessanalyzer").list_tags_for_resource(resourceArn=arn)["tags"] == found["tags"]

    whole_life(peer, ANALYZER, first, second, look)


@few
@given(age=st.integers(1, 365))
def test_analyzer_of_unused_access(peer: Peer, boto: Boto, name: str, age: int) -> None:
    kind = {"analyzerName": name, "type": "ACCOUNT_UNUSED_ACCESS"}
    first = {**kind, "configuration": {"unusedAccess": {"unusedAccessAge": age}}}
    excluded = {"exclusions": [{"accountIds": ["444455556666"]}]}
    second = {**kind, "configuration": {"unusedAccess": {"unusedAccessAge": age, "analysisRule": excluded}}}

    def look(made: Made) -> None:
        found = boto("accessanalyzer").get_analyzer(analyzerName=name)["analyzer"]
        assert found["configuration"] == made.inputs["configuration"]

    whole_life(peer, ANALYZER, first, second, look)
    made = peer.create(ANALYZER, first)
    other = {**kind, "configuration": {"unusedAccess": {"unusedAccessAge": age % 365 + 1}}}
    assert list(peer.diff(ANALYZER, made, other).replaces) == ["configuration"]
    peer.delete(ANALYZER, made)


def test_one_of_each_type_in_a_region(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(ANALYZER, {"analyzerName": name})
    with pytest.raises(grpc.RpcError, match="ConflictException"):
        peer.create(ANALYZER, {"analyzerName": name})
    with pytest.raises(grpc.RpcError, match="ServiceQuotaExceededException"):
        peer.create(ANALYZER, {"analyzerName": f"{name}-2"})
    elsewhere = peer.create(ANALYZER, {"analyzerName": name, "region": "eu-north-1"})
    assert [one["name"] for one in boto("accessanalyzer").list_analyzers()["analyzers"]] == [name]
    peer.delete(ANALYZER, elsewhere)
    peer.delete(ANALYZER, made)


def test_what_is_not_played_is_refused(boto: Boto) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*not ORGANIZATION"):
        boto("accessanalyzer").create_analyzer(analyzerName="a", type="ORGANIZATION")
    with pytest.raises(ClientError, match="UnknownOperationException"):
        boto("accessanalyzer").list_policy_generations()


@pytest.mark.parametrize(
    ("more", "named", "said"),
    [
        ({"type": "ORGANIZATION"}, "type", "only ACCOUNT and"),
        ({"analyzerName": "1"}, "analyzerName", "begin with a letter"),
        ({"configuration": {"unusedAccess": {}}}, "configuration", "is for type"),
        (
            {"type": "ACCOUNT_UNUSED_ACCESS", "configuration": {"unusedAccess": {"unusedAccessAge": 366}}},
            "configuration.unusedAccess.unusedAccessAge",
            "between 1 and 365",
        ),
        ({"configuration": {"internalAccess": {}}}, "configuration.internalAccess", "not played"),
    ],
)
def test_refused(peer: Peer, more: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(ANALYZER, {"analyzerName": "analyzer", **more})
    assert said in refused.value.failures[named]
