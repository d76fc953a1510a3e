"""Errors as Azure Resource Manager words them: a status, a code that programs read, a message for people.

Source: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors and
Azure/azure-resource-manager-rpc v1.0 common-api-details (error response content).
"""

from __future__ import annotations

from typing import Any


class ArmError(Exception):
    """A refusal: HTTP status, code, message; `more` is put beside them in the error object."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.more = more

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, **self.more}}


def bad_request(message: str, code: str = "BadRequest") -> ArmError:
    return ArmError(400, code, message)


def bad_content(message: str) -> ArmError:
    """The body is no JSON, lacks a member or has one that nobody knows."""
    return ArmError(400, "InvalidRequestContent", f"The request content was invalid: {message}")


def conflict(message: str, code: str = "Conflict") -> ArmError:
    return ArmError(409, code, message)


def not_found(message: str, code: str = "ResourceNotFound") -> ArmError:
    return ArmError(404, code, message)


def method_not_allowed(method: str, type_name: str) -> ArmError:
    return ArmError(
        405,
        "MethodNotAllowed",
        f"The HTTP method '{method}' is not supported for resource type '{type_name}'.",
    )


def unauthorized(message: str, code: str = "AuthenticationFailed") -> ArmError:
    challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"'
    return ArmError(401, code, message, headers={"WWW-Authenticate": challenge})


def authorization_failed(principal: str, action: str, scope: str) -> ArmError:
    return ArmError(
        403,
        "AuthorizationFailed",
        f"The client '{principal}' with object id '{principal}' does not have authorization to perform action"
        f" '{action}' over scope '{scope or '/'}' or the scope is invalid. If access was recently granted,"
        " please refresh your credentials.",
    )
