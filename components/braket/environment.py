"""An environment: everything that stands above the projects of one account."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import check_among
from components.braket import alerts as alerts_
from components.braket import identity, keys
from components.braket.boundary import boundary_policy
from components.braket.log_sinks import LOCK_MODES, LogSinksArgs, Sink, log_sinks
from components.braket.names import BRAKET_PRINCIPAL, EnvironmentNames
from components.tags import EnvironmentTags


@dataclass(frozen=True, slots=True)
class EnvironmentArgs:
    """An environment.

    level: sandbox, dev or prod. key_administrators: ARNs of the roles that administer keys; none until the
    environment's apply role exists (see keys). protect: refuse to delete keys, logs and stores.
    """

    names: EnvironmentNames
    level: str
    tags: EnvironmentTags
    saml: identity.SamlArgs | None
    oidc: tuple[identity.OidcArgs, ...]
    log_sinks: LogSinksArgs
    alert_emails: tuple[str, ...]
    key_administrators: tuple[str, ...] = ()
    protect: bool = True

    def __post_init__(self) -> None:
        check_among("EnvironmentArgs.level", self.level, tuple(LOCK_MODES))
        check_among("LogSinksArgs.lock_mode", self.log_sinks.lock_mode, (LOCK_MODES[self.level],))
        keys.check_administrators("EnvironmentArgs.key_administrators", self.key_administrators)
        alerts_.check_emails(self.alert_emails)
        check_among("EnvironmentArgs.tags", self.tags.environment, (self.names.environment,))
        self.tags.as_dict()


class Environment(pulumi.ComponentResource):
    """Federation, permission boundary, audit trail, logs, alert channel, and Braket's service-linked role."""

    def __init__(self, name: str, args: EnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("qlz:braket:Environment", name, None, opts)
        names, tags = args.names, args.tags.as_dict()
        child = pulumi.ResourceOptions(parent=self)
        aws.s3.AccountPublicAccessBlock(
            "account",
            account_id=names.account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.iam.ServiceLinkedRole(
            "braket",
            aws_service_name=BRAKET_PRINCIPAL,
            description="Lets Amazon Braket write results",
            tags=tags,
            opts=child,
        )
        boundary = aws.iam.Policy(
            "boundary",
            name=names.boundary_name,
            path=names.path,
            description="The most any role of a project can do",
            policy=boundary_policy(names),
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        sink = Sink(names, tags, args.key_administrators, args.protect, self)
        trail = log_sinks(args.log_sinks, sink)
        alerts_.alerts(args.alert_emails, sink)
        # Nobody comes in before what is done is recorded, and bounded.
        guarded = pulumi.ResourceOptions(parent=self, depends_on=[boundary, trail])
        identity.federation(args.saml, args.oidc, tags, guarded)
        self.key_arns = {store: key.key.arn for store, key in sink.keys.items()}
        """Keys of the log stores and the alert topic, by store."""
        self.register_outputs({"boundaryArn": names.boundary_arn, "trailArn": names.trail_arn})
