"""The organization: region locks above every administrator, and the tags by which money is told apart.

A service control policy holds for every principal of an account, its administrators and root included, and
for no service-linked role. It leaves out global services, which are answered in one region, and the account's
break-glass role, which must work when something is wrong with the lock itself (R1). It does not hold in the
management account.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_match
from components.braket import region_lock
from components.braket.names import EnvironmentNames
from components.braket.policy import Kind, Statement, policy
from components.tags import OrganizationTags


@dataclass(frozen=True, slots=True)
class OrganizationArgs:
    """account: the management account. environments: those whose accounts are locked to their regions.

    cost_tags: tag keys to activate; AWS knows a key a day after it was first used.
    """

    account: str
    tags: OrganizationTags
    environments: tuple[EnvironmentNames, ...]
    cost_tags: tuple[str, ...]
    protect: bool = True

    def __post_init__(self) -> None:
        check_match("OrganizationArgs.account", self.account, r"[0-9]{12}", "a twelve-digit AWS account id")
        accounts = [place.account for place in self.environments]
        if len(set(accounts)) != len(accounts) or self.account in accounts:
            raise ArgumentError(
                "OrganizationArgs.environments",
                "names an account twice, or the management account",
                "one account for each environment, and another one for the management (R1)",
            )
        for key in self.cost_tags:
            check_match("OrganizationArgs.cost_tags", key, r"(?!aws:)[!-~]{1,128}", "keys of tags of ours")
        self.tags.as_dict()


class Organization(pulumi.ComponentResource):
    """Region-lock policies with their attachments, and active cost tags."""

    def __init__(self, name: str, args: OrganizationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("qlz:braket:Organization", name, None, opts)
        for place in args.environments:
            lock = aws.organizations.Policy(
                f"region-lock-{place.environment}",
                name=f"qlz-{place.environment}-{place.account}-region-lock",
                description=f"Nothing outside {' and '.join(place.regions)}"[:512],
                type="SERVICE_CONTROL_POLICY",
                content=account_lock(place),
                tags=args.tags.as_dict(),
                opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
            )
            aws.organizations.PolicyAttachment(
                f"region-lock-{place.environment}",
                policy_id=lock.id,
                target_id=place.account,
                opts=pulumi.ResourceOptions(parent=lock, protect=args.protect),
            )
        for key in args.cost_tags:
            aws.costexplorer.CostAllocationTag(
                f"cost-{key}", tag_key=key, status="Active", opts=pulumi.ResourceOptions(parent=self)
            )
        self.register_outputs({"environments": [place.environment for place in args.environments]})


def account_lock(place: EnvironmentNames) -> str:
    """The region lock of one account, as the organization sets it."""
    lock = region_lock.outside(*place.regions)
    return policy(
        Kind.SERVICE_CONTROL,
        (
            Statement(
                sid=lock.sid,
                effect=lock.effect,
                not_actions=lock.not_actions,
                resources=lock.resources,
                conditions={
                    **lock.conditions,
                    "ArnNotEquals": {"aws:PrincipalArn": place.role_arn("break-glass")},
                },
                because=lock.because,
            ),
        ),
    )
