"""What environment-apply may do with what watches the account: logs, events, alarms and analyzers (L1 to L4).

It makes and changes them and reads none of them: NO_DATA stands beside it (see operators).
"""

from __future__ import annotations

from components.braket.names import JOBS_LOG_GROUP, EnvironmentNames
from components.braket.operators import RULE_CHANGES
from components.braket.policy import Statement


def environment_watch(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Make and change log groups, event rules, alarms, the alert topic and the access analyzers."""
    return (
        Statement(
            "PassEventsRole",
            "Allow",
            actions=("iam:PassRole",),
            resources=(names.role_arn("events"),),
            conditions={"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}},
        ),
        Statement(
            "EventRules",
            "Allow",
            actions=RULE_CHANGES,
            resources=tuple(
                f"arn:aws:events:{region}:{names.account}:rule/qlz-{names.environment}-*"
                for region in names.regions
            ),
        ),
        Statement(
            "Logs",
            "Allow",
            actions=(
                *("logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup"),
                *("logs:DeleteMetricFilter", "logs:PutMetricFilter", "logs:PutRetentionPolicy"),
                *("logs:TagResource", "logs:UntagResource"),
            ),
            resources=(
                f"{names.log_group_arn(names.operational_log)}*",
                f"{names.log_group_arn(names.security_log)}*",
                f"{names.log_group_arn(JOBS_LOG_GROUP)}*",
            ),
        ),
        Statement(
            "Alerts",
            "Allow",
            actions=(
                *("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"),
                *("cloudwatch:UntagResource", "sns:CreateTopic", "sns:DeleteTopic"),
                *("sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource"),
            ),
            resources=(names.alert_topic_arn, names.arn("cloudwatch", f"alarm:qlz-{names.environment}-*")),
        ),
        Statement(
            "Analyzer",
            "Allow",
            actions=(
                *("access-analyzer:CreateAnalyzer", "access-analyzer:DeleteAnalyzer"),
                *("access-analyzer:TagResource", "access-analyzer:UntagResource"),
                "access-analyzer:UpdateAnalyzer",
            ),
            resources=(names.analyzer_arn, names.idle_analyzer_arn),
        ),
    )
