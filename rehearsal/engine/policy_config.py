"""A pack's configuration, decided by the engine: defaults from each policy's schema, then the pack's initial
values.

Both are checked against the schema. Every policy is sent its level, because a configuration without one means
advisory to a Python pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as wire

from rehearsal.engine.policy_types import Level

LEVELS: Final[dict[int, Level]] = {
    wire.ADVISORY: "advisory",
    wire.MANDATORY: "mandatory",
    wire.DISABLED: "disabled",
    wire.REMEDIATE: "remediate",
}
_STRENGTH: Final = {wire.DISABLED: 0, wire.ADVISORY: 1, wire.MANDATORY: 2, wire.REMEDIATE: 2}


class ConfigProblem(Exception):
    """Configuration that the pack's own schema refuses, or that would weaken a policy unseen."""


def reconciled(info: wire.AnalyzerInfo) -> dict[str, wire.PolicyConfig]:
    """The configuration of every policy of a pack. Raises ConfigProblem."""
    policies = {policy.name: policy for policy in info.policies}
    if len(policies) != len(info.policies):
        raise ConfigProblem("two of its policies have the same name")
    initial = dict(info.initialConfig)
    everywhere = initial.pop("all", None)
    if strange := sorted(initial.keys() - policies.keys()):
        raise ConfigProblem(f"initial_config names policies it does not have: {', '.join(strange)}")
    result = {}
    for name, policy in policies.items():
        level = policy.enforcementLevel
        properties = _defaults(policy) if policy.HasField("configSchema") else {}
        for given in (everywhere, initial.get(name)):
            if given is not None:
                level = _not_weaker(name, level, given.enforcementLevel)
        if name in initial:
            properties |= _plain(json_format.MessageToDict(initial[name].properties))
        _validate(policy, properties)
        config = wire.PolicyConfig(enforcementLevel=level)
        config.properties.update(properties)
        result[name] = config
    return result


def _not_weaker(
    name: str, declared: wire.EnforcementLevel.ValueType, given: wire.EnforcementLevel.ValueType
) -> wire.EnforcementLevel.ValueType:
    # A level left out of initial_config arrives as advisory: it cannot be told from one that was meant.
    if _STRENGTH[given] < _STRENGTH[declared]:
        raise ConfigProblem(
            f"initial_config would lower {name} from {LEVELS[declared]} to {LEVELS[given]}; "
            "state the level there, or declare it with the policy"
        )
    return given


def _defaults(policy: wire.PolicyInfo) -> dict[str, Any]:
    schema = _plain(json_format.MessageToDict(policy.configSchema.properties))
    return {
        key: rule["default"] for key, rule in schema.items() if isinstance(rule, dict) and "default" in rule
    }


def _validate(policy: wire.PolicyInfo, properties: Mapping[str, Any]) -> None:
    if not policy.HasField("configSchema"):
        if properties:
            raise ConfigProblem(f"initial_config configures {policy.name}, which takes no configuration")
        return
    import jsonschema  # here, because few packs need it and all would wait for it

    schema = {
        "type": "object",
        "properties": _plain(json_format.MessageToDict(policy.configSchema.properties)),
        "required": list(policy.configSchema.required),
    }
    try:
        jsonschema.validate(dict(properties), schema)
    except jsonschema.SchemaError as problem:
        raise ConfigProblem(f"{policy.name}: its config_schema is not valid: {problem.message}") from None
    except jsonschema.ValidationError as problem:
        raise ConfigProblem(f"{policy.name}: {problem.message}") from None


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers travel as floats: whole ones become integers again, for the schema and for readers."""

    def convert(item: object) -> object:
        if isinstance(item, float) and item.is_integer():
            return int(item)
        if isinstance(item, dict):
            return {key: convert(inner) for key, inner in item.items()}
        return [convert(inner) for inner in item] if isinstance(item, list) else item

    return cast("dict[str, Any]", convert(dict(value)))
