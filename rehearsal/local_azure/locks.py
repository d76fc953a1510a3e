"""Management locks: CanNotDelete stops deletes, ReadOnly stops every change, at the scope and below.

They stop the removal of what is in or on a locked resource too, role assignments and diagnostic settings
included, and the removal of anything that holds a locked resource. Data planes do not know locks.
Source: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources.
"""

from __future__ import annotations

from rehearsal.local_azure.address import within
from rehearsal.local_azure.errors import ArmError
from rehearsal.local_azure.store import Item, Store

LOCKS = "Microsoft.Authorization/locks"


def scope_of(lock: Item) -> str:
    return lock.id[: lock.key.rindex("/providers/microsoft.authorization/locks/")]


def demand(store: Store, place: str, operation: str) -> None:
    """Raise ScopeLocked (409) if a lock stops "write" or "delete" at the place."""
    key = place.lower()
    if "/providers/microsoft.authorization/locks/" in key:
        return
    stopping = []
    for lock in store.of_type(LOCKS):
        scope = scope_of(lock)
        read_only = str(lock.properties["level"]).lower() == "readonly"
        above = within(scope.lower(), key)
        inside = operation == "delete" and within(key, scope.lower())
        if (above or inside) and (read_only or operation == "delete"):
            stopping.append(scope)
    if stopping:
        raise ArmError(
            409,
            "ScopeLocked",
            f"The scope '{place}' cannot perform {operation} operation because following scope(s) are locked:"
            f" '{', '.join(sorted(set(stopping)))}'. Please remove the lock and try again.",
        )
