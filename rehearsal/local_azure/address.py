"""Resource ids: /subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME[/TYPE/NAME…], and extensions
of them, which begin a new /providers/. Ids are compared without regard to case."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.local_azure.errors import bad_request


@dataclass(frozen=True)
class Address:
    """Where a request goes.

    `scope` is the id of what the resource is in or on ("" is the tenant). `names` has as many entries as
    `types` for one resource and one less for a collection. `rest` is what follows that is no resource.
    """

    scope: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    rest: tuple[str, ...] = ()

    @property
    def collection(self) -> bool:
        return len(self.names) < len(self.types)

    @property
    def type(self) -> str:
        return "/".join((self.namespace, *self.types))

    @property
    def id(self) -> str:
        """The id of the resource, or of the collection's parent with the collection's name."""
        if self.namespace == "":
            return self.scope
        pairs = [part for pair in zip(self.types, self.names, strict=False) for part in pair]
        return "/".join((self.scope, "providers", self.namespace, *pairs))

    @property
    def parent(self) -> str:
        """The id of the parent resource, or the scope of a resource that is no child."""
        if len(self.types) < 2:
            return self.scope
        pairs = [part for pair in zip(self.types[:-1], self.names, strict=False) for part in pair]
        return "/".join((self.scope, "providers", self.namespace, *pairs))


def subscription_of(scope: str) -> str | None:
    parts = scope.split("/")
    return parts[2] if len(parts) > 2 and parts[1].lower() == "subscriptions" else None


def group_of(scope: str) -> str | None:
    """The id of the resource group that the scope is or is in."""
    parts = scope.split("/")
    return "/".join(parts[:5]) if len(parts) > 4 and parts[3].lower() == "resourcegroups" else None


def within(scope: str, inner: str) -> bool:
    """Whether `inner` is `scope` or something in or on it; both in lower case."""
    return scope in ("", "/") or inner == scope or inner.startswith(scope + "/")


def parse(path: str) -> Address:
    """Read a path. Raises ArmError for one that names nothing."""
    parts = [part for part in path.split("/") if part]
    scope, at = "", 0
    if parts and parts[0].lower() == "subscriptions" and len(parts) > 1:
        scope, at = f"/subscriptions/{parts[1]}", 2
        if len(parts) > 3 and parts[2].lower() == "resourcegroups":
            scope, at = f"{scope}/resourceGroups/{parts[3]}", 4
    while at < len(parts) and parts[at].lower() == "providers":
        end = at + 2
        while end < len(parts) and parts[end].lower() != "providers":
            end += 1
        inner = parts[at + 1 : end]
        if len(inner) < 2:
            raise bad_request(f"The request path '{path}' names no resource type.", "InvalidRequestUri")
        address = Address(scope, inner[0], tuple(inner[1::2]), tuple(inner[2::2]))
        if end >= len(parts):
            return address
        if address.collection:
            raise bad_request(f"The request path '{path}' names no resource.", "InvalidRequestUri")
        scope, at = address.id, end
    return Address(scope, "", (), (), tuple(parts[at:]))
