"""Every type of resource that is played, by its lower-cased name."""

from __future__ import annotations

from rehearsal.local_azure.kinds import table
from rehearsal.local_azure.services import (
    governance,
    managedidentity,
    pim_policies,
    pim_requests,
    resources,
    roles,
)

KINDS = table(
    resources.KINDS,
    managedidentity.KINDS,
    roles.KINDS,
    governance.KINDS,
    pim_policies.KINDS,
    pim_requests.KINDS,
)
