"""The quantum workspace and the storage account of its jobs (D1, K2, C2, T3).

Azure Quantum makes a container for each job, input and results in it, so access is to the account as a whole:
that is why each project has one of its own (T4). Blobs are gone after ``retention_days``, the time in which a
deleted one can be brought back included; nothing here is immutable, so that payloads stay deletable.

The workspace takes no keys of its own, only tokens of Entra. It has no key of the customer's and no private
endpoint. Its identity needs two roles on its storage (how-to-manage-quantum-workspaces, read 2026-11); a
freeze takes them away, and then it takes no job from anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_azure_native as azure

from components.azure_quantum.device_lock import provider_list
from components.azure_quantum.names import ProjectNames
from components.azure_quantum.storage import Store, StoreArgs, managed_store

LEAST_RETENTION, MOST_RETENTION = 2, 3650


def undo(retention_days: int) -> int:
    """Days in which a deleted blob can be brought back: a week where there is room."""
    return 7 if retention_days > 14 else 1


def results_store(
    names: ProjectNames,
    retention_days: int,
    networks: tuple[str, ...],
    recover: bool,
    active: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> Store:
    """Makes the storage account with its key."""
    return managed_store(
        "project",
        StoreArgs(
            names=names.environment,
            group=names.group,
            group_id=names.group_id,
            account=names.account,
            vault=names.vault,
            key=names.key,
            identity=names.identity("storage"),
            tags=tags,
            retention_days=retention_days,
            undo_days=undo(retention_days),
            networks=networks,
            recover=recover,
            protect=active,
        ),
        parent,
        after,
    )


def workspace(
    names: ProjectNames,
    plans: Mapping[str, str],
    active: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> azure.quantum.Workspace:
    """Makes the quantum workspace, which nobody may use yet."""
    return azure.quantum.Workspace(
        "project",
        workspace_name=names.label,
        resource_group_name=names.group,
        location=names.environment.location,
        identity={"type": "SystemAssigned"},
        properties=azure.quantum.WorkspaceResourcePropertiesArgs(
            # Left out means that keys work.
            api_key_enabled=False,
            providers=provider_list(plans),
            storage_account=names.account_id,
        ),
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after), protect=active),
    )


def diagnostics(
    names: ProjectNames, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> list[pulumi.Resource]:
    """Sends jobs to the operational log; accesses to blobs and uses of keys to the restricted one."""
    place = names.environment
    operational, security = place.log_id(place.operational_log), place.log_id(place.security_log)
    return [
        azure.monitor.DiagnosticSetting(
            f"project-{kind}",
            name="qlz",
            resource_uri=uri,
            logs=[{"category": category, "enabled": True} for category in categories],
            log_analytics_destination_type="Dedicated",
            workspace_id=log,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
        )
        for kind, uri, categories, log in (
            ("jobs", names.workspace_id, ("AuditEvent",), operational),
            (
                "blobs",
                f"{names.account_id}/blobServices/default",
                ("StorageRead", "StorageWrite", "StorageDelete"),
                security,
            ),
            ("keys", names.vault_id, ("AuditEvent",), security),
        )
    ]
