"""Where the subscription's logs go (L1 to L3, L5, L7).

- operational log: jobs and who asked for them, settings that changed, what was refused. No payloads (L2). Who
  may read a project's resources may read what it holds of them, and of nothing else (T4).
- security log: accesses to storage with callers' addresses, uses of keys, the activity log once more. Readers
  of its own, a shorter time, and nobody reads it by way of a resource.
- trail: the activity log as blobs that nobody changes or deletes before their time (L5). Only this store is
  immutable: payloads must stay deletable. Azure locks such a policy for good by a call of its own, after
  which even the subscription's owner cannot shorten it; the stack's outputs say which.

The trail, its key and their resource group stay when the stack is destroyed, for forensics (L7): an
environment made again in the same subscription imports them.

The quantum audit log tells identity, job, target and outcome; its records hold no circuit. Local
authentication of the logs is off. Azure encrypts them with keys of its own unless a cluster of 100 GB a day
is rented: no customer's key there (K2). The trail's account has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import ArgumentError, check_among, check_range
from components.azure_quantum.names import EnvironmentNames
from components.azure_quantum.storage import Store, StoreArgs, keep, managed_store

RETENTION_DAYS = (30, 31, 60, 90, 120, 180, 270, 365, 550, 730)
"""What a Log Analytics workspace is offered with (Azure Monitor, "Manage data retention", read 2026-11)."""
TRAIL_CONTAINER = "insights-activity-logs"
"""Where Azure puts the activity log's blobs."""
OPERATIONAL = ("Administrative", "Alert", "Policy", "ServiceHealth")
SECURITY = ("Administrative", "Policy", "Security")
"""Categories of the activity log, by sink; the trail has all."""
ALL = ("Administrative", "Alert", "Autoscale", "Policy", "Recommendation", "ResourceHealth", "Security")


@dataclass(frozen=True, slots=True)
class LogSinksArgs:
    """How long logs are kept, in days."""

    trail_days: int
    trail_lock_days: int
    operational_log_days: int
    security_log_days: int

    def __post_init__(self) -> None:
        check_range("LogSinksArgs.trail_days", self.trail_days, 2, 36500, "days")
        check_range("LogSinksArgs.trail_lock_days", self.trail_lock_days, 1, self.trail_days, "days")
        check_among("LogSinksArgs.operational_log_days", self.operational_log_days, RETENTION_DAYS)
        check_among("LogSinksArgs.security_log_days", self.security_log_days, RETENTION_DAYS)
        if self.security_log_days >= self.operational_log_days:
            raise ArgumentError(
                "LogSinksArgs.security_log_days",
                f"{self.security_log_days} days, and the operational log {self.operational_log_days}",
                "the restricted log is kept for a shorter time (L3)",
            )


@dataclass(frozen=True, slots=True)
class Sinks:
    """What was made. ready: what must be there before anybody comes in."""

    trail: Store
    ready: tuple[pulumi.Resource, ...]


def log_sinks(
    args: LogSinksArgs,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    protect: bool,
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> Sinks:
    """Makes the logs, the trail, and the settings that send the activity log into them."""
    kept = pulumi.ResourceOptions(parent=parent, depends_on=list(after), protect=protect)
    operational, security = names.operational_log, names.security_log
    made = [
        _log("operational", operational, args.operational_log_days, True, names, tags, kept),
        _log("security", security, args.security_log_days, False, names, tags, kept),
    ]
    trail = _trail(args, names, tags, protect, parent, after)
    here = pulumi.ResourceOptions(parent=parent, depends_on=[*made, *trail.ready])
    settings = [
        azure.monitor.DiagnosticSetting(
            f"activity-{name}",
            name=f"qlz-{name}",
            resource_uri=names.scope,
            logs=[{"category": category, "enabled": True} for category in categories],
            workspace_id=names.log_id(log) if log else None,
            storage_account_id=None if log else names.trail_id,
            opts=here,
        )
        for name, log, categories in (
            ("operational", operational, OPERATIONAL),
            ("security", security, SECURITY),
            ("trail", "", ALL),
        )
    ]
    uses = azure.monitor.DiagnosticSetting(
        "vault",
        name="qlz-security",
        resource_uri=f"{names.trail_group_id}/providers/Microsoft.KeyVault/vaults/{names.vault}",
        logs=[{"category": "AuditEvent", "enabled": True}],
        workspace_id=names.log_id(security),
        opts=here,
    )
    return Sinks(trail, (*made, *trail.ready, *settings, uses))


def _log(
    store: str,
    name: str,
    days: int,
    by_resource: bool,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> azure.operationalinsights.Workspace:
    """by_resource: who may read a resource's logs reads them here, too."""
    return azure.operationalinsights.Workspace(
        store,
        workspace_name=name,
        resource_group_name=names.group,
        location=names.location,
        sku={"name": "PerGB2018"},
        retention_in_days=days,
        features={
            "disable_local_auth": True,
            "enable_log_access_using_only_resource_permissions": by_resource,
        },
        public_network_access_for_ingestion="Enabled",
        public_network_access_for_query="Enabled",
        tags=tags,
        opts=opts,
    )


def _trail(
    args: LogSinksArgs,
    names: EnvironmentNames,
    tags: Mapping[str, str],
    protect: bool,
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> Store:
    group = azure.resources.ResourceGroup(
        "trail",
        resource_group_name=names.trail_group,
        location=names.location,
        tags=tags,
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=list(after), protect=protect, retain_on_delete=True
        ),
    )
    store = managed_store(
        "trail",
        StoreArgs(
            names=names,
            group=names.trail_group,
            group_id=names.trail_group_id,
            account=names.trail_account,
            vault=names.vault,
            key="trail",
            identity=names.identity("trail"),
            tags=tags,
            retention_days=args.trail_days + 1,
            undo_days=1,
            protect=protect,
            retain=True,
        ),
        parent,
        (*after, group),
    )
    container = azure.storage.BlobContainer(
        "trail",
        container_name=TRAIL_CONTAINER,
        account_name=names.trail_account,
        resource_group_name=names.trail_group,
        public_access=azure.storage.PublicAccess.NONE,
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=list(store.ready), protect=protect, retain_on_delete=True
        ),
    )
    locked = azure.storage.BlobContainerImmutabilityPolicy(
        "trail",
        immutability_policy_name="default",
        container_name=TRAIL_CONTAINER,
        account_name=names.trail_account,
        resource_group_name=names.trail_group,
        immutability_period_since_creation_in_days=args.trail_lock_days,
        # Azure appends to the hour's blob.
        allow_protected_append_writes=True,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[container], retain_on_delete=True),
    )
    locks = (keep("trail", names.trail_id, parent, (store.account,)),) if protect else ()
    return Store(store.account, store.vault, (*store.ready, container, locked, *locks))
