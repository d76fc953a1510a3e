"""Who acts in an incident: the responder freezes, break-glass repairs (I7, L6).

The responder takes the data roles away, the projects' and the workspace's own on its storage, takes away the
credentials of pipelines and services, ends the signed addresses of storage, marks the group as frozen and
cancels jobs. Azure cannot tell cancelling from submitting (see permissions), nor setting a tag from clearing
it, so both are his too; either raises an alarm. He ends no active elevation: that takes a permission of
Privileged Identity Management by which anybody can be given anything. Without its storage a workspace takes
no job, whoever submits it.

Break-glass is an emergency account of the tenant: cloud only, not federated, with a hardware key, left out of
conditional access. It repairs the ways in, and gives no role that it could use for more. It may write a
credential on any identity, a project's too, and then come in and submit as that. Each change it makes raises
an alarm; the activity log holds no reads, so what it only reads raises none.
"""

from __future__ import annotations

from components.azure_quantum.operators import BREAK_GLASS, RESPONDER
from components.azure_quantum.policy import Permissions

_CREDENTIALS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"

RESPONDER_ROLE = Permissions(
    RESPONDER,
    "People who freeze a project and cancel its work",
    actions=(
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/roleAssignments/read",
        f"{_CREDENTIALS}/delete",
        f"{_CREDENTIALS}/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/read",
        "Microsoft.Quantum/Workspaces/read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.Resources/tags/read",
        "Microsoft.Resources/tags/write",
        "Microsoft.Storage/storageAccounts/read",
        "Microsoft.Storage/storageAccounts/revokeUserDelegationKeys/action",
    ),
    data_actions=("Microsoft.Quantum/Workspaces/jobs/read", "Microsoft.Quantum/Workspaces/jobs/write"),
)
BREAK_GLASS_ROLE = Permissions(
    BREAK_GLASS,
    "Repairs the ways in when federation does not work",
    actions=(
        "*/read",
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/roleAssignments/write",
        f"{_CREDENTIALS}/delete",
        f"{_CREDENTIALS}/write",
        "Microsoft.Resources/tags/write",
    ),
    because="it finds out what is broken",
)
BREAK_GLASS_GIVES = ("plan", "project-apply", "responder")
"""Kinds of role it gives back to those who had them."""
