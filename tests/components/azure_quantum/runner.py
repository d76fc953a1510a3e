"""Azure in place of AWS behind the runner: what it assigns is unknown at preview; groups have their tags."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc

from components.azure_quantum.names import guid
from components.program import build
from components.spec import load_stack
from tests.components.runner import Made, Run
from tests.components.runner import run as run_program

ROOT = Path(__file__).parents[3]
GROUP = "azure-native:resources:getResourceGroup"


class Refused(grpc.RpcError):
    """An answer of the engine that says no."""

    def __init__(self, text: str) -> None:
        self.text = text

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self.text


class Azure(pulumi_mocks.Mocks):
    """groups: tags of the resource groups that exist, by name. failing: what every call answers instead."""

    def __init__(
        self,
        preview: bool = False,
        groups: Mapping[str, Mapping[str, str]] | None = None,
        references: Mapping[str, Mapping[str, Any]] | None = None,
        failing: str = "",
    ) -> None:
        self.preview, self.groups = preview, groups or {}
        self.references, self.failing = references or {}, failing
        self.asked: list[str] = []

    def call(self, args: pulumi_mocks.MockCallArgs) -> Any:
        assert args.token == GROUP, args.token
        name = str(args.args["resourceGroupName"])
        self.asked.append(name)
        if self.failing:
            raise Refused(self.failing)
        if name not in self.groups:
            message = f"Resource group '{name}' could not be found."
            raise Refused(f'Status=404 Code="ResourceGroupNotFound" Message="{message}"')
        return {"name": name, "id": f"/{name}", "location": "westeurope", "tags": dict(self.groups[name])}

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            name = str(args.resource_id)
            outputs = dict(self.references.get(name, {}))
            return name, {"name": name, "outputs": outputs, "secretOutputNames": []}
        state = dict(args.inputs)
        # Azure answers with a mapping where it takes a list.
        if args.typ in ("azure-native:storage:StorageAccount", "azure-native:monitor:ScheduledQueryRule"):
            taken = state["identity"]["userAssignedIdentities"]
            state["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {key: {} for key in taken}}
        if self.preview:
            if args.typ == "azure-native:quantum:Workspace":
                state["identity"] = {"type": "SystemAssigned", "principalId": rpc.UNKNOWN}
        else:
            if args.typ == "azure-native:managedidentity:UserAssignedIdentity":
                state["principalId"] = object_id(args.name)
                state["clientId"] = guid("client", args.name)
            if args.typ == "azure-native:quantum:Workspace":
                state["identity"] = {"type": "SystemAssigned", "principalId": object_id("workspace")}
        return (None if self.preview else f"{args.name}-id"), state


def object_id(name: str) -> str:
    """The object id that this Azure gives to an identity."""
    return guid("object", name)


def run(program: Callable[[], Awaitable[Any] | None], stack: str, cloud: Azure) -> Run:
    """Runs a program against it."""
    return run_program(program, stack=stack, preview=cloud.preview, cloud=cloud)


def run_stack(name: str, cloud: Azure | None = None, root: Path = ROOT) -> Run:
    """Runs a stack of the examples, an environment's exports before those of a project in it."""
    loaded = load_stack(root, name)
    return run(lambda: build(loaded), name, cloud or Azure())


def in_cloud(found: Run) -> list[Made]:
    """Resources in Azure."""
    return [made for made in found.made if made.type.startswith("azure-native:")]


def azure_type(found: Run, kind: str) -> list[Made]:
    """Resources of a type, such as storage:StorageAccount."""
    return [made for made in found.made if made.type == f"azure-native:{kind}"]


def azure_one(found: Run, kind: str, name: str) -> Made:
    """The resource of this type and logical name."""
    (made,) = [made for made in azure_type(found, kind) if made.name == name]
    return made
