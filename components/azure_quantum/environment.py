"""An environment: everything that stands above the projects of one subscription.

Order: what denies, then what records and tells, then who comes in.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_among
from components.azure_quantum import alerts, elevation, environment_roles, region_lock, trail_alarms
from components.azure_quantum.log_sinks import LogSinksArgs, log_sinks
from components.azure_quantum.names import EnvironmentNames
from components.tags import EnvironmentTags

LEVELS = ("sandbox", "dev", "prod")


@dataclass(frozen=True, slots=True)
class EnvironmentArgs:
    """An environment.

    level: sandbox, dev or prod. roles: who comes in beside the projects' people and pipelines. elevation: of
    the projects in it. denied_calls_per_hour: so many raise an alarm. protect: refuse to delete logs, stores
    and keys.
    """

    names: EnvironmentNames
    level: str
    tags: EnvironmentTags
    log_sinks: LogSinksArgs
    alert_emails: tuple[str, ...]
    denied_calls_per_hour: int
    roles: environment_roles.RolesArgs
    elevation: tuple[elevation.ElevationArgs, ...] = ()
    protect: bool = True

    def __post_init__(self) -> None:
        check_among("EnvironmentArgs.level", self.level, LEVELS)
        self.roles.check(self.level)
        alerts.check_emails(self.alert_emails)
        trail_alarms.environment_alarms(self.names, self.denied_calls_per_hour, self.roles.break_glass)
        projects = [row.names.project for row in self.elevation]
        if len(set(projects)) != len(projects):
            raise ArgumentError("EnvironmentArgs.elevation", "names a project twice", "each project once")
        if any(row.names.environment != self.names for row in self.elevation):
            raise ArgumentError(
                "EnvironmentArgs.elevation", "is of another environment", "this one's projects"
            )
        check_among("EnvironmentArgs.tags", self.tags.environment, (self.names.environment,))
        self.tags.as_dict()


class Environment(pulumi.ComponentResource):
    """What stands above the projects: policies, logs, alarms, roles, the pipelines' identities."""

    def __init__(self, name: str, args: EnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("qlz:azure_quantum:Environment", name, None, opts)
        names, tags = args.names, args.tags.as_dict()
        rows = list(region_lock.rules(names, args.roles.pipelines))
        defined = [region_lock.definition(row, names, self) for row in rows]
        above = [
            region_lock.assignment(row, names, self, [made])
            for row, made in zip(rows, defined, strict=True)
            if row.scope == names.scope
        ]
        group = azure.resources.ResourceGroup(
            "environment",
            resource_group_name=names.group,
            location=names.location,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=above, protect=args.protect),
        )
        locks = [
            *above,
            *(
                region_lock.assignment(row, names, self, [made, group])
                for row, made in zip(rows, defined, strict=True)
                if row.scope != names.scope
            ),
        ]
        ready = (*locks, group)
        sinks = log_sinks(args.log_sinks, names, tags, args.protect, self, ready)
        told = alerts.alerts(args.alert_emails, names, tags, self, ready)
        guarded = (*ready, *sinks.ready, *told)
        found = trail_alarms.environment_alarms(names, args.denied_calls_per_hour, args.roles.break_glass)
        reader = trail_alarms.alarms_identity(names, tags, self, guarded)
        watched = trail_alarms.trail_alarms(
            found, f"qlz-{names.environment}", names.group, names, tags, self, (*guarded, *reader)
        )
        # Nobody comes in before what is done is denied where it must be, recorded and told.
        guarded = (*guarded, *watched)
        roles = environment_roles.definitions(names, self, guarded)
        self.identity_ids = environment_roles.environment_roles(
            args.roles, names, tags, self, (*guarded, *roles)
        )
        """Ids of the pipelines' managed identities, by kind."""
        for row in args.elevation:
            list(elevation.elevation(row, self, (*guarded, *roles)))
        self.register_outputs({"resourceGroup": names.group})
