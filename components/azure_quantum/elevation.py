"""Elevation: a right that people ask for, somebody else approves, and that ends by itself (I6).

Privileged Identity Management holds the grants, not the stack file: it answers who asked, why, who approved
and until when. The environment's stack makes two things for each right of a project: the rules (approval by
the project's approvers, MFA, a reason and a ticket, the tier's longest time), and after them the eligibility
of the researchers' group. Nobody approves what he asked for himself: Azure refuses it.

- production-queue: submit jobs, where the tier lets only the pipeline do so.
- rotate-key: rotate the project's key now.

Rules belong to a scope and a role, and have a name that Azure assigns when the role's definition reaches the
scope: the stack file records it after the first up. Without it there is neither rule nor eligibility. They
are the environment's, because whoever may write them could make anybody eligible for anything (operators).
A frozen project's people are eligible for nothing; the rules stay. Quotas are asked of Azure's support: no
right of a project's. Needs Microsoft Entra ID P2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_among, check_range
from components.azure_quantum.names import ProjectNames, check_uuid

WHAT = {"production-queue": "submit", "rotate-key": "rotate-key"}
"""What may be asked for, and the kind of role that it is."""


@dataclass(frozen=True, slots=True)
class ElevationArgs:
    """Elevation in one project.

    requesters, approvers: object ids of groups. rules: what (as in WHAT) to the name of its role management
    policy. hours: the longest grant. until: the last day on which people are eligible. eligible: False in a
    frozen project, or when that day is over.
    """

    names: ProjectNames
    requesters: str
    approvers: str
    rules: Mapping[str, str]
    hours: int
    until: date
    eligible: bool = True

    def __post_init__(self) -> None:
        check_uuid("ElevationArgs.requesters", self.requesters)
        check_uuid("ElevationArgs.approvers", self.approvers)
        if self.requesters == self.approvers:
            raise ArgumentError("ElevationArgs.approvers", "are the requesters", "another group (I6)")
        for what, name in self.rules.items():
            check_among("ElevationArgs.rules", what, tuple(WHAT))
            check_uuid("ElevationArgs.rules", name)
        if len(set(self.rules.values())) != len(self.rules):
            raise ArgumentError("ElevationArgs.rules", "name a policy twice", "each right has its own")
        check_range("ElevationArgs.hours", self.hours, 1, 24, "hours")


def standing(until: date, now: datetime) -> bool:
    """Whether people are still eligible; the last day counts."""
    return now.date() <= until


def elevation(
    args: ElevationArgs, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> Iterator[pulumi.Resource]:
    """Makes rules, and eligibilities after them."""
    names, place = args.names, args.names.environment
    for what, name in sorted(args.rules.items()):
        rules = azure.authorization.RoleManagementPolicy(
            f"{names.project}-{what}",
            scope=names.group_id,
            role_management_policy_name=name,
            rules=_rules(args),
            opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
        )
        yield rules
        if not args.eligible:
            continue
        yield azure.authorization.PimRoleEligibilitySchedule(
            f"{names.project}-{what}",
            scope=names.group_id,
            principal_id=args.requesters,
            role_definition_id=place.role_definition_id(place.role_guid(WHAT[what])),
            justification=f"Members may ask for {what} of {names.label}",
            schedule_info={
                "expiration": {"type": "AfterDateTime", "end_date_time": f"{args.until}T23:59:59Z"}
            },
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[rules]),
        )


def _target(caller: str, level: str) -> azure.authorization.RoleManagementPolicyRuleTargetArgs:
    return azure.authorization.RoleManagementPolicyRuleTargetArgs(
        caller=caller, level=level, operations=["All"]
    )


def _rules(
    args: ElevationArgs,
) -> list[
    azure.authorization.RoleManagementPolicyApprovalRuleArgs
    | azure.authorization.RoleManagementPolicyEnablementRuleArgs
    | azure.authorization.RoleManagementPolicyExpirationRuleArgs
]:
    """Ids and targets are Azure's own (Microsoft.Authorization/roleManagementPolicies, 2020-10-01)."""
    return [
        azure.authorization.RoleManagementPolicyApprovalRuleArgs(
            id="Approval_EndUser_Assignment",
            rule_type="RoleManagementPolicyApprovalRule",
            target=_target("EndUser", "Assignment"),
            setting=azure.authorization.ApprovalSettingsArgs(
                approval_mode="SingleStage",
                approval_stages=[
                    azure.authorization.ApprovalStageArgs(
                        approval_stage_time_out_in_days=1,
                        escalation_time_in_minutes=0,
                        is_approver_justification_required=True,
                        is_escalation_enabled=False,
                        primary_approvers=[
                            azure.authorization.UserSetArgs(
                                id=args.approvers, user_type="Group", is_backup=False
                            )
                        ],
                    )
                ],
                is_approval_required=True,
                is_approval_required_for_extension=True,
                is_requestor_justification_required=True,
            ),
        ),
        azure.authorization.RoleManagementPolicyEnablementRuleArgs(
            id="Enablement_EndUser_Assignment",
            rule_type="RoleManagementPolicyEnablementRule",
            target=_target("EndUser", "Assignment"),
            enabled_rules=["MultiFactorAuthentication", "Justification", "Ticketing"],
        ),
        azure.authorization.RoleManagementPolicyExpirationRuleArgs(
            id="Expiration_EndUser_Assignment",
            rule_type="RoleManagementPolicyExpirationRule",
            target=_target("EndUser", "Assignment"),
            is_expiration_required=True,
            maximum_duration=f"PT{args.hours}H",
        ),
        azure.authorization.RoleManagementPolicyExpirationRuleArgs(
            id="Expiration_Admin_Eligibility",
            rule_type="RoleManagementPolicyExpirationRule",
            target=_target("Admin", "Eligibility"),
            is_expiration_required=True,
            maximum_duration="P365D",
        ),
    ]
