"""Finding a resource by what it was asked to be, when nobody knows its id (the protocol's List).

Only what AWS can be asked as well: a resource with a name of its own is read under the id that follows from
it (the import id of its page in the AWS provider's documentation); one without is looked for by what it was
created with. A setting that Create simply puts is listed only if it is just as asked: putting it again does
no harm, while AWS has defaults that could be taken for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from rehearsal.aws import listing_networks
from rehearsal.aws.clients import Aws
from rehearsal.aws.model import Facts, TypeModel, diff
from rehearsal.aws.resources.base import is_gone, tag_map
from rehearsal.aws.resources.cloud_control import as_asked
from rehearsal.provider.model.schema import Values

if TYPE_CHECKING:
    from rehearsal.provider.resource import Found


@dataclass(frozen=True)
class _Name:
    """`id` is a format over the planned outputs; `put`: Create overwrites what is there."""

    id: str
    put: bool = False


_BUCKET: Final = _Name("{bucket}", put=True)
_NAMES: Final[Mapping[str, _Name]] = {
    "aws:accessanalyzer/analyzer:Analyzer": _Name("{analyzerName}"),
    "aws:budgets/budget:Budget": _Name("{accountId}:{name}"),
    "aws:cloudtrail/trail:Trail": _Name("{arn}"),
    "aws:cloudwatch/eventRule:EventRule": _Name("{name}", put=True),
    "aws:cloudwatch/eventTarget:EventTarget": _Name("{rule}-{targetId}", put=True),
    "aws:cloudwatch/logGroup:LogGroup": _Name("{name}"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _Name("{name}", put=True),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _Name("{policyName}", put=True),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _Name("{name}", put=True),
    "aws:costexplorer/costAllocationTag:CostAllocationTag": _Name("{tagKey}", put=True),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _Name("{arn}"),
    "aws:iam/policy:Policy": _Name("{arn}"),
    "aws:iam/role:Role": _Name("{name}"),
    "aws:iam/rolePolicy:RolePolicy": _Name("{role}:{name}", put=True),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _Name("{role}/{policyArn}", put=True),
    "aws:iam/samlProvider:SamlProvider": _Name("{arn}"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": _Name("{arn}"),
    "aws:kms/alias:Alias": _Name("{name}"),
    "aws:organizations/policyAttachment:PolicyAttachment": _Name("{targetId}:{policyId}", put=True),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": _Name("{accountId}", put=True),
    "aws:s3/bucket:Bucket": _Name("{bucket}"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _BUCKET,
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _BUCKET,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": _BUCKET,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _BUCKET,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _BUCKET,
    "aws:s3/bucketVersioning:BucketVersioning": _BUCKET,
    "aws:sagemaker/notebookInstance:NotebookInstance": _Name("{name}"),
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration": _Name(
        "{name}"
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": _Name("{secretArn}", put=True),
    "aws:sns/topic:Topic": _Name("{arn}"),
    "aws:sns/topicPolicy:TopicPolicy": _Name("{arn}", put=True),
}


def _keys(aws: Aws, want: Values) -> Iterator[str]:
    """Keys of this description and these tags that no alias names yet: an alias comes after its key."""
    pages = aws.kms.get_paginator("list_aliases").paginate()
    named = {alias.get("TargetKeyId") for page in pages for alias in page["Aliases"]}
    for page in aws.kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            if key["KeyId"] in named:
                continue
            found = aws.kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            deleted = found["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")
            if deleted or found["KeyManager"] != "CUSTOMER":
                continue
            tags = tag_map(aws.kms.list_resource_tags(KeyId=key["KeyId"])["Tags"], "TagKey", "TagValue")
            if found.get("Description", "") == want["description"] and tags == (want["tagsAll"] or {}):
                yield str(key["KeyId"])


def _subscriptions(aws: Aws, want: Values) -> Iterator[str]:
    """A topic has one subscription of a protocol and endpoint."""
    pages = aws.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=want["topic"])
    for page in pages:
        for found in page["Subscriptions"]:
            if (found["Protocol"], found["Endpoint"]) == (want["protocol"], want["endpoint"]):
                yield str(found["SubscriptionArn"])


def _secrets(aws: Aws, want: Values) -> Iterator[str]:
    """A secret's name is unique; its ARN ends in letters at random."""
    found = aws.secretsmanager.describe_secret(SecretId=want["name"])
    if not found.get("DeletedDate"):
        yield str(found["ARN"])


def _organization_policies(aws: Aws, want: Values) -> Iterator[str]:
    """Names are unique among the policies of a type."""
    for page in aws.organizations.get_paginator("list_policies").paginate(Filter=want["type"]):
        yield from (str(policy["Id"]) for policy in page["Policies"] if policy["Name"] == want["name"])


def _controlled(aws: Aws, want: Values) -> Iterator[str]:
    """Resources of Cloud Control that have every property asked for."""
    asked = json.loads(want["desiredState"])
    pages = aws.cloudcontrol.get_paginator("list_resources").paginate(TypeName=want["typeName"])
    for identifier in (r["Identifier"] for page in pages for r in page["ResourceDescriptions"]):
        found = aws.cloudcontrol.get_resource(TypeName=want["typeName"], Identifier=identifier)
        properties = json.loads(found["ResourceDescription"]["Properties"])
        has = json.loads(as_asked(properties, want["desiredState"]))
        if all(has.get(name) == value for name, value in asked.items()):
            yield str(identifier)


_SEARCHES: Final[Mapping[str, Callable[[Aws, Values], Iterator[str]]]] = {
    **listing_networks.SEARCHES,
    "aws:cloudcontrol/resource:Resource": _controlled,
    "aws:kms/externalKey:ExternalKey": _keys,
    "aws:kms/key:Key": _keys,
    "aws:organizations/policy:Policy": _organization_policies,
    "aws:secretsmanager/secret:Secret": _secrets,
    "aws:sns/topicSubscription:TopicSubscription": _subscriptions,
}


def listed(token: str) -> bool:
    """Whether resources of this type can be found without their id."""
    return token in _NAMES or token in _SEARCHES


def found_ids(
    model: TypeModel,
    facts: Facts,
    aws: Aws,
    inputs: Values,
    want: Values,
    read: Callable[[str], Found | None],
) -> Iterator[str]:
    """Ids of what could have come of a create with `inputs`; `want` is that create as planned."""
    if search := _SEARCHES.get(model.token):
        try:
            yield from search(aws, want)
        except ClientError as error:
            if not is_gone(error):
                raise
        return
    name = _NAMES[model.token]
    id = name.id.format_map(want)
    found = read(id)
    if found is None:
        return
    if not name.put or not diff(model, facts, found.inputs, found.outputs, inputs).changes:
        yield id
