"""An environment: everything that stands above the projects of one account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_among, check_range
from components.braket import access_analyzer, environment_roles, events, identity, spending, trail_alarms
from components.braket import alerts as alerts_
from components.braket import network as network_
from components.braket.boundary import boundary_policy
from components.braket.log_sinks import LOCK_MODES, LogSinksArgs, Sink, log_sinks
from components.braket.names import BRAKET_PRINCIPAL, EnvironmentNames
from components.braket.policy import PolicyError
from components.tags import EnvironmentTags

SINGLETONS = (
    *(f"oidc-{kind}" for kind in identity.ISSUERS),
    *("braket-service-role", "access-analyzer", "idle-analyzer"),
)
"""What an account holds once, and may hold already."""


@dataclass(frozen=True, slots=True)
class EnvironmentArgs:
    """An environment.

    level: sandbox, dev or prod. roles: who comes in beside the projects' people and pipelines. spending: QPU
    ARNs to US dollars. denied_calls_per_hour: so many raise an alarm. idle_days: a role unused for so many
    raises one when it is used again. unusual: thresholds of the projects. existing: what the account holds
    already and is not made: oidc-KIND, braket-service-role, access-analyzer, idle-analyzer.
    network: its private network, or none. notebooks: whether a project has a notebook in it.
    protect: refuse to delete keys, logs, stores and limits.
    """

    names: EnvironmentNames
    level: str
    tags: EnvironmentTags
    saml: identity.SamlArgs | None
    oidc: tuple[identity.OidcArgs, ...]
    log_sinks: LogSinksArgs
    alert_emails: tuple[str, ...]
    denied_calls_per_hour: int
    idle_days: int = 90
    roles: environment_roles.RolesArgs = field(default_factory=environment_roles.RolesArgs)
    spending: Mapping[str, str] = field(default_factory=dict)
    unusual: tuple[trail_alarms.Unusual, ...] = ()
    existing: tuple[str, ...] = ()
    network: network_.NetworkArgs | None = None
    notebooks: bool = False
    protect: bool = True

    def __post_init__(self) -> None:
        check_among("EnvironmentArgs.level", self.level, tuple(LOCK_MODES))
        check_among("LogSinksArgs.lock_mode", self.log_sinks.lock_mode, (LOCK_MODES[self.level],))
        self.roles.check(self.names, self.level)
        spending.check_limits(self.spending, self.names)
        check_range("EnvironmentArgs.denied_calls_per_hour", self.denied_calls_per_hour, 1, 10_000, "calls")
        access_analyzer.check_idle_days("EnvironmentArgs.idle_days", self.idle_days)
        for name in self.existing:
            check_among("EnvironmentArgs.existing", name, SINGLETONS)
        if len({usual.project for usual in self.unusual}) != len(self.unusual):
            raise ArgumentError("EnvironmentArgs.unusual", "names a project twice", "each project once")
        alerts_.check_emails(self.alert_emails)
        if self.notebooks and self.network is None:
            raise ArgumentError("EnvironmentArgs.notebooks", "live in a private network", "a network (T2)")
        ids = network_.ids_to_come(self.network, self.names, self.notebooks) if self.network else ()
        trail_alarms.alarms(self.names, self.denied_calls_per_hour, self.unusual, ids)
        try:
            self.boundary()
            environment_roles.documents(
                self.names,
                (
                    *(self.names.oidc_provider_arn(issuer.url) for issuer in self.oidc),
                    *([self.names.saml_provider_arn(self.saml.name)] if self.saml else ()),
                ),
                tuple(sorted(self.spending)),
            )
        except PolicyError as error:
            advice = "a shorter name, fewer regions, limits or providers, or no notebooks"
            raise ArgumentError(
                "EnvironmentArgs.names", f"make a policy of the environment too long: {error}", advice
            ) from error
        check_among("EnvironmentArgs.tags", self.tags.environment, (self.names.environment,))
        self.tags.as_dict()

    def boundary(self) -> str:
        """The boundary of its projects' roles."""
        return boundary_policy(self.names, self.network is not None, self.notebooks)


class Environment(pulumi.ComponentResource):
    """What stands above the projects: federation, boundary, roles, trail, logs, alarms, spending limits."""

    def __init__(self, name: str, args: EnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("qlz:braket:Environment", name, None, opts)
        names, tags = args.names, args.tags.as_dict()
        child = pulumi.ResourceOptions(parent=self)
        closed = aws.s3.AccountPublicAccessBlock(
            "account",
            account_id=names.account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        if "braket-service-role" not in args.existing:
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
            policy=args.boundary(),
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        sink = Sink(names, tags, args.roles.key_administrators(names), args.protect, self)
        logs = log_sinks(args.log_sinks, sink)
        told = alerts_.alerts(args.alert_emails, sink)
        if "access-analyzer" not in args.existing:
            access_analyzer.access_analyzer(sink)
        self.network = network_.network(args.network, sink, args.notebooks) if args.network else None
        """The private network, if there is one."""
        endpoints = self.network.endpoints if self.network else ()
        found = trail_alarms.alarms(names, args.denied_calls_per_hour, args.unusual, endpoints)
        if "idle-analyzer" not in args.existing:
            access_analyzer.idle_roles(args.idle_days, sink, logs)
            found = (*found, access_analyzer.idle_alarm(args.idle_days))
        alarms = trail_alarms.trail_alarms(found, sink, (*logs, told))
        events.job_events(sink, logs)
        events.events_from_afar(sink, logs)
        limits = spending.spending_limits(args.spending, names, tags, args.protect, self)
        before = [boundary, closed, *(self.network.ready if self.network else ())]
        # Nobody comes in before what is done is recorded, told, bounded, closed to the public, and may not
        # cost more than was agreed.
        guarded = pulumi.ResourceOptions(parent=self, depends_on=[*before, *logs, *alarms, *limits])
        providers = identity.federation(args.saml, args.oidc, tags, guarded, args.existing)
        issuers = {issuer.kind: names.oidc_provider_arn(issuer.url) for issuer in args.oidc}
        people = names.saml_provider_arn(args.saml.name) if args.saml else ""
        entered = pulumi.ResourceOptions.merge(guarded, pulumi.ResourceOptions(depends_on=list(providers)))
        self.role_arns = environment_roles.environment_roles(
            args.roles,
            names,
            people,
            issuers,
            tuple(sorted(args.spending)),
            tags,
            entered,
            args.network is not None,
            args.notebooks,
        )
        """ARNs of the environment's own roles, by kind."""
        self.key_arns = {store: key.key.arn for store, key in sink.keys.items()}
        """Keys of the log stores and the alert topic, by store."""
        self.register_outputs({"boundaryArn": names.boundary_arn, "trailArn": names.trail_arn})
