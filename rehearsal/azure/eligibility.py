"""Eligibilities: asked for and ended by requests, found by whom and what they are for.

As pulumi-azure-native does (custom_pim_eligibility.go): a request of a new name for each, and the schedule
that comes of it is the resource.
https://learn.microsoft.com/rest/api/authorization/privileged-role-eligibility-rest-sample
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.azure.model.arm import ArmType
from rehearsal.azure.rest import Arm, ArmError
from rehearsal.provider.model.schema import Values

_REQUESTS: Final = "providers/Microsoft.Authorization/roleEligibilityScheduleRequests"
_SCHEDULES: Final = "providers/Microsoft.Authorization/roleEligibilitySchedules"


def begin(arm: Arm, type: ArmType, want: Values) -> Mapping[str, Any]:
    """Make somebody eligible, and return the schedule. Raises ArmError."""
    asked = {name: value for name, value in want.items() if name != "scope" and value is not None}
    _request(arm, type, str(want["scope"]), {**asked, "requestType": "AdminAssign"})
    try:
        found = find(arm, type, want)
    except ArmError as error:  # it may be there: asking for it again would be refused, so it is looked for
        raise ArmError(0, error.code, f"{error.message}; the request was taken") from None
    if found is None:
        raise ArmError(404, "ScheduleNotFound", "the request was taken, and no eligibility came of it")
    return found


def find(arm: Arm, type: ArmType, want: Values) -> Mapping[str, Any] | None:
    """Return the eligibility of a principal for a role at just this scope. Raises ArmError."""
    scope = str(want["scope"]).strip("/")
    chosen = f"principalId eq '{want['principalId']}'"
    for item in arm.items(f"/{scope}/{_SCHEDULES}", type.api_version, **{"$filter": chosen}):
        told = item["properties"]
        if _role(told) == _role(want) and str(told["scope"]).strip("/").lower() == scope.lower():
            return item
    return None


def end(arm: Arm, type: ArmType, id: str) -> None:
    """End an eligibility; one that has ended is fine. Raises ArmError."""
    found = arm.get(id, type.api_version)
    if found is None:
        return
    told = found["properties"]
    asked = {name: told[name] for name in ("principalId", "roleDefinitionId")}
    asked |= {"requestType": "AdminRemove", "justification": "Removed by Pulumi"}
    _request(arm, type, str(told["scope"]), asked)


def _request(arm: Arm, type: ArmType, scope: str, properties: Mapping[str, Any]) -> None:
    path = f"/{scope.strip('/')}/{_REQUESTS}/{uuid.uuid4()}"
    arm.write("PUT", path, type.api_version, {"properties": dict(properties)})


def _role(told: Values) -> str:
    """The GUID of a role: its definition's id may be written with or without a scope before it."""
    return str(told["roleDefinitionId"]).rpartition("/")[2].lower()
