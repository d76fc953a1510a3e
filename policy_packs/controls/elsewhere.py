"""Where other stacks' files let pipelines in from, as far as it may be one of a stack's own places (I4).

Environments are stacks of their own, so only their files tell it. They are read as data: the loader judges
each when its turn comes. Of hundreds only those are parsed in which a place of this stack may stand.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_packs.controls.declarations import Elsewhere, Place

if TYPE_CHECKING:
    from components.spec import LoadedStack

CI_ROLES: Mapping[str, str] = {
    "plan": "plan",
    "environment-apply": "environment_apply",
    "project-apply": "project_apply",
}
"""The platform team's pipelines: who, and the key of identity.ci."""
_PLACES = ("environment", "branch", "service_connection")


def elsewhere(loaded: LoadedStack, own: Iterable[Place], known: Iterable[str]) -> tuple[Elsewhere, ...]:
    """The places of other stacks that are written like one of these. known: stacks that are left out.

    One that may name such a place and cannot be read is there without a place.
    """
    from components.spec import SpecError, stack_names
    from components.spec.files import Files
    from components.spec.loaded import stack_file

    wanted = {(_squeezed(place.repository.encode()), _squeezed(place.place.encode())) for place in own}
    files, left_out = Files(loaded.root), {loaded.name, *known}
    found: list[Elsewhere] = []
    for name in stack_names(loaded.root) if wanted else ():
        if name in left_out or not _may_name(loaded.root / stack_file(name), wanted):
            continue
        try:
            found += (Elsewhere(name, place) for place in _places(files.document(stack_file(name)).value))
        except (SpecError, KeyError, TypeError, ValueError, AttributeError):
            found.append(Elsewhere(name))
    return tuple(found)


def _may_name(path: Path, wanted: Iterable[tuple[bytes, bytes]]) -> bool:
    try:
        stamp = path.stat()
        text = _small(os.fspath(path), (stamp.st_ino, stamp.st_size, stamp.st_mtime_ns, stamp.st_ctime_ns))
    except OSError:
        return True
    # Behind an escape any name may hide; without one it stands there as it is.
    return b"\\" in text or any(repository in text and place in text for repository, place in wanted)


@lru_cache(maxsize=4096)
def _small(path: str, stamp: tuple[int, ...]) -> bytes:
    """A file in small letters, read once for all stacks that are judged in one process."""
    return _squeezed(Path(path).read_bytes())


def _squeezed(text: bytes) -> bytes:
    """Without spaces and ends of lines, between which YAML may fold a text."""
    return b"".join(text.lower().split())


def _places(value: Mapping[str, Any]) -> Iterator[Place]:
    config = value["config"]
    kind, spec = config["qlz:kind"], config["qlz:spec"]
    if kind == "project":
        pipeline = spec["pipeline"]
        (key,) = (key for key in _PLACES if key in pipeline)
        yield Place("project", pipeline["kind"], pipeline["repository"], pipeline[key])
    elif kind == "environment" and (ci := spec["identity"].get("ci")):
        for who, key in CI_ROLES.items():
            yield Place(who, ci["kind"], ci["repository"], ci[key])
