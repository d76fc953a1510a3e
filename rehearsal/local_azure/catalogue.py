"""Every type of resource that is played, by its lower-cased name."""

from __future__ import annotations

from rehearsal.local_azure.kinds import table
from rehearsal.local_azure.services import (
    consumption,
    governance,
    insights,
    keyvault,
    managedidentity,
    operationalinsights,
    pim_policies,
    pim_requests,
    pim_schedules,
    quantum,
    resourcegraph,
    resources,
    roles,
    storage,
    storage_blobs,
)

KINDS = table(
    resources.KINDS,
    managedidentity.KINDS,
    roles.KINDS,
    governance.KINDS,
    pim_policies.KINDS,
    pim_requests.KINDS,
    pim_schedules.KINDS,
    storage.KINDS,
    storage_blobs.KINDS,
    keyvault.KINDS,
    operationalinsights.KINDS,
    insights.KINDS,
    consumption.KINDS,
    quantum.KINDS,
    resourcegraph.KINDS,
)
