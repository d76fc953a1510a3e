"""A project: one team's key, results bucket, roles and locks, in an environment.

Order: locks, then roles, then what opens something. A role is made with its boundary and gets the region lock
and the device lock before any grant; a destroy goes the other way.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_match, check_range
from components.braket import (
    archive,
    budget,
    device_lock,
    elevation,
    events,
    freeze,
    identity,
    keys,
    notebooks,
    permissions,
    private_lock,
    region_lock,
    results_store,
    secrets_store,
)
from components.braket.names import ProjectNames
from components.braket.operators import PROJECT_APPLY
from components.braket.policy import Kind, Statement, policy
from components.braket.results_store import LEAST_RETENTION, MOST_RETENTION
from components.tags import ProjectTags


@dataclass(frozen=True, slots=True)
class ProjectArgs:
    """A project.

    devices: device ARNs it may use. session_hours: longest session of people. retention_days: age at which
    results are gone. archive_days: the same of the archive; archive and budget are not made when None.
    own_material: people import the key's; None: AWS makes it. private: where it submits from, if said.
    notebook: one for the researchers, or none. people_submit: whether people submit without elevation.
    elevation: grants that have not ended;
    elevation_hours: the longest one may be. active: False when it is decommissioned, to be destroyed.
    boundary_arn, saml_provider_arn and pipeline.provider_arn: what the environment made.
    """

    names: ProjectNames
    tags: ProjectTags
    devices: tuple[str, ...]
    boundary_arn: str
    saml_provider_arn: str
    pipeline: identity.PipelineArgs
    session_hours: int
    retention_days: int
    key_administrators: tuple[str, ...] = ()
    own_material: keys.OwnMaterial | None = None
    private: private_lock.PrivateAccess | None = None
    notebook: notebooks.NotebookArgs | None = None
    archive_days: int | None = None
    budget: budget.BudgetArgs | None = None
    people_submit: bool = True
    elevation: tuple[elevation.Grant, ...] = ()
    elevation_hours: int = 8
    active: bool = True

    def __post_init__(self) -> None:
        device_lock.check_devices("ProjectArgs.devices", self.devices, self.names.environment.regions)
        account = self.names.environment.account
        check_match(
            "ProjectArgs.boundary_arn",
            self.boundary_arn,
            rf"arn:aws:iam::{account}:policy/[A-Za-z0-9/+=,.@_-]+",
            f"the ARN of a policy of account {account}",
        )
        check_match(
            "ProjectArgs.saml_provider_arn",
            self.saml_provider_arn,
            rf"arn:aws:iam::{account}:saml-provider/[A-Za-z0-9._-]+",
            f"the ARN of a SAML provider of account {account}: people come in by it (I1)",
        )
        check_range("ProjectArgs.session_hours", self.session_hours, 1, 12, "hours")
        check_range(
            "ProjectArgs.retention_days",
            self.retention_days,
            LEAST_RETENTION,
            MOST_RETENTION,
            "days",
        )
        if self.archive_days is not None:
            least = self.retention_days + 1
            check_range("ProjectArgs.archive_days", self.archive_days, least, MOST_RETENTION, "days")
        keys.check_administrators("ProjectArgs.key_administrators", self.key_administrators)
        if self.notebook is not None:
            self._check_notebook()
        elevation.check_grants("ProjectArgs.elevation", self.elevation, self.elevation_hours)
        bearer = (self.names.project, self.names.environment.environment)
        if (self.tags.project, self.tags.environment) != bearer:
            raise ArgumentError(
                "ProjectArgs.tags",
                f"say {self.tags.project} in {self.tags.environment}, the names {' in '.join(bearer)}",
                "the same: the boundary decides by the tag what a role may touch",
            )
        self.tags.as_dict()

    def _check_notebook(self) -> None:
        for lacks, what, fix in (
            (not _has_place(self.private), "lives in a private network", "a network (T2)"),
            (not self.people_submit, "has one role, whoever sits at it", "no notebook in this tier (I4)"),
            (
                self.names.environment.role_arn(PROJECT_APPLY) not in self.key_administrators,
                "needs a grant on the key, which the pipeline of projects alone may have made",
                "key_administrators, it among them (K7)",
            ),
        ):
            if lacks:
                raise ArgumentError("ProjectArgs.notebook", what, fix)


def _has_place(private: private_lock.PrivateAccess | None) -> bool:
    """Whether a subnet and a group are given; which, the cloud may still have to say."""
    return private is not None and "" not in (private.subnet, private.group)


ATTACHED = 10
"""Managed policies that IAM attaches to a role unless it is asked for more (IAM quotas)."""


class Project(pulumi.ComponentResource):
    """One project's key, results bucket, roles, locks and freeze."""

    def __init__(self, name: str, args: ProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("qlz:braket:Project", name, None, opts)
        self._args = args
        self._tags = args.tags.as_dict()
        names, place = args.names, args.names.environment
        backup = archive.backup_role(names)
        roles = self._roles(backup)
        self._policy("freeze", "Denies everything; attached in an incident", (freeze.everything(),))
        region = (region_lock.outside(*place.regions),)
        devices = (device_lock.other_devices(args.devices, place),)
        locks = {
            "region-lock": self._policy("region-lock", "Nothing outside the regions", region),
            "device-lock": self._policy("device-lock", "No device but the project's", devices),
        }
        private = self._private_lock()
        locked = {
            role.kind: self._locked_role(
                role, locks | ({} if role.kind in private_lock.TAKEN_BY_SERVICES else private)
            )
            for role in roles
        }
        all_locks = tuple(lock for found in locked.values() for lock in found)

        users = tuple(role_arn(names, role) for role in roles if {"results", "run"} & set(role.grants))
        copiers = (role_arn(names, backup),) if backup in roles else ()
        key = keys.managed_key(
            "project",
            keys.KeyArgs(
                names=place,
                alias=names.alias,
                description=f"Results of {names.project}",
                tags=self._tags,
                use=(
                    keys.used_by_roles(place, users),
                    keys.used_for_secrets(
                        place, (*secrets_store.writers(names), *secrets_store.readers(names))
                    ),
                    keys.used_by_braket(place),
                    *(archive.use_of_key(names) if copiers else ()),
                    *(
                        (keys.used_by_notebook(place, (place.role_arn(PROJECT_APPLY),)),)
                        if args.notebook is not None
                        else ()
                    ),
                ),
                administrators=args.key_administrators,
                rotators=(names.role_arn("elevated"),),
                protect=args.active,
                own=args.own_material,
            ),
            self,
            all_locks,
        )
        store = results_store.results_store(
            names, (*users, *copiers), key.key.arn, args.retention_days, args.active, self._tags, self
        )
        secret = secrets_store.secrets_store(names, key.key.arn, args.active, self._tags, self)
        ready = [*all_locks, key.alias, *store.ready, secret]
        if args.archive_days is not None:
            kept = archive.archive(names, key.key.arn, args.archive_days, args.active, self._tags, self)
            ready += kept.ready
            may_copy = self._policy(
                archive.BACKUP, "Copy results into the archive", archive.backup(names), tuple(ready)
            )
            granted = self._attach(backup, archive.BACKUP, may_copy, locked[backup.kind])
            # Nothing is submitted before its result would be copied.
            copying = archive.replication(names, key.key.arn, store.bucket, (granted, *ready))
            ready.append(copying)
        if args.budget is not None:
            budget.budget(args.budget, names, self._tags, self)
        events.task_events(names, self._tags, self)
        grants = self._grants(tuple(ready))
        attached = [
            self._attach(role, grant, grants[grant], locked[role.kind])
            for role in roles
            for grant in (*role.grants, *self._archive_grant(role))
        ]
        if args.notebook is not None and args.private is not None:
            self._notebook(args.notebook, args.private, key.key.arn, (*all_locks, *ready, *attached))
        if args.elevation:
            aws.iam.RolePolicy(
                "elevated",
                name="grants",
                role=names.role_name("elevated"),
                policy=elevation.grants_policy(
                    names, args.devices, args.elevation, args.own_material is not None
                ),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[*locked["elevated"], key.alias]),
            )
        self.role_arns = {role.kind: role_arn(names, role) for role in roles}
        """ARNs of the project's roles, by kind."""
        self.key_arn = key.key.arn
        self.register_outputs({"resultsBucket": names.bucket})

    def _roles(self, backup: identity.RoleArgs) -> tuple[identity.RoleArgs, ...]:
        """The roles there are. ArgumentError when one had no room left for a freeze."""
        args = self._args
        roles = identity.project_roles(
            args.names, args.saml_provider_arn, args.pipeline, args.session_hours, args.people_submit
        )
        if args.notebook is not None:
            roles = (*roles, notebooks.notebook_role(args.names))
        locks = 3 if args.private is not None and args.private.only else 2
        most = max(locks + len(role.grants) + len(self._archive_grant(role)) for role in roles)
        if most >= ATTACHED:
            raise ArgumentError(
                "ProjectArgs",
                f"a role would have {most} policies, and IAM attaches {ATTACHED}, one of them in a freeze",
                "no archive, or people who submit by elevation",
            )
        return (*roles, backup) if args.archive_days is not None else roles

    def _notebook(
        self,
        args: notebooks.NotebookArgs,
        access: private_lock.PrivateAccess,
        key_arn: pulumi.Output[str],
        after: tuple[pulumi.Resource, ...],
    ) -> None:
        """The notebook and who uses it. Written into the roles: a researcher's attachments are counted."""
        names = self._args.names
        itself = self._inline(notebooks.NOTEBOOK, notebooks.itself(names), after)
        made = notebooks.notebook(args, names, access, key_arn, self._tags, self, (*after, itself))
        self._inline("researcher", notebooks.use(names), (made,))

    def _inline(
        self, role: str, statements: tuple[Statement, ...], after: tuple[pulumi.Resource, ...]
    ) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{role}-notebook",
            name="notebook",
            role=self._args.names.role_name(role),
            policy=policy(Kind.INLINE, statements),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _private_lock(self) -> dict[str, aws.iam.Policy]:
        access = self._args.private
        if access is None or not access.only:
            return {}
        document = private_lock.private_lock(access)
        return {"private-lock": self._policy("private-lock", "Through the private endpoints only", document)}

    def _archive_grant(self, role: identity.RoleArgs) -> tuple[str, ...]:
        return ("archive",) if self._args.archive_days is not None and role.kind in archive.USERS else ()

    def _grants(self, after: tuple[pulumi.Resource, ...]) -> dict[str, aws.iam.Policy]:
        names, devices = self._args.names, self._args.devices
        rows = {
            "submit": ("Submit and cancel the project's work", permissions.submit(names, devices)),
            "results": ("Retrieve the project's results", permissions.results(names)),
            "set-secrets": ("Set the project's secrets", permissions.set_secrets(names)),
            "read-secrets": ("Read the project's secrets", permissions.read_secrets(names)),
            "metadata": ("Read metadata of tasks and jobs", permissions.metadata(names)),
            "logs": ("Read logs of hybrid jobs", permissions.logs(names)),
            "billing": ("Read the project's budget", permissions.billing(names)),
            **(
                {"archive": ("Read the project's archive", permissions.archive(names))}
                if self._args.archive_days is not None
                else {}
            ),
            "run": ("What a hybrid job does", permissions.run(names, devices)),
        }
        return {
            kind: self._policy(kind, description, statements, after)
            for kind, (description, statements) in rows.items()
        }

    def _policy(
        self,
        kind: str,
        description: str,
        statements: tuple[Statement, ...] | pulumi.Output[str],
        after: tuple[pulumi.Resource, ...] = (),
    ) -> aws.iam.Policy:
        names = self._args.names
        return aws.iam.Policy(
            kind,
            name=names.policy_name(kind),
            path=names.path,
            description=description,
            policy=policy(Kind.MANAGED, statements) if isinstance(statements, tuple) else statements,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _locked_role(
        self, role: identity.RoleArgs, locks: dict[str, aws.iam.Policy]
    ) -> tuple[pulumi.Resource, ...]:
        """Makes the role and attaches the locks; returns the attachments."""
        made = aws.iam.Role(
            role.kind,
            name=role.name,
            path=role.path,
            description=role.description,
            assume_role_policy=role.trust,
            max_session_duration=role.session_hours * 3600,
            permissions_boundary=self._args.boundary_arn,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(locks.values())),
        )
        return tuple(
            aws.iam.RolePolicyAttachment(
                f"{role.kind}-{kind}",
                role=made.name,
                policy_arn=lock.arn,
                opts=pulumi.ResourceOptions(parent=made),
            )
            for kind, lock in locks.items()
        )

    def _attach(
        self,
        role: identity.RoleArgs,
        grant: str,
        made: aws.iam.Policy,
        locks: tuple[pulumi.Resource, ...],
    ) -> aws.iam.RolePolicyAttachment:
        return aws.iam.RolePolicyAttachment(
            f"{role.kind}-{grant}",
            role=role.name,
            policy_arn=made.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(locks)),
        )


def role_arn(names: ProjectNames, role: identity.RoleArgs) -> str:
    """ARN of one of the project's roles."""
    return names.environment.iam_arn(f"role{role.path}{role.name}")
