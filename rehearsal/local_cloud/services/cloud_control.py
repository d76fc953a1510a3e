"""AWS Cloud Control for the few types that are played:
https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/.

Every change answers IN_PROGRESS; how it ended is asked with GetResourceRequestStatus, as in AWS.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from rehearsal.local_cloud.services import spending_limit
from rehearsal.local_cloud.services.serving import Call, ServiceError
from rehearsal.local_cloud.services.spending_limit import Failed

Home = tuple[str, str]


class CloudControl:
    """Keeps the resources of every account and region, and how every request ended."""

    def __init__(self) -> None:
        self._resources: dict[Home, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._events: dict[Home, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._client_tokens: dict[tuple[Home, str], tuple[dict[str, Any], str]] = {}

    def answer(self, call: Call) -> dict[str, Any]:
        operations = {
            "CreateResource": self._create,
            "GetResource": self._get,
            "UpdateResource": self._update,
            "DeleteResource": self._delete,
            "ListResources": self._list,
            "GetResourceRequestStatus": self._status,
        }
        operation = operations.get(call.target)
        if operation is None:
            raise ServiceError(
                "UnknownOperationException", f"{call.target} is not played by the local cloud."
            )
        if call.target != "GetResourceRequestStatus":
            _demand_type(call)
        return operation(call)

    def _create(self, call: Call) -> dict[str, Any]:
        def change() -> str:
            asked = _json(call, "DesiredState")
            if not isinstance(asked, dict):
                raise Failed("InvalidRequest", "DesiredState must be a JSON object")
            others = list(self._resources[call.home].values())
            made = spending_limit.created(call.account, call.region, asked, others)
            identifier = str(made[spending_limit.IDENTIFIER])
            self._resources[call.home][identifier] = made
            return identifier

        return self._changed(call, "CREATE", change)

    def _update(self, call: Call) -> dict[str, Any]:
        def change() -> str:
            identifier, old = self._found(call)
            asked = _patched(old, _json(call, "PatchDocument"))
            self._resources[call.home][identifier] = spending_limit.updated(call.region, old, asked)
            return identifier

        return self._changed(call, "UPDATE", change)

    def _delete(self, call: Call) -> dict[str, Any]:
        def change() -> str:
            identifier, _ = self._found(call)
            del self._resources[call.home][identifier]
            return identifier

        return self._changed(call, "DELETE", change)

    def _changed(self, call: Call, operation: str, change: Callable[[], str]) -> dict[str, Any]:
        """Do it at once, tell IN_PROGRESS, keep what happened; the same client token does nothing twice."""
        key = (call.home, str(call.body.get("ClientToken", uuid.uuid4())))
        earlier = self._client_tokens.get(key)
        if earlier is not None:
            if earlier[0] != call.body:
                said = "The client token was used for another request."
                raise ServiceError("ClientTokenConflictException", said)
            return {"ProgressEvent": self._events[call.home][earlier[1]]}
        event = {
            "TypeName": spending_limit.TYPE,
            "RequestToken": str(uuid.uuid4()),
            "Operation": operation,
            "EventTime": time.time(),
            "Identifier": call.body.get("Identifier", ""),
        }
        try:
            ended = {**event, "OperationStatus": "SUCCESS", "Identifier": change()}
        except Failed as failed:
            ended = {
                **event,
                "OperationStatus": "FAILED",
                "ErrorCode": failed.code,
                "StatusMessage": failed.message,
            }
        token = str(event["RequestToken"])
        self._events[call.home][token] = ended
        self._client_tokens[key] = (call.body, token)
        return {"ProgressEvent": {**event, "OperationStatus": "IN_PROGRESS"}}

    def _status(self, call: Call) -> dict[str, Any]:
        token = str(call.body.get("RequestToken"))
        event = self._events[call.home].get(token)
        if event is None:
            said = f"Request token {token} was not found."
            raise ServiceError("RequestTokenNotFoundException", said)
        return {"ProgressEvent": event}

    def _get(self, call: Call) -> dict[str, Any]:
        try:
            identifier, found = self._found(call)
        except Failed as failed:
            raise ServiceError("ResourceNotFoundException", failed.message) from None
        return {"TypeName": spending_limit.TYPE, "ResourceDescription": _description(identifier, found)}

    def _list(self, call: Call) -> dict[str, Any]:
        resources = sorted(self._resources[call.home].items())
        return {
            "TypeName": spending_limit.TYPE,
            "ResourceDescriptions": [_description(identifier, found) for identifier, found in resources],
        }

    def _found(self, call: Call) -> tuple[str, dict[str, Any]]:
        identifier = str(call.body.get("Identifier"))
        found = self._resources[call.home].get(identifier)
        if found is None:
            said = f"Resource of type '{spending_limit.TYPE}' with identifier '{identifier}' was not found."
            raise Failed("NotFound", said)
        return identifier, found


def new() -> CloudControl:
    return CloudControl()


def _demand_type(call: Call) -> None:
    name = call.body.get("TypeName")
    if name != spending_limit.TYPE:
        said = f"The type '{name}' cannot be found: the local cloud plays {spending_limit.TYPE} only."
        raise ServiceError("TypeNotFoundException", said)


def _description(identifier: str, found: dict[str, Any]) -> dict[str, str]:
    return {"Identifier": identifier, "Properties": json.dumps(found, sort_keys=True)}


def _json(call: Call, name: str) -> Any:
    try:
        return json.loads(call.body.get(name, ""))
    except (TypeError, ValueError):
        raise ServiceError("InvalidRequestException", f"{name} is not valid JSON.") from None


def _patched(old: dict[str, Any], patch: Any) -> dict[str, Any]:
    """Apply a JSON patch (RFC 6902) to whole properties; changes within one are not played."""
    if not isinstance(patch, list) or not patch:
        raise Failed("InvalidRequest", "PatchDocument must be a list of operations")
    result = dict(old)
    for step in patch:
        operation, path = (step.get("op"), step.get("path")) if isinstance(step, dict) else (None, None)
        if not isinstance(path, str) or not path.startswith("/") or "/" in path[1:]:
            raise Failed("InvalidRequest", f"path {path!r}: the local cloud patches whole properties only")
        name = path[1:]
        if operation in ("replace", "remove") and name not in result:
            raise Failed("InvalidRequest", f"{operation} of {path}: there is no such property")
        if operation in ("add", "replace") and "value" in step:
            result[name] = step["value"]
        elif operation == "remove":
            del result[name]
        else:
            raise Failed("InvalidRequest", f"operation {operation!r} is not add, replace or remove")
    return result
