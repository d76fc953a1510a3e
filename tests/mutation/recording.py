"""What the packs are shown of the real stacks: before anything exists, and once the cloud has answered.

Each stack's program runs under the embedded engine against a provider that remembers and makes nothing, so
that a recording takes no cloud, and is never older than the program. What a cloud would assign is made up,
in the form the cloud gives it, the same every time.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import AnyAzure, LoadedStack, load_stack
from policy_packs.controls.stack_facts import PROJECT_ROOT
from rehearsal.aws import AwsProvider
from rehearsal.azure import AzureProvider
from rehearsal.azure.model import ARM
from rehearsal.azure.model.bodies import previewed, resource_path
from rehearsal.engine import Engine, Project, StateStore
from rehearsal.engine.policies import LateLog, PolicyGate
from rehearsal.engine.policy_types import AnalyzedResource
from rehearsal.engine.policy_wire import analyze_request, analyze_stack_request
from rehearsal.provider.model.outputs import planned
from rehearsal.provider.model.schema import UNKNOWN, TypeModel, Value, Values, has_unknown
from rehearsal.provider.resource import Made

Json = dict[str, Any]
"""JSON data with the marks of secrets and unknowns as the engine sends them."""


@dataclass(frozen=True)
class Recorded:
    """One resource as a pack is shown it. `inputs` is None where the rules over single resources do not see
    it, as what a program only reads."""

    urn: str
    type: str
    name: str
    inputs: Json | None
    outputs: Json
    protect: bool = False
    provider_type: str = ""
    provider_name: str = ""
    provider: Json = field(default_factory=dict)
    parent: str = ""
    depends_on: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recording:
    """A stack before its first `up` (what is assigned is unknown) or in it (known)."""

    stack: str
    made: bool
    resources: tuple[Recorded, ...]


def every_stack(root: Path = PROJECT_ROOT) -> tuple[str, ...]:
    """Every stack there is, environments before their projects."""
    names = sorted(path.name.split(".")[1] for path in (root / "stacks").glob("Pulumi.*.yaml"))
    loaded = {name: load_stack(root, name) for name in names}
    return tuple(sorted(names, key=lambda name: (str(loaded[name].stack.kind) == "project", name)))


def record(stacks: Iterable[str], root: Path = PROJECT_ROOT) -> list[Recording]:
    """Bring stacks up, in this order, and return both recordings of each. An error is the engine's."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        store = StateStore(Path(folder), "nothing here is secret")
        for stack in stacks:
            found += _record(load_stack(root, stack), store)
    return found


def _record(loaded: LoadedStack, store: StateStore) -> list[Recording]:
    provider = _provider(loaded)
    address = provider.serve()
    package = "azure-native" if isinstance(provider, AzureProvider) else "aws"
    try:
        engine = _Engine(Project.load(loaded.root), store, providers={package: address})
        done = engine.up(loaded.name, loaded.config)
    finally:
        provider.stop()
    if done.result != "ok":
        raise AssertionError(f"{loaded.name} does not come up: {done.error}")
    return [
        Recording(loaded.name, made, listener.resources()) for made, listener in sorted(engine.heard.items())
    ]


def _json(properties: struct_pb2.Struct) -> Json:
    """As JSON data; the wire knows only floats, and people write 90."""
    found: Json = json.loads(json_format.MessageToJson(properties, indent=None), parse_float=_number)
    return found


def _number(text: str) -> int | float:
    return int(float(text)) if float(text).is_integer() else float(text)


class _Listener:
    """Stands where the packs do: says nothing, and remembers what it is shown."""

    policies: tuple[Any, ...] = ()

    def __init__(self) -> None:
        self._inputs: dict[str, Json] = {}
        self._stack: Sequence[wire.AnalyzerResource] = ()

    def analyze(self, resource: AnalyzedResource) -> tuple[Any, ...]:
        request = analyze_request(resource)
        self._inputs[request.urn] = _json(request.properties)
        return ()

    def analyze_stack(self, resources: Iterable[AnalyzedResource]) -> tuple[Any, ...]:
        self._stack = analyze_stack_request(resources).resources
        return ()

    def close(self) -> None:
        pass

    def resources(self) -> tuple[Recorded, ...]:
        return tuple(
            Recorded(
                urn=each.urn,
                type=each.type,
                name=each.name,
                inputs=self._inputs.get(each.urn),
                outputs=_json(each.properties),
                protect=each.options.protect,
                provider_type=each.provider.type,
                provider_name=each.provider.name,
                provider=_json(each.provider.properties),
                parent=each.parent,
                depends_on=tuple(each.dependencies),
                property_dependencies={
                    key: tuple(found.urns) for key, found in each.propertyDependencies.items()
                },
                ignored=tuple(each.options.ignoreChanges),
                aliases=tuple(each.options.aliases),
            )
            for each in sorted(self._stack, key=lambda found: found.urn)  # not as they happened to be made
        )


