"""Who is told: the environment's action group, and alarms on changes of what guards it (L4, L5).

An alert on the activity log fires within minutes of the write, whoever did it, the platform's own pipelines
included: those know why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_range
from components.azure_quantum.names import EnvironmentNames

MOST_EMAILS = 20
WATCHED: Mapping[str, tuple[str, ...]] = {
    "guards": (
        "Microsoft.Authorization/locks/delete",
        "Microsoft.Authorization/policyAssignments/delete",
        "Microsoft.Authorization/policyAssignments/write",
        "Microsoft.Authorization/policyDefinitions/delete",
        "Microsoft.Authorization/policyDefinitions/write",
        "Microsoft.Authorization/policyExemptions/write",
        "Microsoft.Insights/diagnosticSettings/delete",
        "Microsoft.Insights/diagnosticSettings/write",
    ),
    # Whoever changes these could act unheard afterwards.
    "telling": (
        "Microsoft.Insights/actionGroups/delete",
        "Microsoft.Insights/actionGroups/write",
        "Microsoft.Insights/activityLogAlerts/delete",
        "Microsoft.Insights/activityLogAlerts/write",
        "Microsoft.Insights/scheduledQueryRules/delete",
    ),
    # A way into any identity of the subscription, the projects' among them (see operators).
    "ways-in": (
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete",
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    ),
    "rights": (
        "Microsoft.Authorization/roleDefinitions/delete",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
        "Microsoft.Authorization/roleManagementPolicies/write",
    ),
    # Whoever writes a group writes its tags, the mark of a freeze among them.
    "freeze": ("Microsoft.Resources/tags/write", "Microsoft.Resources/subscriptions/resourceGroups/write"),
}
"""Alarm to operations of the activity log."""


def check_emails(emails: tuple[str, ...]) -> None:
    """Refuses no addresses, too many, and what is none."""
    check_range("EnvironmentArgs.alert_emails", len(emails), 1, MOST_EMAILS, "addresses")
    for email in emails:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            raise ArgumentError(
                "EnvironmentArgs.alert_emails", f"{email!r} is no address", "an e-mail address"
            )


def alerts(
    emails: tuple[str, ...],
    names: EnvironmentNames,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> list[pulumi.Resource]:
    """Makes the action group and the alarms."""
    group = azure.monitor.ActionGroup(
        "alerts",
        action_group_name=names.alert_group,
        resource_group_name=names.group,
        location="Global",
        group_short_name=f"qlz-{names.environment}"[:12],
        enabled=True,
        email_receivers=[
            {"name": email, "email_address": email, "use_common_alert_schema": True}
            for email in sorted(emails)
        ],
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )
    return [group, *(_alarm(what, names, tags, group, parent) for what in WATCHED)]


def _alarm(
    what: str,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    group: pulumi.Resource,
    parent: pulumi.Resource,
) -> pulumi.Resource:
    return azure.monitor.ActivityLogAlert(
        what,
        activity_log_alert_name=f"qlz-{names.environment}-{what}",
        resource_group_name=names.group,
        location="Global",
        description=f"Somebody wrote {', '.join(WATCHED[what])}",
        enabled=True,
        scopes=[names.scope],
        condition={
            "all_of": [
                {"field": "category", "equals": "Administrative"},
                {"any_of": [{"field": "operationName", "equals": name} for name in WATCHED[what]]},
            ]
        },
        actions={"action_groups": [{"action_group_id": names.alert_group_id}]},
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[group]),
    )
