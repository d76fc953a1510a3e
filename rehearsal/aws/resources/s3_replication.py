"""aws.s3.BucketReplicationConfig in the local cloud."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Wanted, camel, exists, plain, tag_list, tag_map
from rehearsal.aws.resources.s3_settings import Setting, bucket_of
from rehearsal.provider.model.schema import Value, Values

_NAMES = {"id": "ID", "replicaKmsKeyId": "ReplicaKmsKeyID"}


class Replication(Setting):
    def put(self, aws: Aws, bucket: str, want: Wanted) -> None:
        for rule in want["rules"]:
            _demand_destination(aws, bucket, str(rule["destination"]["bucket"]).rpartition(":")[2])
        configuration = {"Role": want["role"], "Rules": [_to_aws(rule) for rule in want["rules"]]}
        aws.s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)

    def get(self, aws: Aws, bucket: str) -> dict[str, Value] | None:
        found = aws.s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
        return {"role": found["Role"], "rules": [_from_aws(rule) for rule in found["Rules"]]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.s3.delete_bucket_replication(Bucket=bucket_of(id))


def _demand_destination(aws: Aws, source: str, destination: str) -> None:
    """What AWS looks at and moto does not."""
    operation, code = "PutBucketReplication", "InvalidRequest"
    if source == destination:
        raise aws_error(operation, code, f"Destination bucket {destination} cannot be the source bucket.")
    if not exists(lambda: aws.s3.head_bucket(Bucket=destination)):
        raise aws_error(operation, code, f"Destination bucket {destination} must exist.")
    if aws.s3.get_bucket_versioning(Bucket=destination).get("Status") != "Enabled":
        message = f"Destination bucket {destination} must have versioning enabled."
        raise aws_error(operation, code, message)


def _to_aws(rule: Values) -> dict[str, Any]:
    sent: dict[str, Any] = camel(rule, _NAMES)
    # An empty filter means all objects.
    filter_ = sent["Filter"] or {"Prefix": ""}
    if "Tags" in filter_.get("And", {}):
        # Keys of tags are the user's own and keep their form.
        filter_ = {"And": {**filter_["And"], "Tags": tag_list(rule["filter"]["and"]["tags"])}}
    return {**sent, "Filter": filter_}


def _from_aws(rule: dict[str, Any]) -> dict[str, Value]:
    found: dict[str, Value] = plain({k: v for k, v in rule.items() if k != "Filter"}, _NAMES)
    filter_ = dict(rule["Filter"])
    conjunction = filter_.pop("And", None)
    found["filter"] = plain(filter_, _NAMES)
    if conjunction is not None:
        tags = tag_map(conjunction.pop("Tags", []))
        found["filter"]["and"] = {**plain(conjunction, _NAMES), **({"tags": tags} if tags else {})}
    return found
