"""Old against new: is a resource the same, updated or replaced?"""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine import paths, urns, wire
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.goal import Goal
from rehearsal.engine.plugins import Difference, Plugin
from rehearsal.engine.registry import configuration
from rehearsal.engine.state import ResourceState


@dataclass(frozen=True)
class Verdict:
    """`keys` are the properties that caused it."""

    changed: bool
    replace: bool = False
    delete_first: bool = False
    keys: tuple[str, ...] = ()


def compare(
    deployment: Deployment,
    goal: Goal,
    old: ResourceState,
    new: ResourceState,
    inputs: Struct,
    plugin: Plugin | None,
) -> Verdict:
    """`inputs` are the checked new inputs; `plugin` is the provider's connection (None for components)."""
    if old.pending_replacement:
        return Verdict(True, replace=True, delete_first=True)
    if new.deleted_with and new.deleted_with in deployment.replaced:
        return _replacement(goal, ("deletedWith",))
    if _provider_changed(deployment, old, new):
        return _replacement(goal, ("provider",))
    old_inputs, old_outputs = old.inputs or Struct(), old.outputs or Struct()
    if plugin is None:
        return Verdict(wire.without_secrets(old_inputs) != wire.without_secrets(inputs))
    if urns.is_provider(new.type):
        found = plugin.diff_config(
            new.urn,
            configuration(old_inputs),
            old_outputs,
            configuration(inputs),
            goal.ignore_changes,
        )
    else:
        found = plugin.diff(new.urn, old.id, old_inputs, old_outputs, inputs, goal.ignore_changes)
    return _verdict(goal, found, old_inputs, inputs)


def _replacement(goal: Goal, keys: tuple[str, ...]) -> Verdict:
    return Verdict(True, replace=True, delete_first=bool(goal.delete_before_replace), keys=keys)


def _verdict(goal: Goal, found: Difference, old_inputs: Struct, inputs: Struct) -> Verdict:
    if found.changes is None:  # left to the engine
        kept = paths.with_ignored(inputs, old_inputs, goal.ignore_changes)
        before, after = wire.without_secrets(old_inputs), wire.without_secrets(kept)
        names = sorted(before.fields.keys() | after.fields.keys())
        keys = tuple(
            k
            for k in names
            if k not in before.fields or k not in after.fields or before.fields[k] != after.fields[k]
        )
        found = Difference(bool(keys), (), keys, keys, False, False)
    if not found.changes:
        return Verdict(False)
    forced = paths.touches(goal.replace_on_changes, found.paths) if goal.replace_on_changes else ()
    delete_first = found.delete_before_replace
    if goal.delete_before_replace is not None:
        delete_first = goal.delete_before_replace
    replace = found.replace or bool(forced)
    keys = found.replace_keys or forced if replace else found.changed_keys or found.paths
    return Verdict(True, replace, delete_first, keys)


def _provider_changed(deployment: Deployment, old: ResourceState, new: ResourceState) -> bool:
    """Another provider means a replacement, unless that one says it can manage what the old one made."""
    if old.provider == new.provider:
        return False
    if not old.provider or not new.provider:
        return True
    old_urn, old_id = urns.split_reference(old.provider)
    new_urn, new_id = urns.split_reference(new.provider)
    if deployment.claimed.get(old_urn) == new_urn and old_id == new_id:
        return False
    before, after = deployment.old_provider(old_urn, old_id), deployment.provider_of(new)
    if before is None or after is None:
        return True
    found = deployment.registry.get(new.provider, new.urn).diff_config(
        new_urn,
        configuration(before.inputs or Struct()),
        before.outputs or Struct(),
        configuration(after.inputs or Struct()),
    )
    return found.replace
