"""Which old URNs a resource may have had: its aliases, and those that follow from its parent's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulumi.runtime.proto import alias_pb2

from rehearsal.engine import urns


def candidates(
    stack: str,
    project: str,
    *,
    type_: str,
    name: str,
    parent: str,
    aliases: Iterable[alias_pb2.Alias],
    parents: Mapping[str, str],
) -> Iterator[str]:
    """Old URNs in the order in which they are tried. `parents` maps a URN of this run to the old URN it
    was found under."""
    own = [_urn(stack, project, type_, name, parent, alias, parents) for alias in aliases]
    yield from own
    inherited = parents.get(parent)
    if inherited is None:
        return
    parent_name = urns.name_of(parent)
    yield _inherited(stack, project, type_, name, parent_name, inherited)
    for alias in own:
        old = urns.parse(alias)
        yield _inherited(stack, project, old.type, old.name, parent_name, inherited)


def _urn(
    stack: str,
    project: str,
    type_: str,
    name: str,
    parent: str,
    alias: alias_pb2.Alias,
    parents: Mapping[str, str],
) -> str:
    if alias.WhichOneof("alias") == "urn":
        return alias.urn
    spec = alias.spec
    if spec.WhichOneof("parent") == "noParent" and spec.noParent:
        parent = ""
    elif spec.parentUrn:
        parent = parents.get(spec.parentUrn, spec.parentUrn)
    return urns.make(
        spec.stack or stack, spec.project or project, parent, spec.type or type_, spec.name or name
    )


def _inherited(stack: str, project: str, type_: str, name: str, parent_name: str, old_parent: str) -> str:
    """A child named after its parent was named after the parent's old name."""
    if name.startswith(parent_name):
        name = urns.name_of(old_parent) + name[len(parent_name) :]
    return urns.make(stack, project, old_parent, type_, name)
