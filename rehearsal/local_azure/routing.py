"""Which kind of resource a path names, and how Azure writes its id."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.local_azure.address import Address
from rehearsal.local_azure.errors import bad_request, not_found
from rehearsal.local_azure.kinds import Kind
from rehearsal.local_azure.web import Request

GROUPS = "Microsoft.Resources/resourceGroups"


def normal(address: Address) -> Address:
    """Subscriptions and resource groups are of Microsoft.Resources, whatever their path looks like."""
    if address.namespace:
        return address
    parts, rest = (
        [part for part in address.scope.split("/") if part],
        [part.lower() for part in address.rest],
    )
    if not parts and rest == ["subscriptions"]:
        return Address("", "Microsoft.Resources", ("subscriptions",), ())
    if len(parts) == 2 and rest == ["resourcegroups"]:
        return Address(address.scope, "Microsoft.Resources", ("resourceGroups",), ())
    if len(parts) in (2, 4) and rest == ["resources"]:
        return Address(address.scope, "Microsoft.Resources", ("resources",), ())
    if len(parts) == 2 and len(rest) == 2 and rest[0] == "operationresults":
        return Address(address.scope, "Microsoft.Resources", ("operationresults",), (address.rest[1],))
    if len(parts) == 2 and not rest:
        return Address("", "Microsoft.Resources", ("subscriptions",), (parts[1],))
    if len(parts) == 4 and not rest:
        return Address(f"/subscriptions/{parts[1]}", "Microsoft.Resources", ("resourceGroups",), (parts[3],))
    return address


def kind_of(kinds: Mapping[str, Kind], address: Address, request: Request) -> tuple[Kind, str]:
    """The kind that the path names, and the action of a POST."""
    kind, action = kinds.get(address.type.lower()), ""
    if request.method == "POST" and address.collection and len(address.types) > 1:
        kind, action = kinds.get(address.type.lower().rpartition("/")[0]), address.types[-1]
        if address.type.lower() in kinds:
            kind, action = kinds[address.type.lower()], ""
    if kind is None:
        if address.namespace.lower() not in {each.partition("/")[0] for each in kinds}:
            raise not_found(
                f"The resource namespace '{address.namespace}' is invalid.", "InvalidResourceNamespace"
            )
        raise not_found(
            f"The resource type '{'/'.join(address.types)}' could not be found in the namespace"
            f" '{address.namespace}' for api version '{request.query['api-version']}'.",
            "InvalidResourceType",
        )
    version = request.query["api-version"]
    if version not in kind.versions:
        raise bad_request(
            f"No registered resource provider found for API version '{version}' for type"
            f" '{'/'.join(address.types)}'. The supported api-versions are '{', '.join(kind.versions)}'.",
            "NoRegisteredProviderFound",
        )
    return kind, action


def id_of(kind: Kind, address: Address) -> str:
    """The id as Azure writes it: the type's own spelling, the names as they were given."""
    if kind.type == GROUPS:
        return f"{address.scope}/resourceGroups/{address.names[0]}"
    types = kind.type.split("/")[1:]
    if address.collection:
        return address.id
    pairs = [part for pair in zip(types, address.names, strict=True) for part in pair]
    return "/".join((address.scope, "providers", kind.type.split("/")[0], *pairs))
