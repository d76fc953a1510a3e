"""Microsoft.OperationalInsights: Log Analytics workspaces and their tables.

Source: Azure/azure-rest-api-specs, operationalinsights 2023-09-01;
learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure.
"""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from collections.abc import Mapping
from typing import ClassVar

from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import bad_request
from rehearsal.local_azure.kinds import Action, Behaviour, Change, Kind
from rehearsal.local_azure.store import Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

WORKSPACES = "Microsoft.OperationalInsights/workspaces"
TABLES = f"{WORKSPACES}/tables"
VERSIONS = ("2025-07-01", "2025-02-01", "2023-09-01", "2022-10-01")

BUILT_IN_TABLES = frozenset(
    {
        "AzureActivity",
        "AzureDiagnostics",
        "AzureMetrics",
        "AZKVAuditLogs",
        "AZKVPolicyEvaluationDetailsLogs",
        "Heartbeat",
        "LAQueryLogs",
        "QuantumWorkspaceJobAuditLogs",
        "SigninLogs",
        "AADManagedIdentitySignInLogs",
        "AADServicePrincipalSignInLogs",
        "AuditLogs",
        "StorageBlobLogs",
        "Usage",
    }
)
"""Tables that a workspace has without anybody making them, of those that matter here.
Source: learn.microsoft.com/azure/azure-monitor/reference/tables-index."""
ANALYTICS_DAYS = range(4, 731)
TOTAL_DAYS = range(4, 4384)


def _shared_keys(world: World, item: Item, request: Request, caller: str) -> Reply:
    keys = item.hidden.setdefault(
        "keys", [base64.b64encode(secrets.token_bytes(64)).decode() for _ in range(2)]
    )
    return Reply(200, {"primarySharedKey": keys[0], "secondarySharedKey": keys[1]})


class Workspaces(Behaviour):
    actions: ClassVar[Mapping[str, Action]] = {"sharedkeys": _shared_keys}

    def prepare(self, change: Change) -> None:
        told, old = change.properties, change.old
        sku = (told.get("sku") or {}).get("name", "PerGB2018")
        if sku not in ("PerGB2018", "CapacityReservation", "LACluster", "Standalone", "Free", "PerNode"):
            raise bad_request(f"'{sku}' is no SKU of a workspace.", "InvalidParameter")
        days = told.setdefault("retentionInDays", 30)
        if days != 7 and not 30 <= days <= 730:
            raise bad_request(f"RetentionInDays {days} is not valid for the SKU.", "InvalidParameter")
        now = text(change.world.clock.now())
        before = old.properties if old else {"createdDate": now, "customerId": str(uuid.uuid4())}
        told |= {
            "sku": {**(told.get("sku") or {}), "name": sku},
            "customerId": before["customerId"],
            "createdDate": before["createdDate"],
            "modifiedDate": now,
            "features": {"enableLogAccessUsingOnlyResourcePermissions": True, **(told.get("features") or {})},
            "workspaceCapping": told.get("workspaceCapping") or {"dailyQuotaGb": -1},
            "publicNetworkAccessForIngestion": told.get("publicNetworkAccessForIngestion") or "Enabled",
            "publicNetworkAccessForQuery": told.get("publicNetworkAccessForQuery") or "Enabled",
        }


class Tables(Behaviour):
    def prepare(self, change: Change) -> None:
        told, name = change.properties, change.item.name
        schema = told.get("schema") or {}
        if name.endswith("_CL"):
            if change.old is None and not schema.get("columns"):
                raise bad_request(
                    f"The custom table '{name}' needs a schema with columns.", "InvalidParameter"
                )
        elif name not in BUILT_IN_TABLES:
            raise bad_request(
                f"The table '{name}' does not exist; a custom one ends in _CL.", "InvalidParameter"
            )
        plan = told.setdefault("plan", "Analytics")
        if plan not in ("Analytics", "Basic", "Auxiliary"):
            raise bad_request(f"'{plan}' is no plan of a table.", "InvalidParameter")
        workspace = change.world.store.get(change.address.parent)
        assert workspace is not None
        days = told.get("retentionInDays")
        kept = workspace.properties["retentionInDays"] if days in (None, -1) else days
        total = told.get("totalRetentionInDays")
        total = kept if total in (None, -1) else total
        if kept not in ANALYTICS_DAYS or total not in TOTAL_DAYS or total < kept:
            raise bad_request(
                f"A retention of {kept} days, {total} in all, is not valid.", "InvalidParameter"
            )
        told |= {
            "retentionInDays": kept,
            "totalRetentionInDays": total,
            "archiveRetentionInDays": total - kept,
            "retentionInDaysAsDefault": days in (None, -1),
            "schema": {**schema, "name": name},
        }

    def removing(self, world: World, item: Item, *, inner: bool) -> None:
        if not item.name.endswith("_CL") and not inner:
            raise bad_request(
                f"The table '{item.name}' is Azure's own and cannot be deleted.", "InvalidParameter"
            )


KINDS = (
    Kind(
        type=WORKSPACES,
        versions=VERSIONS,
        at=("group",),
        properties=frozenset(
            {
                "defaultDataCollectionRuleResourceId",
                "features",
                "forceCmkForQuery",
                "publicNetworkAccessForIngestion",
                "publicNetworkAccessForQuery",
                "retentionInDays",
                "sku",
                "workspaceCapping",
            }
        ),
        readonly=frozenset({"provisioningState", "customerId", "createdDate", "modifiedDate"}),
        members=frozenset({"identity"}),
        location="required",
        tracked=True,
        name=re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]"),
        slow="async",
        behaviour=Workspaces(),
    ),
    Kind(
        type=TABLES,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset(
            {"plan", "restoredLogs", "retentionInDays", "schema", "searchResults", "totalRetentionInDays"}
        ),
        readonly=frozenset({"provisioningState", "archiveRetentionInDays"}),
        slow="async",
        slow_delete=True,
        behaviour=Tables(),
    ),
)
