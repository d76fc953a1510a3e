"""Azure's decision on a request, from the roles and assignments that a run registered.

Written apart from the local Azure: an assignment at a scope holds for what is below it, an action is allowed
when some role of the principal names it and does not leave it out, and nothing denies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from components.azure_quantum.policy import BUILT_IN
from tests.components.azure_quantum.runner import azure_type
from tests.components.runner import Run

_BLOB = "Microsoft.Storage/storageAccounts/blobServices"
BUILT_IN_ROLES: dict[str, dict[str, list[str]]] = {
    BUILT_IN["storage-blob-data-contributor"]: {
        "actions": [f"{_BLOB}/containers/{verb}" for verb in ("delete", "read", "write")]
        + [f"{_BLOB}/generateUserDelegationKey/action"],
        "dataActions": [f"{_BLOB}/containers/blobs/{verb}" for verb in ("delete", "read", "write")],
    },
    BUILT_IN["storage-account-contributor"]: {"actions": ["Microsoft.Storage/storageAccounts/*"]},
    BUILT_IN["key-vault-crypto-service-encryption-user"]: {
        "dataActions": [
            "Microsoft.KeyVault/vaults/keys/read",
            "Microsoft.KeyVault/vaults/keys/wrap/action",
            "Microsoft.KeyVault/vaults/keys/unwrap/action",
        ]
    },
    BUILT_IN["log-analytics-reader"]: {
        "actions": ["*/read", "Microsoft.OperationalInsights/workspaces/search/action"]
    },
}
"""The parts of the built-in roles that matter here (azure/role-based-access-control/built-in-roles)."""


@dataclass
class Access:
    """Who may do what, by object id."""

    roles: dict[str, dict[str, list[str]]] = field(default_factory=lambda: dict(BUILT_IN_ROLES))
    given: list[dict[str, Any]] = field(default_factory=list)

    def add(self, found: Run) -> Access:
        """Adds what a run registered."""
        for made in azure_type(found, "authorization:RoleDefinition"):
            (self.roles[made.inputs["roleDefinitionId"]],) = made.inputs["permissions"]
        self.given += [made.inputs for made in azure_type(found, "authorization:RoleAssignment")]
        return self

    def allows(self, principal: str, action: str, scope: str, *, data: bool = False) -> bool:
        """Whether this principal may do this at this scope."""
        return any(
            row["principalId"] == principal
            and (scope + "/").startswith(row["scope"] + "/")
            and self._holds(row["roleDefinitionId"].rpartition("/")[2], action, data)
            for row in self.given
        )

    def _holds(self, role: str, action: str, data: bool) -> bool:
        found = self.roles[role]
        yes, no = ("dataActions", "notDataActions") if data else ("actions", "notActions")
        return _names(found.get(yes, []), action) and not _names(found.get(no, []), action)


def _names(patterns: list[str], action: str) -> bool:
    return any(re.fullmatch(re.escape(p).replace(r"\*", ".*"), action, re.IGNORECASE) for p in patterns)


def gives(condition: str, role: str, principal: str) -> bool:
    """Whether a condition lets its holder give a role to a principal; none lets everything."""
    if not condition:
        return True
    found = re.search(
        r"/write'\}\)\) OR \(@Request\[[^]]+RoleDefinitionId\][^{]+\{([^}]*)\}(.*?)\)\) AND", condition
    )
    if found is None:
        return False
    listed = {text.strip() for text in found[1].split(",")}
    not_to = re.search(r"PrincipalId\] ForAnyOfAnyValues:GuidNotEquals \{([^}]*)\}", found[2])
    return role in listed and (not_to is None or not_to[1] != principal)


def takes(condition: str, role: str) -> bool:
    """Whether a condition lets its holder take a role away."""
    if not condition:
        return True
    found = re.search(
        r"/delete'\}\)\) OR \(@Resource\[[^]]+RoleDefinitionId\][^{]+\{([^}]*)\}\)\)", condition
    )
    return found is not None and role in {text.strip() for text in found[1].split(",")}
