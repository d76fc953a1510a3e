"""What several controls over AWS resources read.

Type tokens, references between resources, policies, accounts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from policy_packs.controls.control import Resource, Stack
from policy_packs.controls.iam_document import Document, read_document
from policy_packs.controls.value import Value

STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
PROVIDER: Final = "pulumi:providers:aws"
ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SERVICE_LINKED_ROLE: Final = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
OIDC_PROVIDER: Final = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
SAML_PROVIDER: Final = "aws:iam/samlProvider:SamlProvider"
KEY: Final = "aws:kms/key:Key"
EXTERNAL_KEY: Final = "aws:kms/externalKey:ExternalKey"
KEYS: Final = (KEY, EXTERNAL_KEY)
ALIAS: Final = "aws:kms/alias:Alias"
BUDGET: Final = "aws:budgets/budget:Budget"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
BUCKET_ACCESS: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
BUCKET_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
BUCKET_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ACCOUNT_ACCESS: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
TRAIL: Final = "aws:cloudtrail/trail:Trail"
VPC: Final = "aws:ec2/vpc:Vpc"
SUBNET: Final = "aws:ec2/subnet:Subnet"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
INGRESS: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
NOTEBOOK: Final = "aws:sagemaker/notebookInstance:NotebookInstance"
NOTEBOOK_SCRIPTS: Final = (
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration"
)
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
LOG_POLICY: Final = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
SECRET_POLICY: Final = "aws:secretsmanager/secretPolicy:SecretPolicy"  # noqa: S105 - a type
TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"

IDENTITY_POLICIES: Final = (POLICY, ROLE_POLICY, ROLE)
BOUNDARY_SUFFIX: Final = "-boundary"


def is_boundary(resource: Resource) -> bool:
    """A managed policy that limits and never grants: its name says so, and nothing may attach it."""
    return resource.type == POLICY and resource["name"].text().endswith(BOUNDARY_SUFFIX)


def identity_documents(resource: Resource) -> Iterator[Document]:
    """The documents that grant rights to roles in a resource; CannotDecide where one cannot be read."""
    if resource.type == ROLE:
        for inline in resource["inlinePolicies"]:
            yield read_document(inline.get("policy"))
    elif not is_boundary(resource):
        yield read_document(resource["policy"])


def role_arn(role: Resource, account: str) -> str:
    """The ARN a role will have, from its path and name; empty where they are unknown."""
    path = role["path"]
    if path.unknown or not role["name"].text():
        return ""
    return f"arn:aws:iam::{account}:role{path.text() or '/'}{role['name'].text()}"


def in_account(principal: str, account: str) -> bool:
    """Whether an AWS principal is this account or a role of it.

    Not a session (`arn:aws:sts:…`): what a policy on data gives a session, no boundary of its role limits.
    Source: IAM User Guide, "Policy evaluation for requests within a single account".
    """
    return principal in (account, f"arn:aws:iam::{account}:root") or principal.startswith(
        f"arn:aws:iam::{account}:role/"
    )


def provider_data(provider: Value, name: str) -> Value:
    """A provider's property; lists and objects of a provider travel as JSON text."""
    value = provider.get(name)
    if value.text().startswith(("[", "{")):
        try:
            return Value.of(json.loads(value.text()), value.path, secret=value.secret)
        except ValueError:
            return value
    return value


def refers(stack: Stack, resource: Resource, prop: str, target: Resource, *names: str) -> bool:
    """Whether a property is a reference to a resource: by one of the target's names once it is known, since a
    value can depend on one resource and name another; until then by dependency."""
    mine = resource[prop]
    if mine.unknown:
        return target.urn in {found.urn for found in stack.behind(resource, prop)}
    return bool(mine.text()) and any(mine.text() == target[name].text() for name in names)


def kinds_behind(resource: Resource, prop: str) -> frozenset[str]:
    """Types of what a property takes its value from, also of what an engine does not show, such as what a
    program only reads: a URN names the type.
    """
    urns = resource.property_dependencies.get(prop, ())
    return frozenset(urn.split("::")[2].rpartition("$")[2] for urn in urns if urn.count("::") >= 3)


def names_key(stack: Stack, alias: Resource, key: Resource) -> bool:
    """Whether an alias stands for a key, by its ARN or the id at its end."""
    if refers(stack, alias, "targetKeyId", key, "keyId", "arn", "id"):
        return True
    target = alias["targetKeyId"].text()
    return bool(target) and key["arn"].text().rpartition(":key/")[2] == target


def attached_to(stack: Stack, role: Resource) -> list[Resource]:
    """The stack's managed policies that are attached to a role."""
    attached = [each for each in stack.of_type(ATTACHMENT) if refers(stack, each, "role", role, "name", "id")]
    return [
        policy
        for policy in stack.of_type(POLICY)
        if any(refers(stack, each, "policyArn", policy, "arn", "id") for each in attached)
    ]


def of_bucket(stack: Stack, bucket: Resource, type_token: str) -> tuple[Resource, ...]:
    """The settings of one kind that belong to a bucket."""
    return tuple(
        setting
        for setting in stack.of_type(type_token)
        if refers(stack, setting, "bucket", bucket, "bucket", "id", "arn")
    )
