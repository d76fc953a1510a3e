"""What has to exist before something else is made, by what each resource waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_packs.controls.control import Finding, Resource, Stack, fail


def judge_order(stack: Stack, before: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """before: a type to the types of which it waits for what there is, by way of others or not."""
    by_urn = {each.urn: each for each in stack.resources}
    for kind, locks in before.items():
        for resource in stack.of_type(kind):
            waits = _waits(by_urn, resource)
            for lock in locks:
                if stack.of_type(lock) and lock not in waits:
                    name = lock.rpartition(":")[2]
                    yield fail(f"it waits for no {name}, so it can be there before what guards it", resource)


def _waits(by_urn: Mapping[str, Resource], resource: Resource) -> frozenset[str]:
    """The types of all that a resource waits for."""
    seen: set[str] = set()
    todo = [*resource.depends_on, *(u for urns in resource.property_dependencies.values() for u in urns)]
    while todo:
        urn = todo.pop()
        if urn in seen or urn not in by_urn:
            continue
        seen.add(urn)
        found = by_urn[urn]
        todo += found.depends_on
        todo += (each for urns in found.property_dependencies.values() for each in urns)
    return frozenset(by_urn[urn].type for urn in seen)