class _Engine(Engine):
    """The embedded engine with a listener in the place of the packs."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.heard: dict[bool, _Listener] = {}

    def _gate(self, *_: Any, dry_run: bool, **__: Any) -> tuple[PolicyGate, LateLog]:
        listener: Any = self.heard.setdefault(not dry_run, _Listener())
        return PolicyGate(lambda: listener), LateLog()


def _provider(loaded: LoadedStack) -> AwsProvider | AzureProvider:
    stack = loaded.stack
    if isinstance(stack, AnyAzure):
        return _Azure(None, None, stack.account, stack.spec.azure.tenant)
    return _Aws(None, stack.account)


class _Aws(AwsProvider):
    def resource(self, model: TypeModel, facts: Any, urn: str) -> Any:
        def made(inputs: Values) -> dict[str, Value]:
            here = facts.of(inputs)
            found = _assigned(planned(model, facts, inputs), urn, here)
            return found | {"id": _id_of(model.token, urn, found)}

        return _Remembered(urn, made)


class _Azure(AzureProvider):
    def resource(self, model: TypeModel, facts: Any, urn: str) -> Any:
        arm = ARM[model.token]

        def made(inputs: Values) -> dict[str, Value]:
            found = _answered(previewed(arm, facts, inputs, None), urn)
            return {**found, "id": resource_path(arm, facts, inputs)}

        return _Remembered(urn, made)


class _Remembered:
    """A resource of no cloud: as what was planned for it says."""

    def __init__(self, urn: str, outputs: Any) -> None:
        self._urn, self._outputs = urn, outputs

    def create(self, inputs: Values) -> Made:
        outputs = self._outputs(inputs)
        return Made(outputs.pop("id"), outputs)


_GUIDS: Final = ("principalId", "clientId")


def _answered(value: Any, urn: str, name: str = "") -> Any:
    """What was planned, with the ids that Azure assigns, and without all else that only Azure knows."""
    if isinstance(value, Mapping):
        found = {key: _answered(part, urn, key) for key, part in value.items()}
        return {key: part for key, part in found.items() if part is not UNKNOWN}
    if value is UNKNOWN and name in _GUIDS:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{urn}#{name}"))
    return [_answered(part, urn, name) for part in value] if isinstance(value, list) else value


# How AWS begins the ids of what it numbers; everything else is known by its name or ARN.
_NUMBERED: Final = {
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "aws:organizations/policy:Policy": "p",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
}


def _token(urn: str) -> str:
    return hashlib.sha256(urn.encode()).hexdigest()


def _id_of(type_token: str, urn: str, outputs: Values) -> str:
    if ":kms/" in type_token and "arn" in outputs and ":key/" in outputs["arn"]:
        return str(outputs["arn"].rpartition("/")[2])
    if type_token in _NUMBERED:
        return f"{_NUMBERED[type_token]}-{_token(urn)[:17]}"
    named = ("keyId", "bucket", "arn", "name") if "s3" in type_token else ("keyId", "name", "arn", "bucket")
    return str(next((outputs[key] for key in named if isinstance(outputs.get(key), str)), _token(urn)[:12]))


def _assigned(outputs: Mapping[str, Value], urn: str, facts: Any) -> dict[str, Value]:
    """Outputs with what AWS assigns: ids in AWS's forms, ARNs that hold them."""
    kind = urn.split("::")[-2].rpartition("$")[2]
    service, name = kind.split(":")[1].split("/")[0], kind.rpartition(":")[2].lower()
    key = str(uuid.UUID(_token(urn)[:32]))
    numbered = f"{_NUMBERED[kind]}-{_token(urn)[:17]}" if kind in _NUMBERED else _token(urn)[:12]
    found = {}
    for output, value in outputs.items():
        if not has_unknown(value):
            found[output] = value
        elif service == "kms":
            found[output] = (
                f"arn:aws:kms:{facts.region}:{facts.account}:key/{key}" if output == "arn" else key
            )
        elif output == "arn" and service == "secretsmanager":
            found[output] = (
                f"arn:aws:{service}:{facts.region}:{facts.account}:secret:{outputs['name']}-Ab1Cd2"
            )
        elif output == "prefixListId":
            found[output] = f"pl-{_token(urn)[:8]}"
        elif output.lower().endswith("arn"):
            found[output] = f"arn:aws:{service}:{facts.region}:{facts.account}:{name}/{numbered}"
        else:
            found[output] = numbered
    return found
