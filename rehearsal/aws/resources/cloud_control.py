"""aws.cloudcontrol.Resource in the local cloud."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Unsettled, Wanted
from rehearsal.provider.model.schema import Value, Values

_LOOKS = 20
"""How often to ask how a request ended before giving up; the local cloud answers at the first."""


class Resource(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.cloudcontrol.create_resource(
            TypeName=want["typeName"], DesiredState=want["desiredState"]
        )
        return str(_ended(aws, "CreateResource", answer)["Identifier"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        old, new = json.loads(have["desiredState"]), json.loads(want["desiredState"])
        patch: list[dict[str, Any]] = [
            {"op": "add", "path": f"/{name}", "value": value}
            for name, value in new.items()
            if old.get(name) != value
        ]
        patch += [{"op": "remove", "path": f"/{name}"} for name in old if name not in new]
        if patch:
            answer = aws.cloudcontrol.update_resource(
                TypeName=want["typeName"], Identifier=id, PatchDocument=json.dumps(patch)
            )
            _ended(aws, "UpdateResource", answer)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        """An import says TYPE,IDENTIFIER, as with the real provider."""
        type_name, identifier = _names(id, want)
        found = aws.cloudcontrol.get_resource(TypeName=type_name, Identifier=identifier)
        properties = json.loads(found["ResourceDescription"]["Properties"])
        return {
            "typeName": type_name,
            "properties": json.dumps(properties, sort_keys=True),
            "desiredState": as_asked(properties, want.get("desiredState")),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        type_name, identifier = _names(id, state)
        answer = aws.cloudcontrol.delete_resource(TypeName=type_name, Identifier=identifier)
        _ended(aws, "DeleteResource", answer)


def _names(id: str, known: Values) -> tuple[str, str]:
    if known.get("typeName"):
        return str(known["typeName"]), id
    type_name, _, identifier = id.partition(",")
    return type_name, identifier


def _ended(aws: Aws, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Follow a request to its end. Raises the failure that its progress event tells, or Unsettled."""
    event: dict[str, Any] = answer["ProgressEvent"]
    for _ in range(_LOOKS):
        try:
            found = aws.cloudcontrol.get_resource_request_status(RequestToken=event["RequestToken"])
        except ClientError as error:
            raise Unsettled(error.response, error.operation_name) from None
        event = found["ProgressEvent"]
        if event["OperationStatus"] == "SUCCESS":
            return event
        if event["OperationStatus"] == "FAILED":
            raise aws_error(operation, event["ErrorCode"], event["StatusMessage"])
    said = f"request {event['RequestToken']} does not come to an end"
    raise Unsettled(aws_error(operation, "NotStabilized", said).response, operation)


_SET_BY_SERVICE = ("SpendingLimitArn", "QueuedSpend", "TotalSpend", "CreatedAt", "UpdatedAt")


def as_asked(properties: dict[str, Any], asked: Value) -> str:
    """What would have to be asked for to get this, amounts in the words in which they were asked for."""
    state = {name: value for name, value in properties.items() if name not in _SET_BY_SERVICE}
    amount = json.loads(asked).get("SpendingLimit") if isinstance(asked, str) else None
    if amount is not None and Decimal(amount) == Decimal(state["SpendingLimit"]):
        state["SpendingLimit"] = amount
    return json.dumps(state, sort_keys=True)
