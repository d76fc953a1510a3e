"""What each resource type does in the local cloud, through boto3."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.aws.resources import (
    access_analyzer,
    budgets,
    cloud_control,
    cloudtrail,
    cost_explorer,
    events,
    iam,
    iam_federation,
    kms,
    logs,
    metrics,
    organizations,
    s3_bucket,
    s3_lifecycle,
    s3_settings,
    secrets,
    sns,
)
from rehearsal.aws.resources.base import Handler

HANDLERS: Mapping[str, Handler] = {
    "aws:accessanalyzer/analyzer:Analyzer": access_analyzer.Analyzer(),
    "aws:budgets/budget:Budget": budgets.Budget(),
    "aws:cloudcontrol/resource:Resource": cloud_control.Resource(),
    "aws:cloudtrail/trail:Trail": cloudtrail.Trail(),
    "aws:cloudwatch/eventRule:EventRule": events.EventRule(),
    "aws:cloudwatch/eventTarget:EventTarget": events.EventTarget(),
    "aws:cloudwatch/logGroup:LogGroup": logs.LogGroup(),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": metrics.LogMetricFilter(),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": logs.LogResourcePolicy(),
    "aws:cloudwatch/metricAlarm:MetricAlarm": metrics.MetricAlarm(),
    "aws:costexplorer/costAllocationTag:CostAllocationTag": cost_explorer.CostAllocationTag(),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": iam_federation.OpenIdConnectProvider(),
    "aws:iam/policy:Policy": iam.Policy(),
    "aws:iam/role:Role": iam.Role(),
    "aws:iam/rolePolicy:RolePolicy": iam.RolePolicy(),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": iam.RolePolicyAttachment(),
    "aws:iam/samlProvider:SamlProvider": iam_federation.SamlProvider(),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": iam_federation.ServiceLinkedRole(),
    "aws:kms/alias:Alias": kms.Alias(),
    "aws:kms/key:Key": kms.Key(),
    "aws:organizations/policy:Policy": organizations.Policy(),
    "aws:organizations/policyAttachment:PolicyAttachment": organizations.PolicyAttachment(),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": s3_settings.AccountPublicAccessBlock(),
    "aws:s3/bucket:Bucket": s3_bucket.Bucket(),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": s3_lifecycle.Lifecycle(),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": s3_settings.ObjectLock(),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": s3_settings.OwnershipControls(),
    "aws:s3/bucketPolicy:BucketPolicy": s3_settings.BucketPolicy(),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": s3_settings.PublicAccessBlock(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        s3_settings.Encryption()
    ),
    "aws:s3/bucketVersioning:BucketVersioning": s3_settings.Versioning(),
    "aws:secretsmanager/secret:Secret": secrets.Secret(),
    "aws:secretsmanager/secretPolicy:SecretPolicy": secrets.SecretPolicy(),
    "aws:sns/topic:Topic": sns.Topic(),
    "aws:sns/topicPolicy:TopicPolicy": sns.TopicPolicy(),
    "aws:sns/topicSubscription:TopicSubscription": sns.TopicSubscription(),
}
