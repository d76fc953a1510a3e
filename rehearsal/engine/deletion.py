"""Deleting: what the program no longer declares, what was replaced, and whole stacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine import urns, wire
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import EngineError, ProtectedResources, ProviderFailed
from rehearsal.engine.events import Kept, Step
from rehearsal.engine.state import ResourceState


def delete_all(deployment: Deployment, doomed: Sequence[ResourceState]) -> None:
    """Delete these, dependents before what they depend on (they are given in the state's order); several at
    a time where nothing stands between them. After a failure no other delete begins.

    Raises ProtectedResources, listing all of them, before anything is deleted.
    """
    protected = [r.urn for r in doomed if r.protect and not (r.delete or r.pending_replacement)]
    if protected:
        raise ProtectedResources(protected)
    gone = {r.urn for r in doomed}
    waiting = _dependents(doomed)
    running: dict[Future[None], int] = {}
    failure: BaseException | None = None
    with ThreadPoolExecutor(deployment.parallel, "deletes") as pool:
        while running or (waiting and failure is None):
            free = [n for n, dependents in waiting.items() if not dependents] if failure is None else []
            for n in free:
                del waiting[n]
                running[pool.submit(_delete_reported, deployment, doomed[n], gone)] = n
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                n = running.pop(future)
                failure = failure or future.exception()
                for dependents in waiting.values():
                    dependents.discard(n)
    if failure is not None:
        raise failure


def _dependents(resources: Sequence[ResourceState]) -> dict[int, set[int]]:
    """By place, last first: the places of what refers to it, and so has to go before."""
    places: dict[str, list[int]] = {}
    for n, resource in enumerate(resources):
        places.setdefault(resource.urn, []).append(n)
    result: dict[int, set[int]] = {n: set() for n in reversed(range(len(resources)))}
    for n, resource in enumerate(resources):
        for urn in resource.refers_to():
            for place in places.get(urn, ()):
                if place < n:
                    result[place].add(n)
    return result


def left_over(deployment: Deployment) -> list[ResourceState]:
    """Old resources that this run does not declare, or has replaced, in the state's order."""
    current = deployment.snapshot.resources()
    declared = {id(r) for r in deployment.news.values()}
    return [r for r in current if id(r) not in declared and (r.delete or not deployment.is_seen(r))]


def _delete_reported(deployment: Deployment, resource: ResourceState, gone: Iterable[str]) -> None:
    silent = resource.external or resource.delete or resource.pending_replacement
    silent = silent or (urns.package_of(resource.type) == "pulumi" and urns.is_provider(resource.type))
    step = Step(
        "delete",
        resource.urn,
        resource.type,
        urns.name_of(resource.urn),
        resource.id,
        retained=resource.retain_on_delete and resource.custom,
    )
    if silent:
        _delete(deployment, resource, gone)
        return
    began = deployment.reporter.started(step)
    try:
        _delete(deployment, resource, gone)
    except EngineError as problem:
        deployment.reporter.failed(step, problem)
        raise
    deployment.reporter.done(step, began)


def _delete(
    deployment: Deployment, resource: ResourceState, gone: Iterable[str], *, keep_entry: bool = False
) -> None:
    """Delete the thing where there is one to delete, and its entry in the state (or mark that)."""
    ticket = None
    if _lives_in_a_cloud(resource) and resource.retain_on_delete:
        deployment.reporter.kept.append(Kept(resource.urn, resource.id))
    elif _lives_in_a_cloud(resource) and resource.deleted_with not in gone and not deployment.dry_run:
        plugin = deployment.registry.get(resource.provider, resource.urn)
        ticket = deployment.snapshot.begin("deleting", resource)
        try:
            plugin.delete(
                resource.urn,
                resource.id,
                resource.inputs or Struct(),
                resource.outputs or Struct(),
                timeout=resource.custom_timeouts.get("delete", 0.0),
            )
        except ProviderFailed as problem:
            if problem.answered:
                deployment.snapshot.done(ticket)
            raise
    if keep_entry:
        resource.pending_replacement = True
        deployment.snapshot.done(ticket, touched=[resource])
    else:
        deployment.snapshot.done(ticket, drop=[resource])


def _lives_in_a_cloud(resource: ResourceState) -> bool:
    provider = urns.is_provider(resource.type)
    return resource.custom and not provider and not resource.external and not resource.pending_replacement


def delete_for_replacement(deployment: Deployment, old: ResourceState) -> None:
    """Delete a resource before its successor is made, and first what depends on it and must go too.

    The entries stay in the state, marked, until their successors are there. Raises ProtectedResources.
    """
    if old.pending_replacement:
        return
    with deployment.lock:
        dependents = _dependents_to_replace(deployment, old)
        protected = [r.urn for r in dependents if r.protect]
        if protected:
            raise ProtectedResources(protected)
        deployment.condemned.update(r.urn for r in dependents)
    gone = {old.urn, *(r.urn for r in dependents)} - {""}
    for resource in (*reversed(dependents), old):
        _delete(deployment, resource, gone, keep_entry=True)


def _dependents_to_replace(deployment: Deployment, root: ResourceState) -> list[ResourceState]:
    """Old resources that cannot live on while `root` is away, in the state's order.

    What this run has declared already cannot depend on it any more. Of the rest: what is managed through
    it or deleted with it, and what its provider would replace if the property that comes from a replaced
    resource changed.
    """
    replaced = {root.urn, deployment.claimed.get(root.urn, root.urn)}
    found: list[ResourceState] = []
    for resource in deployment.snapshot.old:
        skip = resource is root or not resource.custom or resource.external or resource.delete
        if skip or resource.pending_replacement or deployment.is_seen(resource):
            continue
        if resource.urn in deployment.condemned or not _must_go(deployment, resource, replaced):
            continue
        found.append(resource)
        replaced.add(resource.urn)
    return found


def _must_go(deployment: Deployment, resource: ResourceState, replaced: set[str]) -> bool:
    if resource.provider and urns.split_reference(resource.provider)[0] in replaced:
        return True
    if resource.deleted_with in replaced:
        return True
    inputs = Struct()
    inputs.CopyFrom(resource.inputs or Struct())
    unknown = [k for k, deps in resource.property_dependencies.items() if replaced & set(deps)]
    affected = [key for key in unknown if key in inputs.fields]
    if not affected:
        return False
    for key in affected:
        inputs.fields[key].string_value = wire.UNKNOWN
    if urns.is_provider(resource.type):
        return False
    plugin = deployment.registry.get(resource.provider, resource.urn)
    found = plugin.diff(
        resource.urn,
        resource.id,
        resource.inputs or Struct(),
        resource.outputs or Struct(),
        inputs,
        resource.ignore_changes,
    )
    return found.replace
