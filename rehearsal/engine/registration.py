"""From a registration to its step: old resource, Check, policies, Diff, then the step itself."""

from __future__ import annotations

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import resource_pb2

from rehearsal.engine import paths, urns
from rehearsal.engine.compare import Verdict, compare
from rehearsal.engine.deletion import delete_for_replacement
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import (
    EngineError,
    InvalidResource,
    PolicyBlocked,
    ProtectedResources,
    Unsupported,
)
from rehearsal.engine.goal import Goal, read
from rehearsal.engine.plugins import Plugin
from rehearsal.engine.registry import checked_configuration, with_plugin_choice
from rehearsal.engine.state import ResourceState
from rehearsal.engine.steps import Stepper


def register(deployment: Deployment, request: resource_pb2.RegisterResourceRequest) -> ResourceState:
    """Carry out a registration; returns the state that came of it. Raises EngineError."""
    urn = deployment.urn(request.parent, request.type, request.name)
    goal = read(request, urn)
    deployment.inherit(goal)
    deployment.reporter.learn(goal.properties)
    if urns.is_provider(goal.type):
        goal.properties = with_plugin_choice(goal.properties, request.version)
    elif goal.custom:
        _require_provider(goal)
    old = deployment.claim(goal)
    return _Registration(deployment, goal, old).run()


def _require_provider(goal: Goal) -> None:
    if goal.type.startswith("pulumi:"):
        raise Unsupported(f"resources of type {goal.type}", goal.urn)
    if not goal.provider:
        package = urns.package_of(goal.type)
        raise InvalidResource(
            goal.urn,
            f"Default provider for '{package}' disabled. '{goal.type}' must use an explicit provider.",
            "Pass opts=ResourceOptions(provider=…), or give its parent the provider.",
        )


class _Registration:
    def __init__(self, deployment: Deployment, goal: Goal, old: ResourceState | None) -> None:
        self.deployment, self.goal, self.old = deployment, goal, old
        self.new = goal.state()
        if old is not None:
            self.new.sealed = old.sealed
            if old.urn != goal.urn:
                self.new.aliases = (old.urn,)

    def run(self) -> ResourceState:
        goal, old, new = self.goal, self.old, self.new
        recreating = old is not None and old.urn in self.deployment.condemned
        carried = None if recreating else old
        plugin = self._plugin()
        given = goal.properties
        if carried is not None and goal.ignore_changes:
            given = paths.with_ignored(given, carried.inputs or Struct(), goal.ignore_changes)
        new.inputs = self._checked(plugin, carried.inputs if carried is not None else None, given)
        self._judge(new.inputs)
        stepper = Stepper(self.deployment, goal, old, new, plugin)
        if old is None:
            stepper.create()
            return new
        if recreating:
            self.deployment.replaced.add(goal.urn)
            stepper.replace_before(old, (), lambda: None)
            return new
        verdict = compare(self.deployment, goal, old, new, new.inputs, plugin)
        if verdict.replace:
            self._replace(stepper, old, verdict, plugin)
        elif verdict.changed or old.init_errors:
            stepper.update(old, verdict.keys)
        else:
            stepper.same(old)
        return new

    def _plugin(self) -> Plugin | None:
        if urns.is_provider(self.goal.type):
            return self.deployment.registry.connect(self.goal.urn)
        if self.goal.custom:
            return self.deployment.registry.get(self.goal.provider, self.goal.urn)
        return None

    def _checked(self, plugin: Plugin | None, olds: Struct | None, news: Struct) -> Struct:
        if plugin is None:
            return news
        if urns.is_provider(self.goal.type):
            return checked_configuration(plugin, self.goal.urn, olds, news)
        return plugin.check(self.goal.urn, olds, news)

    def _judge(self, inputs: Struct) -> None:
        """Ask the policies. A preview goes on after a no, to hear them all; an update does not."""
        deployment = self.deployment
        provider = deployment.provider_of(self.new)
        violations = deployment.policies.analyze(self.goal, self.new, inputs, provider)
        if deployment.reporter.violated(violations) and not deployment.dry_run:
            raise PolicyBlocked("a mandatory policy says no", where=self.goal.urn)

    def _replace(self, stepper: Stepper, old: ResourceState, verdict: Verdict, plugin: Plugin | None) -> None:
        deployment, goal, new = self.deployment, self.goal, self.new
        if old.protect and new.protect and not old.pending_replacement:
            raise ProtectedResources([goal.urn])
        deployment.replaced.add(goal.urn)
        # Defaults that came from the old one do not pass to its successor.
        new.inputs = self._checked(plugin, None, goal.properties)
        new.sealed = {}
        if not verdict.delete_first:
            stepper.replace_after(old, verdict.keys)
            return
        stepper.replace_before(old, verdict.keys, lambda: delete_for_replacement(deployment, old))


def register_outputs(deployment: Deployment, request: resource_pb2.RegisterResourceOutputsRequest) -> None:
    """Outputs of a component; those of the stack are kept for the end."""
    deployment.reporter.learn(request.outputs)
    if urns.type_of(request.urn) == urns.STACK_TYPE:
        deployment.stack_outputs = request.outputs
        return
    with deployment.lock:
        resource = deployment.news.get(request.urn)
    if resource is None or resource.custom:
        raise EngineError("outputs were registered for what is no component of this run", where=request.urn)
    resource.outputs = request.outputs
    deployment.snapshot.done(touched=[resource])
