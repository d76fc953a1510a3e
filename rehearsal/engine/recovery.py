"""After a run that was cut off: look at what came of the operations it had begun.

The state names every provider call before it is made, so a run that ended without a word (killed, or an
answer lost) leaves pending operations. Each is settled by asking the provider, before anything else is done:

- creating: the provider lists what could have come of it. Nothing: it is created again. One: it is adopted,
  if it is what was asked for. Anything else is refused, with the reason.
- updating, deleting: the resource is read again; the state then says what is there.

Only the state changes, in one write. docs/decisions/0006-interrupted-operations-are-settled.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from google.protobuf.struct_pb2 import Struct, Value

from rehearsal.engine import wire
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import PendingCreates
from rehearsal.engine.plugins import Live, NotOffered, Plugin
from rehearsal.engine.snapshot import now
from rehearsal.engine.state import ResourceState
from rehearsal.engine.steps import mark_secrets

_TAGS: Final = "tags"


class _Unclear(Exception):
    """Why it cannot be told what came of a create."""


def settle(deployment: Deployment) -> None:
    """Settle every operation that is left over. Raises PendingCreates (the state is as it was then)."""
    snapshot = deployment.snapshot
    resources = list(snapshot.old)
    unclear: dict[str, str] = {}
    for activity, resource in snapshot.interrupted:
        try:
            if activity == "creating":
                resources = _settle_create(deployment, resources, resource)
            else:
                _look_again(deployment, resources, resource)
        except _Unclear as reason:
            unclear[resource.urn] = str(reason)
    if unclear:
        raise PendingCreates(deployment.stack, unclear)
    snapshot.rewrite(resources)


def _settle_create(
    deployment: Deployment, resources: list[ResourceState], asked: ResourceState
) -> list[ResourceState]:
    found = _find(deployment, resources, asked)
    if found is None:
        deployment.reporter.say("info", "it was never created", asked.urn)
        return resources
    identity, live = found
    asked.id, asked.inputs, asked.outputs = identity, live.inputs, live.outputs
    asked.created = asked.modified = now()
    mark_secrets(asked)
    deployment.reporter.learn(asked.outputs)
    deployment.reporter.say("info", f"it was created ({identity}), and is taken over", asked.urn)
    return _with_adopted(resources, asked)


def _find(
    deployment: Deployment, resources: Sequence[ResourceState], asked: ResourceState
) -> tuple[str, Live] | None:
    """What the create made, if it made anything. Raises _Unclear."""
    plugin = deployment.registry.get(asked.provider, asked.urn)
    inputs = asked.inputs or Struct()
    known = {(r.type, r.id) for r in resources}
    try:
        found = [i for i in plugin.find(asked.urn, inputs) if (asked.type, i) not in known]
        if len(found) > 1:
            raise _Unclear(f"it may be any of {', '.join(found)}")
        live = plugin.read(asked.urn, found[0], inputs, Struct()) if found else None
    except NotOffered as problem:
        raise _Unclear(problem.what) from None
    if live is None:
        return None
    _demand_that_it_is_ours(plugin, asked, found[0], live)
    return found[0], live


def _demand_that_it_is_ours(plugin: Plugin, asked: ResourceState, identity: str, live: Live) -> None:
    """What is there must be what was asked for, or on the way to it: somebody else's is left alone.

    On the way: it bears the very tags that were asked for, or what differs is only not set yet.
    """
    inputs = asked.inputs or Struct()
    found = plugin.diff(asked.urn, identity, live.inputs, live.outputs, inputs, asked.ignore_changes)
    if found.changes is False:
        return
    there, wanted = wire.without_secrets(live.inputs), wire.without_secrets(inputs)
    if not found.replace and _same_tags(there, wanted):
        return
    keys = sorted(there.fields.keys() | wanted.fields.keys())
    other = [k for k in keys if k in there.fields and not _on_the_way(there.fields[k], wanted.fields.get(k))]
    if found.replace or other:
        names = ", ".join(other or found.replace_keys)
        raise _Unclear(f"{identity} exists and is not what was asked for ({names} differ)")


def _same_tags(there: Struct, wanted: Struct) -> bool:
    tags = [s.fields[_TAGS].struct_value for s in (there, wanted) if _TAGS in s.fields]
    return len(tags) == 2 and tags[0] == tags[1] and bool(tags[0].fields)


def _on_the_way(there: Value, wanted: Value | None) -> bool:
    """Whether nothing in what is there contradicts what is wanted."""
    kind = there.WhichOneof("kind")
    if kind in (None, "null_value") or wanted == there:
        return True
    if kind == "struct_value":
        fields = wanted.struct_value.fields if wanted is not None else {}
        return all(_on_the_way(v, fields.get(k)) for k, v in there.struct_value.fields.items())
    if kind == "list_value":
        return not there.list_value.values
    return not (there.string_value or there.number_value or there.bool_value)


def _with_adopted(resources: Sequence[ResourceState], adopted: ResourceState) -> list[ResourceState]:
    """Put it before whatever refers to it. What it was to replace goes at the end of the next run, or has
    gone already."""
    kept = [r for r in resources if not (r.urn == adopted.urn and r.pending_replacement)]
    for resource in kept:
        if resource.urn == adopted.urn:
            resource.delete = True
    before = [n for n, r in enumerate(kept) if adopted.urn in {r.urn, *r.refers_to()}]
    place = before[0] if before else len(kept)
    gone = [n for n, r in enumerate(resources) if r.urn == adopted.urn and r.pending_replacement]
    if gone and not before:
        place = gone[0]
    return [*kept[:place], adopted, *kept[place:]]


def _look_again(deployment: Deployment, resources: list[ResourceState], begun: ResourceState) -> None:
    """Let the state say what is there of a resource that was being changed or deleted."""
    same = [r for r in resources if (r.urn, r.id) == (begun.urn, begun.id)]
    if not same:
        return
    resource = same[0]
    plugin = deployment.registry.get(resource.provider, resource.urn)
    try:
        live = plugin.read(
            resource.urn, resource.id, resource.inputs or Struct(), resource.outputs or Struct()
        )
    except NotOffered:
        return  # what was begun is done again, as after any failure
    if live is None:
        deployment.reporter.say("info", "it no longer exists", resource.urn)
        if resource.delete:
            resources.remove(resource)
        resource.pending_replacement = True  # the entry stays for those that refer to it
        return
    resource.inputs, resource.outputs = live.inputs, live.outputs
    mark_secrets(resource)
