"""aws.s3.BucketLifecycleConfiguration in the local cloud."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import Wanted, camel, plain, tag_list, tag_map
from rehearsal.aws.resources.iam import moment
from rehearsal.aws.resources.s3_settings import Setting, bucket_of
from rehearsal.provider.model.schema import Value, Values

_NAMES = {"id": "ID"}


class Lifecycle(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        rules = [_to_aws(rule) for rule in want["rules"] or []]
        aws.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        found = aws.s3.get_bucket_lifecycle_configuration(Bucket=bucket)
        return {"rules": [_from_aws(rule) for rule in found["Rules"]]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.s3.delete_bucket_lifecycle(Bucket=bucket_of(id))


def _to_aws(rule: Values) -> dict[str, Any]:
    sent: dict[str, Any] = camel(rule, _NAMES)
    # AWS wants a filter in every rule; an empty prefix means all objects.
    filter_ = sent.get("Filter") or {"Prefix": ""}
    if "And" in filter_ and "Tags" in filter_["And"]:
        # Keys of tags are the user's own and keep their form.
        tags = tag_list(rule["filter"]["and"]["tags"])
        filter_ = {"And": {**filter_["And"], "Tags": tags}}
    return {**sent, "Filter": filter_}


def _from_aws(rule: dict[str, Any]) -> dict[str, Value]:
    found: dict[str, Value] = plain({k: v for k, v in rule.items() if k != "Filter"}, _NAMES)
    filter_ = dict(rule.get("Filter", {}))
    conjunction = filter_.pop("And", None)
    found["filter"] = plain(filter_, _NAMES)
    if conjunction is not None:
        tags = tag_map(conjunction.pop("Tags", []))
        found["filter"]["and"] = {**plain(conjunction, _NAMES), "tags": tags}
    for dated in [found.get("expiration"), *(found.get("transitions") or [])]:
        if dated and "date" in dated:
            dated["date"] = moment(dated["date"])
    return found
