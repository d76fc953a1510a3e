"""Doing one step: same, create, update, replace. State is saved before and after every provider call."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine import urns, wire
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import EngineError, ProviderFailed
from rehearsal.engine.events import Op, Step
from rehearsal.engine.goal import Goal
from rehearsal.engine.plugins import PartialFailure, Plugin
from rehearsal.engine.registry import configuration
from rehearsal.engine.snapshot import now
from rehearsal.engine.state import ResourceState


@dataclass
class Stepper:
    """What a registration needs to carry out its step. `old` is None for what is new."""

    deployment: Deployment
    goal: Goal
    old: ResourceState | None
    new: ResourceState
    plugin: Plugin | None

    def _run(self, op: Op, act: Callable[[], None], keys: tuple[str, ...] = ()) -> None:
        reporter = self.deployment.reporter
        identity = self.old.id if self.old and op in ("same", "update") else ""
        step = Step(op, self.new.urn, self.new.type, self.goal.name, identity, keys)
        began = reporter.started(step)
        try:
            act()
        except EngineError as problem:
            reporter.failed(step, problem)
            raise
        done = Step(op, self.new.urn, self.new.type, self.goal.name, self.new.id, keys)
        reporter.done(done, began)

    def same(self, old: ResourceState) -> None:
        def act() -> None:
            new = self.new
            new.id, new.outputs, new.created, new.modified = old.id, old.outputs, old.created, old.modified
            if urns.is_provider(new.type):
                # A provider that calls a change no change goes on with the inputs it knows.
                self._configure(new.id, old.inputs)
            self._finish(None, drop=[old])

        self._run("same", act)

    def create(self) -> None:
        self._run("create", lambda: self._create([]))

    def replace_after(self, old: ResourceState, keys: tuple[str, ...]) -> None:
        """Create the new one; the old one goes at the end of the operation."""

        def act() -> None:
            self._create([], replacing=old)

        self._run("replace", act, keys)

    def replace_before(self, old: ResourceState, keys: tuple[str, ...], delete: Callable[[], None]) -> None:
        """Delete the old one (and what `delete` takes with it), then create the new one."""

        def act() -> None:
            delete()
            self._create([old])

        self._run("replace", act, keys)

    def _create(self, drop: list[ResourceState], replacing: ResourceState | None = None) -> None:
        new, preview = self.new, self.deployment.dry_run
        ticket = None
        partial: PartialFailure | None = None
        if urns.is_provider(new.type):
            new.id = wire.UNKNOWN if preview else str(uuid.uuid4())
            self._configure(new.id, new.inputs)
            new.outputs = configuration(new.inputs or Struct())
        elif self.plugin is not None:
            ticket = self.deployment.snapshot.begin("creating", new)
            timeout = new.custom_timeouts.get("create", 0.0)
            try:
                new.id, new.outputs = self.plugin.create(
                    new.urn, new.inputs or Struct(), timeout=timeout, preview=preview
                )
            except PartialFailure as problem:
                partial = problem
                new.id, new.outputs, new.init_errors = problem.id, problem.outputs, problem.reasons
            except ProviderFailed as problem:
                if problem.answered:
                    self.deployment.snapshot.done(ticket)
                raise
        new.created = new.modified = now()
        touched = []
        if replacing is not None:
            replacing.delete = True
            touched = [replacing]
        self._finish(ticket, drop=drop, touched=touched)
        if partial is not None:
            raise partial

    def update(self, old: ResourceState, keys: tuple[str, ...]) -> None:
        self._run("update", lambda: self._update(old), keys)

    def _update(self, old: ResourceState) -> None:
        new = self.new
        new.id, new.created, new.modified = old.id, old.created, old.modified
        ticket = None
        partial: PartialFailure | None = None
        if urns.is_provider(new.type):
            self._configure(new.id, new.inputs)
            new.outputs = configuration(new.inputs or Struct())
            new.modified = now()
        elif self.plugin is not None:
            ticket = self.deployment.snapshot.begin("updating", old)
            try:
                new.outputs = self.plugin.update(
                    new.urn,
                    new.id,
                    old.inputs or Struct(),
                    old.outputs or Struct(),
                    new.inputs or Struct(),
                    timeout=new.custom_timeouts.get("update", 0.0),
                    ignore=self.goal.ignore_changes,
                    preview=self.deployment.dry_run,
                )
            except PartialFailure as problem:
                partial = problem
                new.outputs, new.init_errors = problem.outputs, problem.reasons
            except ProviderFailed as problem:
                if problem.answered:
                    self.deployment.snapshot.done(ticket, touched=self._if_gone(old))
                raise
            new.modified = now()
        self._finish(ticket, drop=[old])
        if partial is not None:
            raise partial

    def _if_gone(self, old: ResourceState) -> list[ResourceState]:
        """After a refused update: mark what is no longer there, so that the next run makes it again."""
        if self.plugin is None or self.deployment.dry_run:
            return []
        try:
            live = self.plugin.read(old.urn, old.id, old.inputs or Struct(), old.outputs or Struct())
        except EngineError:
            return []  # nothing more is known than before
        if live is not None:
            return []
        old.pending_replacement = True
        self.deployment.reporter.say("warning", "it no longer exists; the next run creates it again", old.urn)
        return [old]

    def _configure(self, id_: str, inputs: Struct | None) -> None:
        self.deployment.registry.configured(self.new.urn, id_, inputs, self.plugin)

    def _finish(
        self,
        ticket: int | None,
        *,
        drop: list[ResourceState],
        touched: list[ResourceState] | None = None,
    ) -> None:
        """Mark secrets, and write the step down."""
        new, deployment = self.new, self.deployment
        mark_secrets(new)
        deployment.reporter.learn(new.outputs)
        old_name = deployment.old_names.get(new.urn)
        renamed = (old_name, new.urn) if old_name else None
        deployment.snapshot.done(ticket, add=new, drop=drop, touched=touched or (), renamed=renamed)
        with deployment.lock:
            deployment.news[new.urn] = new


def mark_secrets(resource: ResourceState) -> None:
    """Outputs that were asked to be secret, or are inputs that are, become secret."""
    if resource.outputs is None:
        return
    inputs = resource.inputs.fields if resource.inputs is not None else {}
    asked = set(resource.additional_secret_outputs)
    needed = [
        key
        for key, value in resource.outputs.fields.items()
        if (key in asked or (key in inputs and wire.is_secret(inputs[key]))) and not wire.is_secret(value)
    ]
    if not needed:
        return
    marked = Struct()
    marked.CopyFrom(resource.outputs)
    for key in needed:
        marked.fields[key].CopyFrom(wire.secret(resource.outputs.fields[key]))
    resource.outputs = marked
