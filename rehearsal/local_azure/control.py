"""What only the owner of the process may do: move its clock, make it fail, declare who exists, get tokens.

Reached at /_qlz/control/VERB with the secret that lies beside the record, readable by its owner only.
"""

from __future__ import annotations

import hmac
from typing import Any

from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import ArmError, bad_request
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import Fault, World

PREFIX = "/_qlz/control/"
SECRET_HEADER = "x-qlz-secret"  # noqa: S105 - the name of a header


def control(world: World, secret: str, request: Request) -> Reply:
    """Carry out one verb. Raises ArmError."""
    if not hmac.compare_digest(request.header(SECRET_HEADER).encode(), secret.encode()):
        raise ArmError(403, "Forbidden", "Only the owner of the local Azure may do this.")
    told = request.json()
    try:
        return Reply(200, _VERBS[request.path.removeprefix(PREFIX)](world, told))
    except (KeyError, TypeError, ValueError) as error:
        raise bad_request(f"{request.path} was not understood: {error!r}") from None


def _clock(world: World, told: dict[str, Any]) -> dict[str, Any]:
    world.clock.advance(float(told.get("advance", 0)))
    world.settle()
    return {"now": text(world.clock.now())}


def _faults(world: World, told: dict[str, Any]) -> dict[str, Any]:
    world.faults[:] = [Fault(**fault) for fault in told["faults"]]
    return {"faults": len(world.faults)}


def _principals(world: World, told: dict[str, Any]) -> dict[str, Any]:
    for one in told["principals"]:
        world.directory.declare(one["id"], one["type"], one.get("memberOf") or [])
    return {"principals": len(world.directory.principals)}


def _token(world: World, told: dict[str, Any]) -> dict[str, Any]:
    token, expires = world.tokens.mint(
        str(told["principal"]), told.get("audience"), mfa=bool(told.get("mfa", True))
    )
    return {"token": token, "expires": expires}


def _assertion(world: World, told: dict[str, Any]) -> dict[str, Any]:
    return {"assertion": world.tokens.assertion(told["issuer"], told["subject"], told["audience"])}


def _settings(world: World, told: dict[str, Any]) -> dict[str, Any]:
    """`holdJobs`: submitted jobs wait. `page`: entries of a list. `operationSeconds`: how long what is slow
    takes. `lagSeconds`: how long a removed role assignment still counts."""
    unknown = set(told) - {"holdJobs", "page", "operationSeconds", "lagSeconds"}
    if unknown:
        raise KeyError(sorted(unknown)[0])
    world.hold_jobs = bool(told.get("holdJobs", world.hold_jobs))
    world.page = max(1, int(told.get("page", world.page)))
    world.operation_seconds = max(0.0, float(told.get("operationSeconds", world.operation_seconds)))
    world.rbac.lag = max(0.0, float(told.get("lagSeconds", world.rbac.lag)))
    return {
        "holdJobs": world.hold_jobs,
        "page": world.page,
        "operationSeconds": world.operation_seconds,
        "lagSeconds": world.rbac.lag,
    }


_VERBS = {
    "clock": _clock,
    "faults": _faults,
    "principals": _principals,
    "token": _token,
    "assertion": _assertion,
    "settings": _settings,
}
