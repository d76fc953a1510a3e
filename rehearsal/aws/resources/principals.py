"""AWS refuses a policy that names a principal which does not exist; moto takes any."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import is_gone

_ENTITY = re.compile(r"arn:aws[a-z-]*:(iam|sts)::(\d{12}):(role|user|assumed-role)/(.+)")


def demand_principals(aws: Aws, policy: str, *, operation: str, code: str, message: str) -> None:
    """Raise the service's own error when the policy names a role or user of this account that does not exist.

    Principals of other accounts cannot be looked up and are taken as they are.
    """
    for principal in sorted(set(_principals(json.loads(policy)))):
        if not _exists(aws, principal):
            raise aws_error(operation, code, f"{message}: {principal} does not exist")


def _principals(document: dict[str, Any]) -> Iterator[str]:
    statements = document.get("Statement") or []
    for statement in statements if isinstance(statements, list) else [statements]:
        for key in ("Principal", "NotPrincipal"):
            named = statement.get(key)
            if isinstance(named, dict):
                aws_principals = named.get("AWS", [])
                yield from [aws_principals] if isinstance(aws_principals, str) else aws_principals


def _exists(aws: Aws, principal: str) -> bool:
    found = _ENTITY.fullmatch(principal)
    if found is None:
        return (
            principal == "*" or principal.endswith(":root") or re.fullmatch(r"\d{12}", principal) is not None
        )
    if found[2] != aws.facts.account:
        return True
    kind, path = found[3], found[4]
    name = path.split("/")[0] if kind == "assumed-role" else path.rpartition("/")[2]
    try:
        if kind == "user":
            arn = aws.iam.get_user(UserName=name)["User"]["Arn"]
        else:
            arn = aws.iam.get_role(RoleName=name)["Role"]["Arn"]
    except ClientError as error:
        if is_gone(error):
            return False
        raise
    return kind == "assumed-role" or arn == principal
