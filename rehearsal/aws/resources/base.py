"""What every resource type has to do in the cloud, and the small things they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws
from rehearsal.provider.model.schema import Value, Values

Wanted = Values
"""Every input and output of the resource as planned: what was asked for, what follows from it."""

GONE = frozenset(
    {
        "404",
        "AccountNotFoundException",
        "InvalidAssociationID.NotFound",
        "InvalidFlowLogId.NotFound",
        "InvalidGroup.NotFound",
        "InvalidGroupId.NotFound",
        "InvalidPermission.NotFound",
        "InvalidRouteTableID.NotFound",
        "InvalidSecurityGroupRuleId.NotFound",
        "InvalidSubnetID.NotFound",
        "InvalidVpcEndpointId.NotFound",
        "InvalidVpcID.NotFound",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NotFound",
        "NotFoundException",
        "ObjectLockConfigurationNotFoundError",
        "OwnershipControlsNotFoundError",
        "PolicyNotAttachedException",
        "PolicyNotFoundException",
        "ReplicationConfigurationNotFoundError",
        "ResourceNotFoundException",
        "ServerSideEncryptionConfigurationNotFoundError",
        "TargetNotFoundException",
        "TrailNotFoundException",
    }
)
"""Codes by which the services say that something does not exist."""


class Unsettled(ClientError):
    """It was asked for, and how that ended could not be learned."""


class Handler(ABC):
    """The four things that happen to a resource. Errors are botocore's ClientError."""

    @abstractmethod
    def create(self, aws: Aws, want: Wanted) -> str:
        """Bring it into being with one call, and return its id. If this fails, nothing was created (but for
        Unsettled, where that is not known)."""

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:  # noqa: B027
        """Make it what is wanted. `have` is what was read before an update, None right after creation.

        If this fails the resource exists all the same, and is reported so.
        """

    @abstractmethod
    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        """Return its emulated inputs and assigned outputs as the cloud tells them, None when it is gone."""

    @abstractmethod
    def delete(self, aws: Aws, id: str, state: Values) -> None:
        """Remove it; when it is gone already, that is fine (the caller sees to the codes in GONE)."""


def code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def is_gone(error: ClientError) -> bool:
    return code(error) in GONE


def differs(want: Values, have: Values | None, *names: str) -> bool:
    """Tell whether any of these has to be set; right after creation everything that is wanted has to."""
    if have is None:
        return any(want.get(name) for name in names)
    return any((want.get(name) or None) != (have.get(name) or None) for name in names)


def tag_changes(want: Values, have: Values | None) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the keys to remove."""
    wanted: Mapping[str, str] = want.get("tagsAll") or {}
    present: Mapping[str, str] = (have or {}).get("tagsAll") or {}
    changed = {key: value for key, value in wanted.items() if present.get(key) != value}
    return changed, [key for key in present if key not in wanted]


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def tag_map(tags: list[dict[str, Any]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {str(tag[key]): str(tag[value]) for tag in tags}


def exists(look: Callable[[], Any]) -> bool:
    """Tell whether a look-up finds something."""
    try:
        look()
    except ClientError as error:
        if is_gone(error):
            return False
        raise
    return True


def camel(value: Value, special: Mapping[str, str]) -> Value:
    """Name the members of a value as AWS does: first letter large, or as `special` says; None is left out."""
    if isinstance(value, list):
        return [camel(item, special) for item in value]
    if isinstance(value, Mapping):
        return {
            special.get(name, name[:1].upper() + name[1:]): camel(item, special)
            for name, item in value.items()
            if item is not None
        }
    return value


def plain(value: Any, special: Mapping[str, str]) -> Value:
    """The reverse of camel."""
    back = {theirs: ours for ours, theirs in special.items()}
    if isinstance(value, list):
        return [plain(item, special) for item in value]
    if isinstance(value, Mapping):
        return {
            back.get(name, name[:1].lower() + name[1:]): plain(item, special) for name, item in value.items()
        }
    return value
