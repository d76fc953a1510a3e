"""Who may do what: role assignments, inherited along the scopes, of the caller and of his groups.

A permission counts when an action matches one of Actions and none of NotActions of the same role; `*` stands
for anything, slashes included. There are no deny assignments.
Source: learn.microsoft.com/azure/role-based-access-control/overview.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rehearsal.local_azure import condition
from rehearsal.local_azure.address import within
from rehearsal.local_azure.clock import Clock
from rehearsal.local_azure.errors import authorization_failed
from rehearsal.local_azure.identity import Directory
from rehearsal.local_azure.names import OWNER
from rehearsal.local_azure.store import Item, Store

ROLE_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
ROLE_DEFINITIONS = "Microsoft.Authorization/roleDefinitions"


@dataclass(frozen=True)
class Permission:
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]
    condition: str | None = None

    def allows(self, action: str, *, data: bool) -> bool:
        wanted = self.data_actions if data else self.actions
        unwanted = self.not_data_actions if data else self.not_actions
        return matches(wanted, action) and not matches(unwanted, action)


def matches(patterns: tuple[str, ...], action: str) -> bool:
    return any(_pattern(pattern).fullmatch(action) for pattern in patterns)


@lru_cache(maxsize=4096)
def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in written.split("*")), re.I)


def permissions(properties: Mapping[str, Any]) -> tuple[Permission, ...]:
    """Those of a role definition, as its REST properties write them."""
    return tuple(
        Permission(
            tuple(each.get("actions") or ()),
            tuple(each.get("notActions") or ()),
            tuple(each.get("dataActions") or ()),
            tuple(each.get("notDataActions") or ()),
            each.get("condition"),
        )
        for each in properties.get("permissions") or ()
    )


@lru_cache(maxsize=1)
def built_in() -> Mapping[str, Mapping[str, Any]]:
    """The built-in roles that are played, by their GUIDs: roleName and permissions."""
    told = json.loads((Path(__file__).parent / "data" / "builtin_roles.json").read_text(encoding="utf-8"))
    return dict(told["roles"])


@lru_cache(maxsize=1)
def _built_in_permissions() -> Mapping[str, tuple[Permission, ...]]:
    return {guid: permissions(role) for guid, role in built_in().items()}


@dataclass
class Rbac:
    """Decides with what the store holds; `lag` seconds pass before a removed assignment stops counting.

    Azure tells of up to thirty minutes until a removal is everywhere: the owner can set such a lag.
    """

    store: Store
    directory: Directory
    clock: Clock
    lag: float = 0.0

    def __post_init__(self) -> None:
        self._leaving: list[tuple[float, Item]] = []

    def leaving(self, assignment: Item) -> None:
        """Remember a removed assignment for as long as the lag lasts."""
        if self.lag:
            self._leaving.append((self.clock.now().timestamp() + self.lag, assignment))

    def role(self, role_definition_id: str) -> tuple[Permission, ...] | None:
        """The permissions of a role by its id or GUID, None when there is no such role."""
        guid = role_definition_id.rpartition("/")[2].lower()
        if guid in _built_in_permissions():
            return _built_in_permissions()[guid]
        item = next((i for i in self.store.of_type(ROLE_DEFINITIONS) if i.name.lower() == guid), None)
        return None if item is None else permissions(item.properties)

    def allowed(
        self,
        caller: str,
        action: str,
        scope: str,
        *,
        data: bool = False,
        asked: condition.Asked | None = None,
    ) -> bool:
        """Whether the caller may do `action` at the scope (any case); `asked` is for role assignments."""
        if caller.lower() == OWNER:
            return True
        place = scope.lower()
        for assignment in self._of(caller, place):
            told = assignment.properties
            for permission in self.role(told["roleDefinitionId"]) or ():
                if not permission.allows(action, data=data):
                    continue
                if all(
                    condition.parse(text)(asked or condition.Asked(action.lower(), {}, {}))
                    for text in (told.get("condition"), permission.condition)
                    if text
                ):
                    return True
        return False

    def demand(
        self,
        caller: str,
        action: str,
        scope: str,
        *,
        data: bool = False,
        asked: condition.Asked | None = None,
    ) -> None:
        """Raise AuthorizationFailed (403) unless it is allowed."""
        if not self.allowed(caller, action, scope, data=data, asked=asked):
            raise authorization_failed(caller, action, scope)

    def _of(self, caller: str, place: str) -> Iterator[Item]:
        who = self.directory.identities(caller)
        now = self.clock.now().timestamp()
        self._leaving = [(until, item) for until, item in self._leaving if until > now]
        for item in [*self.store.of_type(ROLE_ASSIGNMENTS), *(item for _, item in self._leaving)]:
            told = item.properties
            if item.expires is not None and item.expires.timestamp() <= now:
                continue
            if str(told["principalId"]).lower() in who and within(str(told["scope"]).lower(), place):
                yield item
