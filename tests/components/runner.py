"""Runs components and the program against Pulumi's mocks and records what was registered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc
from pulumi.runtime.settings import configure

ACCOUNT = "111122223333"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


@dataclass(frozen=True)
class Made:
    """One registered resource."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    provider: str
    parent: str
    protect: bool
    retain: bool
    dependencies: frozenset[str]
    unknown: frozenset[str]

    def document(self, key: str) -> dict[str, Any]:
        """A policy among the inputs, parsed."""
        found: dict[str, Any] = json.loads(self.inputs[key])
        return found


@dataclass
class Run:
    """What a run registered, in order, and exported."""

    made: list[Made] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)

    def all(self, type_: str) -> list[Made]:
        """Resources of a type, such as aws:iam/role:Role."""
        return [made for made in self.made if made.type == type_]

    def one(self, type_: str, name: str) -> Made:
        """The resource of this type and logical name."""
        (found,) = [made for made in self.all(type_) if made.name == name]
        return found

    @property
    def cloud(self) -> list[Made]:
        """Resources in the cloud: neither components nor providers."""
        return [made for made in self.made if made.type.startswith("aws:")]

    def before(self, made: Made) -> set[str]:
        """URNs that must exist before this one, dependencies of dependencies and parents included."""
        by_urn = {other.urn: other for other in self.made}
        found: set[str] = set()
        todo = [made.urn]
        while todo:
            if (other := by_urn.get(todo.pop())) is None:
                continue
            for urn in {*other.dependencies, other.parent} - found:
                found.add(urn)
                todo.append(urn)
        return found


class _Cloud(pulumi_mocks.Mocks):
    """At preview a key's ARN and id are unknown, as they are in the cloud."""

    def __init__(self, preview: bool, references: Mapping[str, Mapping[str, Any]]) -> None:
        self.preview, self.references = preview, references

    def call(self, args: pulumi_mocks.MockCallArgs) -> Any:
        raise AssertionError(f"components make no calls: {args.token}")

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            name = str(args.resource_id)
            return name, {
                "name": name,
                "outputs": dict(self.references.get(name, {})),
                "secretOutputNames": [],
            }
        state = dict(args.inputs)
        if not self.preview:
            state["arn"] = f"arn:aws:mock:::{args.typ}/{args.name}"
            if args.typ == "aws:ec2/vpcEndpoint:VpcEndpoint":
                state["prefixListId"] = f"pl-{args.name}"
            if args.typ == "aws:kms/key:Key":
                state["arn"] = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{KEY_ID}-{args.name}"
                state["keyId"] = f"{KEY_ID}-{args.name}"
        return (None if self.preview else f"{args.name}-id"), state


class _Monitor(pulumi_mocks.MockMonitor):
    def __init__(self, mocks: pulumi_mocks.Mocks, run: Run) -> None:
        super().__init__(mocks)
        self.run = run

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        self.run.made.append(
            Made(
                urn=response.urn,
                type=request.type,
                name=request.name,
                inputs={key: value for key, value in inputs.items() if not _unknown(value)},
                provider=request.provider,
                parent=request.parent,
                protect=request.protect,
                retain=request.retainOnDelete,
                dependencies=frozenset(request.dependencies),
                unknown=frozenset(key for key, value in inputs.items() if _unknown(value)),
            )
        )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.run.exports = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def _unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_unknown, value))
    return isinstance(value, pulumi.output.Unknown) or (isinstance(value, str) and value == rpc.UNKNOWN)


def run(
    program: Callable[[], Awaitable[Any] | None],
    *,
    stack: str = "sandbox",
    preview: bool = False,
    references: Mapping[str, Mapping[str, Any]] | None = None,
    cloud: pulumi_mocks.Mocks | None = None,
) -> Run:
    """Runs a program. An async one returns its exports.

    references: outputs of other stacks, by full name such as organization/qlz/sandbox. cloud: what answers
    in place of AWS.
    """
    found = Run()
    monitor = _Monitor(cloud or _Cloud(preview, references or {}), found)
    configure(
        pulumi_mocks.MockSettings(  # type: ignore[no-untyped-call]
            monitor=monitor,
            monitor_features=set(),
            engine=pulumi_mocks.MockEngine(None),
            project="qlz",
            stack=stack,
            dry_run=preview,
            organization="organization",
            callbacks=None,
        )
    )

    async def once() -> None:
        result = program()
        if result is not None:
            for key, value in (await result or {}).items():
                pulumi.export(key, value)

    asyncio.run(pulumi.runtime.run_in_stack(once))
    return found
