"""Whether two names are one person's, by the spec's word: what counts as one person is said once (G4, I6)."""

from __future__ import annotations


def same_person(one: str, other: str) -> bool:
    """Whether two addresses, source identities or groups may be one's."""
    # With it comes all of the spec, which a pack's start need not wait for.
    from components.spec.people import same_person

    return same_person(one, other)
