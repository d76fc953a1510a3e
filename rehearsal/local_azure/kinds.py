"""What a type of resource is: where it lives, what its body may say, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rehearsal.local_azure.address import Address
from rehearsal.local_azure.errors import bad_content, bad_request
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request

if TYPE_CHECKING:
    from rehearsal.local_azure.world import World

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ANY_NAME = re.compile(r"[^<>%&\\?/#:]{1,260}(?<![. ])")

OWN = frozenset({"id", "name", "type", "properties", "systemData", "etag"})
"""What every body may have: it is read, not believed."""


@dataclass
class Change:
    """A resource about to be written: what it will be, what it was, and who asks."""

    world: World
    address: Address
    item: Item
    old: Item | None
    caller: str
    request: Request
    patch: bool = False

    @property
    def properties(self) -> Body:
        return self.item.properties


Action = Callable[["World", Item, Request, str], Reply]


class Behaviour:
    """What a type does beyond being kept. Every method may raise ArmError."""

    actions: ClassVar[Mapping[str, Action]] = {}
    """POST actions by lower-cased name."""

    def prepare(self, change: Change) -> None:
        """Check references and fill in what the service computes, before it is stored."""

    def done(self, change: Change) -> None:
        """After it is stored."""

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        """Refuse a deletion; `inner` when it goes with what it is in."""

    def removed(self, world: World, item: Item) -> None:
        """After it has gone."""

    def show(self, world: World, item: Item) -> Body:
        """The body that a GET shows, id, name and type apart."""
        return item.body

    def listing(self, world: World, address: Address, request: Request, caller: str) -> list[Body] | None:
        """The members of a collection that is more than what the store holds there."""
        return None

    def asked(self, change: Change) -> Any:
        """Attributes of the request for conditions of role assignments."""
        return None

    def handle(self, world: World, address: Address, request: Request, caller: str) -> Reply | None:
        """Answer the whole request, authorization included; None leaves it to the table."""
        return None


@dataclass(frozen=True)
class Kind:
    """A type of resource.

    `at`: "tenant", "subscription", "group", "any" (an extension of whatever exists) or "child".
    `location`: "required", "optional" or "none". `slow`: "" for at once, "async" for 201 with
    Azure-AsyncOperation, "location" for 202 with Location. `serial` refuses two writes below one parent at
    the same time. `required` are dotted paths in the body.
    """

    type: str
    versions: tuple[str, ...]
    at: tuple[str, ...]
    properties: frozenset[str]
    required: tuple[str, ...] = ()
    readonly: frozenset[str] = frozenset({"provisioningState"})
    members: frozenset[str] = frozenset()
    location: str = "none"
    tracked: bool = False
    name: re.Pattern[str] = ANY_NAME
    operation: str = ""
    methods: frozenset[str] = frozenset({"GET", "PUT", "PATCH", "DELETE", "POST"})
    slow: str = ""
    slow_delete: bool = False
    serial: bool = False
    created: int = 201
    state: bool = False
    behaviour: Behaviour = field(default_factory=Behaviour)

    @property
    def action(self) -> str:
        """The prefix of its operations in role definitions."""
        return self.operation or self.type

    def read(self, told: Mapping[str, Any]) -> Body:
        """The body as it will be kept. Raises ArmError for a member that the type does not have."""
        body: Body = {}
        allowed = (
            self.members
            | ({"location"} if self.location != "none" else set())
            | ({"tags"} if self.tracked else set())
        )
        for name, value in told.items():
            if name in allowed:
                body[name] = value
            elif name not in OWN and not (name in ("location", "tags", "kind") and value in (None, "", {})):
                raise bad_content(f"Could not find member '{name}' on object of type '{self.type}'.")
        properties = told.get("properties") or {}
        if not isinstance(properties, dict):
            raise bad_content("'properties' is an object.")
        for name in properties:
            if name not in self.properties and name not in self.readonly:
                raise bad_content(
                    f"Could not find member '{name}' on object of type '{self.type} properties'."
                )
        body["properties"] = {
            name: value for name, value in properties.items() if name in self.properties and value is not None
        }
        tags = body.get("tags")
        if tags is not None and not (
            isinstance(tags, dict)
            and len(tags) <= 50
            and all(isinstance(value, str) for value in tags.values())
        ):
            raise bad_request("Tags are at most 50 names with texts.", "InvalidTags")
        return body

    def complete(self, body: Body) -> None:
        """Refuse a body that lacks what the type demands."""
        if self.location == "required" and not body.get("location"):
            raise bad_request("The location property is required for this definition.", "LocationRequired")
        for path in self.required:
            found: Any = body
            for part in path.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if found is None:
                raise bad_content(f"Required property '{path}' not found in JSON.")


def table(*groups: tuple[Kind, ...]) -> dict[str, Kind]:
    """Every kind by its lower-cased type."""
    return {kind.type.lower(): kind for group in groups for kind in group}
