"""One run of the program against the state: what is shared by registrations, steps and deletes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine import aliases, urns
from rehearsal.engine.errors import InvalidResource
from rehearsal.engine.goal import Goal
from rehearsal.engine.in_process import ProviderServer
from rehearsal.engine.policies import PolicyGate
from rehearsal.engine.project import Project
from rehearsal.engine.registry import ProviderRegistry
from rehearsal.engine.reporter import Reporter
from rehearsal.engine.snapshot import Snapshot
from rehearsal.engine.state import ResourceState


@dataclass
class Deployment:
    """Everything a run knows. `lock` guards the maps; provider calls are made without it."""

    project: Project
    stack: str
    dry_run: bool
    snapshot: Snapshot
    reporter: Reporter
    policies: PolicyGate
    servers: Mapping[str, ProviderServer]
    log_address: Callable[[], str]
    parallel: int = 8
    lock: threading.RLock = field(default_factory=threading.RLock)
    goals: dict[str, Goal] = field(default_factory=dict)
    news: dict[str, ResourceState] = field(default_factory=dict)
    claimed: dict[str, str] = field(default_factory=dict)
    """Old URN to the URN of this run that took it over."""
    old_names: dict[str, str] = field(default_factory=dict)
    """URN of this run to the old URN it was found under, where that is another."""
    replaced: set[str] = field(default_factory=set)
    condemned: set[str] = field(default_factory=set)
    """URNs deleted early, because something they depend on is deleted before it is replaced."""
    seen: set[str] = field(default_factory=set)
    """URNs this run has declared or read."""
    builtin: ResourceState | None = None
    """The provider of package `pulumi`, once a stack reference needed it."""
    stack_outputs: Struct | None = None
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.olds = {r.urn: r for r in self.snapshot.old if not r.delete and not r.external}
        self.registry = ProviderRegistry(self.servers, self.log_address, self.old_provider)
        for resource in self.snapshot.old:
            self.reporter.learn(resource.inputs)
            self.reporter.learn(resource.outputs)

    def old_provider(self, urn: str, id_: str) -> ResourceState | None:
        for resource in self.snapshot.old:
            if resource.id == id_ and urn in (resource.urn, self.claimed.get(resource.urn)):
                return resource
        return None

    def fail(self, error: Exception) -> None:
        """Keep the first failure; whatever follows from it is noise."""
        with self.lock:
            if self.failure is None:
                self.failure = error

    def urn(self, parent: str, type_: str, name: str) -> str:
        return urns.make(self.stack, self.project.name, parent, type_, name)

    def claim(self, goal: Goal) -> ResourceState | None:
        """Take the URN for this run, and the old resource that belongs to it, by URN or by alias.

        Raises InvalidResource for a URN used twice, in this run or through aliases.
        """
        with self.lock:
            if goal.urn in self.goals:
                raise InvalidResource(
                    goal.urn, "the program declares this resource twice", "Give one of them another name."
                )
            if goal.parent and goal.parent not in self.goals:
                raise InvalidResource(goal.urn, f"its parent {goal.parent} is not declared")
            if taken_by := self.claimed.get(goal.urn):
                raise InvalidResource(goal.urn, f"{taken_by} has an alias that claims this name")
            self.goals[goal.urn] = goal
            self.seen.add(goal.urn)
            if goal.aliases or goal.parent in self.old_names:
                goal.earlier = self._earlier(goal)
            return self.olds.get(goal.urn) or self._claim_alias(goal)

    def _earlier(self, goal: Goal) -> tuple[str, ...]:
        return tuple(
            aliases.candidates(
                self.stack,
                self.project.name,
                type_=goal.type,
                name=goal.name,
                parent=goal.parent,
                aliases=goal.aliases,
                parents=self.old_names,
            )
        )

    def _claim_alias(self, goal: Goal) -> ResourceState | None:
        for old_urn in goal.earlier:
            found = self.olds.get(old_urn)
            if found is None or old_urn == goal.urn:
                continue
            taken_by = self.claimed.get(old_urn) or (old_urn if old_urn in self.goals else "")
            if taken_by:
                raise InvalidResource(goal.urn, f"its alias {old_urn} belongs to {taken_by} already")
            self.claimed[old_urn] = goal.urn
            self.old_names[goal.urn] = old_urn
            return found
        return None

    def inherit(self, goal: Goal) -> None:
        """Options that a resource takes from its parent when it says nothing itself."""
        with self.lock:
            parent = self.goals.get(goal.parent)
        if parent is None:
            return
        goal.deleted_with = goal.deleted_with or parent.deleted_with
        goal.protect = parent.protect if goal.protect is None else goal.protect
        if goal.retain_on_delete is None:
            goal.retain_on_delete = parent.retain_on_delete
        package = urns.package_of(goal.type)
        if goal.custom and not goal.provider:
            goal.provider = goal.providers.get(package) or parent.providers.get(package, "")
        elif not goal.custom:
            goal.providers = {**parent.providers, **goal.providers}

    def is_seen(self, resource: ResourceState) -> bool:
        """Whether this run has declared the old resource, under its own or another URN."""
        return resource.urn in self.seen or resource.urn in self.claimed

    def provider_of(self, resource: ResourceState) -> ResourceState | None:
        """The state of the provider resource it goes through."""
        if not resource.provider:
            return None
        urn, identity = urns.split_reference(resource.provider)
        return self.news.get(urn) or self.old_provider(urn, identity)

    def analyzed_stack(self) -> list[tuple[Goal, ResourceState, ResourceState | None]]:
        with self.lock:
            return [(self.goals[urn], self._shown(r), self.provider_of(r)) for urn, r in self.news.items()]

    def _shown(self, resource: ResourceState) -> ResourceState:
        """The stack itself with the outputs of this run, which are kept for the end."""
        if resource.type != urns.STACK_TYPE:
            return resource
        return replace(resource, outputs=self.stack_outputs or Struct())
