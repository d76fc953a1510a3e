"""IAM Access Analyzer (access-analyzer/latest/APIReference on docs.aws.amazon.com): it finds nothing here."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from rehearsal.local_cloud.services.serving import Call, ServiceError

PLAYED = ("ACCOUNT", "ACCOUNT_UNUSED_ACCESS")
"""Kinds of analyzer, each once in an account and region (access-analyzer-quotas in the IAM User Guide)."""

Home = tuple[str, str]


class AccessAnalyzer:
    """Keeps the analyzers of every account and region."""

    def __init__(self) -> None:
        self._analyzers: dict[Home, dict[str, dict[str, Any]]] = defaultdict(dict)

    def answer(self, call: Call) -> dict[str, Any]:
        parts = [unquote(part) for part in call.path.strip("/").split("/")]
        match call.method, parts:
            case "PUT", ["analyzer"]:
                return self._create(call)
            case "GET", ["analyzer"]:
                return {"analyzers": list(self._analyzers[call.home].values())}
            case "GET", ["analyzer", name]:
                return {"analyzer": self._found(call, name)}
            case "PUT", ["analyzer", name]:
                found = self._found(call, name)
                found["configuration"] = call.body.get("configuration", {})
                return {"configuration": found["configuration"]}
            case "DELETE", ["analyzer", name]:
                self._found(call, name)
                del self._analyzers[call.home][name]
                return {}
            case _, ["tags", *rest]:
                return self._tags(call, self._found(call, "/".join(rest).rpartition("/")[2]))
        said = f"{call.method} {call.path} is not played by the local cloud."
        raise ServiceError("UnknownOperationException", said)

    def _create(self, call: Call) -> dict[str, Any]:
        name, kind = call.body["analyzerName"], call.body["type"]
        analyzers = self._analyzers[call.home]
        if name in analyzers:
            said = f"Analyzer {name} already exists."
            raise ServiceError("ConflictException", said, 409, resourceId=name, resourceType="ANALYZER")
        if kind not in PLAYED:
            said = f"The local cloud plays analyzers of type {' and '.join(PLAYED)}; not {kind}."
            raise ServiceError("ValidationException", said, reason="other")
        if any(other["type"] == kind for other in analyzers.values()):
            said = f"The maximum number of analyzers of type {kind} in this Region is 1."
            raise ServiceError(
                "ServiceQuotaExceededException", said, 402, resourceId=name, resourceType="ANALYZER"
            )
        arn = f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/{name}"
        analyzers[name] = {
            "arn": arn,
            "name": name,
            "type": kind,
            "createdAt": datetime.now(UTC).isoformat(),
            "status": "ACTIVE",
            "tags": call.body.get("tags", {}),
            **({"configuration": call.body["configuration"]} if "configuration" in call.body else {}),
        }
        return {"arn": arn}

    def _tags(self, call: Call, found: dict[str, Any]) -> dict[str, Any]:
        if call.method == "GET":
            return {"tags": found["tags"]}
        if call.method == "POST":
            found["tags"] = {**found["tags"], **call.body["tags"]}
        else:
            gone = call.query.get("tagKeys", [])
            found["tags"] = {key: value for key, value in found["tags"].items() if key not in gone}
        return {}

    def _found(self, call: Call, name: str) -> dict[str, Any]:
        found = self._analyzers[call.home].get(name)
        if found is None:
            said = f"Analyzer {name} does not exist."
            raise ServiceError(
                "ResourceNotFoundException", said, 404, resourceId=name, resourceType="ANALYZER"
            )
        return found


def new() -> AccessAnalyzer:
    return AccessAnalyzer()
