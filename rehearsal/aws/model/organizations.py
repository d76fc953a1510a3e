"""aws.organizations: orgs_manage_policies_scps_syntax.html and orgs_reference_limits.html on
https://docs.aws.amazon.com/organizations/latest/userguide/.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import NAMES_ARE_DETERMINISTIC, TAGS, TAGS_ALL
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.provider.model.schema import ASSIGNED, Kind, Prop, TypeModel

SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
SIZE = 5120
"""Characters of a service control policy, white space counted."""
ATTACHED = 5
"""How many service control policies a root, unit or account takes, FullAWSAccess among them."""

_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_document = policy(SIZE, Attached.IDENTITY)


def _content(value: Any) -> str | None:
    return _document(value) or _statements(json.loads(value))


def _statements(document: dict[str, Any]) -> str | None:
    """Beyond the syntax of IAM: what Organizations itself looks at."""
    if document.get("Version") != "2012-10-17":
        return "Version must be 2012-10-17"
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(set(sids)) != len(sids):
        return "two statements have the same Sid"
    for number, statement in enumerate(statements):
        said = _statement(statement)
        if said:
            return f"Statement[{number}] {said}"
    return None


def _statement(statement: dict[str, Any]) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9]*", statement.get("Sid", "")):
        return f"Sid must be letters and digits; is {statement['Sid']!r}"
    for part in ("Action", "NotAction"):
        for action in _list(statement.get(part, [])):
            if not isinstance(action, str) or not _ACTION.fullmatch(action):
                return f"{part} must be * or such as s3:Get*; has {action!r}"
    for part in ("Resource", "NotResource"):
        for resource in _list(statement.get(part, [])):
            if not isinstance(resource, str) or not (resource == "*" or resource.startswith("arn:")):
                return f"{part} must be * or ARNs; has {resource!r}"
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(tests, dict) for tests in condition.values()):
        return "Condition must be operators with keys and values"
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _type(value: Any) -> str | None:
    return None if value == SERVICE_CONTROL else f"only {SERVICE_CONTROL} is played; is {value!r}"


_SKIP_DESTROY = Prop("skipDestroy", Kind.FLAG, default=False)
_TAKEN_FOR_GRANTED = (
    "The organization around the management account is there beforehand, and accounts named as targets are "
    "its members."
)

POLICY = TypeModel(
    "aws:organizations/policy:Policy",
    inputs=(
        Prop("content", Kind.JSON, required=True, rule=_content),
        Prop("description", rule=rules.longest(512)),
        Prop("name", required=True, note=NAMES_ARE_DETERMINISTIC, rule=rules.longest(128)),
        _SKIP_DESTROY,
        TAGS,
        Prop("type", default=SERVICE_CONTROL, replaces=True, rule=_type),
    ),
    outputs={"arn": ASSIGNED, "tagsAll": TAGS_ALL},
    identity=("name",),
    notes=("It decides nothing in the local cloud.", _TAKEN_FOR_GRANTED),
)

POLICY_ATTACHMENT = TypeModel(
    "aws:organizations/policyAttachment:PolicyAttachment",
    inputs=(
        Prop(
            "policyId",
            required=True,
            replaces=True,
            rule=rules.matches(r"p-[A-Za-z0-9_]{8,128}", "must be the id of a policy"),
        ),
        _SKIP_DESTROY,
        Prop(
            "targetId",
            required=True,
            replaces=True,
            rule=rules.matches(
                r"r-[a-z0-9]{4,32}|\d{12}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}",
                "must be the id of a root (r-…), a unit (ou-…) or an account",
            ),
        ),
    ),
    outputs={},
    identity=("policyId", "targetId"),
    notes=(f"A target takes {ATTACHED} service control policies, as in AWS.", _TAKEN_FOR_GRANTED),
)
