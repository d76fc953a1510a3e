"""A project: one team's workspace, storage, key, identities and roles, in an environment.

Order: the group with its mark, then stores and logs, then the workspace, its alarms and its locks, then
identities, then what opens something: roles, and credentials last. A destroy goes the other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_range
from components.azure_quantum import (
    budget,
    ci_identity,
    device_lock,
    freeze,
    identity,
    results_store,
    trail_alarms,
)
from components.azure_quantum.names import ProjectNames
from components.azure_quantum.policy import assign
from components.azure_quantum.storage import keep
from components.tags import ProjectTags


@dataclass(frozen=True, slots=True)
class ProjectArgs:
    """A project.

    targets: Azure's ids of the targets it may use. plans: provider to plan. unusual: thresholds of its
    alarms, or none. retention_days: age at which results are gone. people_submit: whether people submit
    without elevation. frozen: the mark's value as it is in the cloud, empty when the project is not frozen.
    recover: take back the soft-deleted vault of an earlier life; the names are then of a later one. active:
    False when it is decommissioned, to be destroyed.
    """

    names: ProjectNames
    tags: ProjectTags
    targets: tuple[str, ...]
    plans: Mapping[str, str]
    groups: identity.GroupsArgs
    pipeline: ci_identity.PipelineArgs
    retention_days: int
    service: identity.ServiceArgs | None = None
    unusual: trail_alarms.Unusual | None = None
    budget: budget.BudgetArgs | None = None
    people_submit: bool = True
    frozen: str = ""
    recover: bool = False
    active: bool = True

    def __post_init__(self) -> None:
        device_lock.check_targets("ProjectArgs.targets", self.targets, self.plans)
        check_range(
            "ProjectArgs.retention_days",
            self.retention_days,
            results_store.LEAST_RETENTION,
            results_store.MOST_RETENTION,
            "days",
        )
        freeze.check_mark("ProjectArgs.frozen", self.frozen)
        if self.recover and self.names.life == 1:
            raise ArgumentError(
                "ProjectArgs.recover", "is of the first life", "a later life, whose key is new"
            )
        pipeline = {(row.issuer, row.subject) for row in self.pipeline.subjects}
        if self.service and pipeline & {(row.issuer, row.subject) for row in self.service.subjects}:
            raise ArgumentError(
                "ProjectArgs.service", "comes in as the pipeline does", "its own subject (I3, I4)"
            )
        bearer = (self.names.project, self.names.environment.environment)
        if (self.tags.project, self.tags.environment) != bearer:
            raise ArgumentError(
                "ProjectArgs.tags",
                f"say {self.tags.project} in {self.tags.environment}, the names {' in '.join(bearer)}",
                "the same",
            )
        self.tags.as_dict()


class Project(pulumi.ComponentResource):
    """One project's workspace, storage, key, identities, roles, alarms and locks."""

    def __init__(self, name: str, args: ProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("qlz:azure_quantum:Project", name, None, opts)
        names, tags = args.names, args.tags.as_dict()
        group = azure.resources.ResourceGroup(
            "project",
            resource_group_name=names.group,
            location=names.environment.location,
            tags={**tags, freeze.MARK: args.frozen} if args.frozen else tags,
            opts=pulumi.ResourceOptions(parent=self, protect=args.active),
        )
        networks = args.unusual.networks if args.unusual else ()
        store = results_store.results_store(
            names, args.retention_days, networks, args.recover, args.active, tags, self, (group,)
        )
        space = results_store.workspace(names, args.plans, args.active, tags, self, (group, *store.ready))
        made = (group, *store.ready, space)
        logged = results_store.diagnostics(names, self, made)
        principal = space.identity.apply(_principal)
        told = self._alarms(args, principal, (group, *logged))
        locks = self._locks(names, (*made, *logged)) if args.active else []
        ready = (*made, *logged, *told, *locks)
        pipeline = self._identity("pipeline", args, tags, ready)
        service = self._identity("service", args, tags, ready)
        who = identity.Principals(args.groups, pipeline.principal_id, service.principal_id, principal)
        given = [
            assign(row, self, (*ready, pipeline, service))
            for row in identity.assignments(names, who, args.people_submit, bool(args.frozen))
        ]
        if not args.frozen:
            opened = (*ready, *given, pipeline, service)
            for kind, subjects in (
                ("pipeline", args.pipeline.subjects),
                ("service", args.service.subjects if args.service else ()),
            ):
                ci_identity.credentials(kind, names.identity(kind), names.group, subjects, self, opened)
        self.client_ids = {"pipeline": pipeline.client_id, "service": service.client_id}
        """Client ids of the managed identities, by kind: what a workload names when it comes in."""
        self.principal_ids = {
            "pipeline": pipeline.principal_id,
            "service": service.principal_id,
            "workspace": principal,
        }
        """Object ids by kind: what the logs name."""
        self.register_outputs({"workspace": names.label})

    def _identity(
        self,
        kind: str,
        args: ProjectArgs,
        tags: Mapping[str, str],
        after: tuple[pulumi.Resource, ...],
    ) -> azure.managedidentity.UserAssignedIdentity:
        names = args.names
        name, place = names.identity(kind), names.environment
        return ci_identity.identity(kind, name, names.group, place, tags, self, after)

    def _alarms(
        self, args: ProjectArgs, principal: pulumi.Input[str], after: tuple[pulumi.Resource, ...]
    ) -> list[pulumi.Resource]:
        names, tags = args.names, args.tags.as_dict()
        found: list[pulumi.Resource] = []
        if args.unusual is not None:
            rows = trail_alarms.project_alarms(names, args.targets, args.unusual, principal)
            prefix = f"qlz-{names.label}"
            found += trail_alarms.trail_alarms(
                rows, prefix, names.group, names.environment, tags, self, after
            )
        if args.budget is not None:
            found.append(budget.budget(args.budget, names, self, after))
        return found

    def _locks(self, names: ProjectNames, after: tuple[pulumi.Resource, ...]) -> list[pulumi.Resource]:
        return [
            keep(kind, scope, self, after)
            for kind, scope in (
                ("workspace", names.workspace_id),
                ("results", names.account_id),
                ("vault", names.vault_id),
            )
        ]


def _principal(found: azure.quantum.outputs.ManagedServiceIdentityResponse | None) -> str:
    if found is None or not found.principal_id:
        raise ArgumentError("workspace", "Azure gave it no identity", "bring the stack up again")
    return found.principal_id
