"""AWS Cost Explorer's cost allocation tags:
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_UpdateCostAllocationTagsStatus.html.

AWS knows a tag key a day after it was first used; here every key was used long ago.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from rehearsal.local_cloud.services.serving import Call, ServiceError

AT_ONCE = 20
"""How many keys one call may change."""


class CostExplorer:
    """Keeps the keys of every account that were ever switched."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)

    def answer(self, call: Call) -> dict[str, Any]:
        if call.target == "ListCostAllocationTags":
            return self._list(call)
        if call.target == "UpdateCostAllocationTagsStatus":
            return self._update(call)
        said = f"{call.target} is not played by the local cloud."
        raise ServiceError("UnknownOperationException", said)

    def _list(self, call: Call) -> dict[str, Any]:
        keys, status = call.body.get("TagKeys"), call.body.get("Status")
        found = [
            tag
            for key, tag in sorted(self._tags[call.account].items())
            if (not keys or key in keys) and status in (None, tag["Status"])
        ]
        return {"CostAllocationTags": found}

    def _update(self, call: Call) -> dict[str, Any]:
        asked = call.body["CostAllocationTagsStatus"]
        if len(asked) > AT_ONCE:
            raise ServiceError("LimitExceededException", f"At most {AT_ONCE} tags can be changed at once.")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for one in asked:
            key = one["TagKey"]
            self._tags[call.account][key] = {
                "TagKey": key,
                "Type": "AWSGenerated" if key.startswith("aws:") else "UserDefined",
                "Status": one["Status"],
                "LastUpdatedDate": now,
                "LastUsedDate": now,
            }
        return {"Errors": []}


def new() -> CostExplorer:
    return CostExplorer()
