from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as wire

from rehearsal.engine.policy_config import ConfigProblem, reconciled

DAYS = {"properties": {"days": {"type": "integer", "default": 30}, "who": {"type": "string"}}}


def pack(policy: dict[str, Any], initial: dict[str, Any] | None = None) -> wire.AnalyzerInfo:
    said = {
        "policies": [{"name": "p", "enforcementLevel": "MANDATORY", **policy}],
        "initialConfig": initial or {},
    }
    return json_format.ParseDict(said, wire.AnalyzerInfo())


def test_defaults_and_levels_are_sent() -> None:
    config = reconciled(pack({"configSchema": DAYS}))["p"]
    assert config.enforcementLevel == wire.MANDATORY
    assert json_format.MessageToDict(config.properties) == {"days": 30.0}


def test_initial_configuration_goes_over_defaults() -> None:
    initial = {"p": {"enforcementLevel": "MANDATORY", "properties": {"days": 7, "who": "me"}}}
    config = reconciled(pack({"enforcementLevel": "ADVISORY", "configSchema": DAYS}, initial))["p"]
    assert config.enforcementLevel == wire.MANDATORY
    assert json_format.MessageToDict(config.properties) == {"days": 7.0, "who": "me"}


@pytest.mark.parametrize(
    ("policy", "initial", "said"),
    [
        ({}, {"p": {}}, "would lower p from mandatory to advisory"),
        ({}, {"all": {"enforcementLevel": "DISABLED"}}, "would lower p from mandatory to disabled"),
        ({}, {"q": {"enforcementLevel": "MANDATORY"}}, "policies it does not have: q"),
        (
            {},
            {"p": {"enforcementLevel": "MANDATORY", "properties": {"days": 1}}},
            "p, which takes no configuration",
        ),
        ({"configSchema": {**DAYS, "required": ["who"]}}, {}, "p: 'who' is a required property"),
        (
            {"configSchema": {"properties": {"days": {"type": "integer", "default": "many"}}}},
            {},
            "p: 'many' is not of type 'integer'",
        ),
        (
            {"configSchema": {"properties": {"days": {"type": "nonsense"}}}},
            {},
            "its config_schema is not valid",
        ),
    ],
)
def test_what_would_weaken_or_break_a_policy_is_refused(
    policy: dict[str, Any], initial: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigProblem, match=said):
        reconciled(pack(policy, initial))


def test_two_policies_of_one_name_are_refused() -> None:
    info = pack({})
    info.policies.add(name="p")
    with pytest.raises(ConfigProblem, match="same name"):
        reconciled(info)
