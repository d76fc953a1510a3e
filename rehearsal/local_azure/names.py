"""Names that both sides of the wire know. Imports nothing heavy."""

from __future__ import annotations

import uuid

TENANT = "7e4a47aa-0000-4000-8000-000000000001"
"""The tenant of every local subscription."""

OWNER = "0e4e5000-0000-4000-8000-000000000001"
"""The object id of the rehearsal's own identity: Owner of everything, as the platform's bootstrap is."""

_SPACE = uuid.UUID("5b1f6a2c-0d3e-5f47-9a61-2c0b8a1d7e90")


def stable(*parts: str) -> str:
    """A GUID that follows from its parts, whatever their case."""
    return str(uuid.uuid5(_SPACE, "|".join(part.lower().rstrip("/") for part in parts)))


def policy_name(scope: str, role_definition: str) -> str:
    """The name of the role management policy of a role (its GUID or its id) at a scope.

    Azure gives it a random GUID that a stack file has to record; here the GUID follows from both.
    """
    return stable("roleManagementPolicy", scope, role_definition.rpartition("/")[2])
