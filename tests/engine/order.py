"""The order in which a checkpoint holds its resources, checked."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.engine.state import ResourceState
from rehearsal.engine.urns import split_reference


def check_order(resources: Sequence[ResourceState]) -> None:
    """Fails if a resource stands before something it depends on."""
    seen: set[str] = set()
    for resource in resources:
        needs = {resource.parent, *resource.dependencies} - {""}
        if resource.provider:
            needs.add(split_reference(resource.provider)[0])
        assert needs <= seen, f"{resource.urn} stands before {', '.join(sorted(needs - seen))}"
        seen.add(resource.urn)
