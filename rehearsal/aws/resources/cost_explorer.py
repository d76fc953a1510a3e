"""aws.costexplorer in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, differs
from rehearsal.provider.model.schema import Value, Values


class CostAllocationTag(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _switch(aws, str(want["tagKey"]), str(want["status"]))
        return str(want["tagKey"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None and differs(want, have, "status"):
            _switch(aws, id, str(want["status"]))

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.ce.list_cost_allocation_tags(TagKeys=[id])["CostAllocationTags"]
        if not found:
            return None
        return {"tagKey": found[0]["TagKey"], "status": found[0]["Status"], "type": found[0]["Type"]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        _switch(aws, id, "Inactive")


def _switch(aws: Aws, key: str, status: str) -> None:
    """What did not work is told in the answer."""
    entry = {"TagKey": key, "Status": status}
    for error in aws.ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=[entry])["Errors"]:
        raise aws_error("UpdateCostAllocationTagsStatus", error["Code"], error["Message"])
