"""Whether two names are of one person: the one place that says so, wherever two people must differ (G4, I6).

Fails closed: who cannot be told apart is one person. Whether two mailboxes are really two people's shows only
where somebody looks, in the review.
"""

from __future__ import annotations

import re
import unicodedata

_ADDRESS_IN = re.compile(r".*<([^<>]*)>\s*")
_TOLD_APART = re.compile(r"[!-~]+")
"""What is not ASCII is not told apart: other scripts have look-alikes."""


def same_person(one: str, other: str) -> bool:
    """Whether two addresses, or source identities, may be one person's.

    Letter case, a display name, dots and a +tag before the @ make nobody else; nor does leaving out the
    domain.
    """
    mine, theirs = _person(one), _person(other)
    if mine is None or theirs is None:
        return True
    if not mine[1] or not theirs[1]:
        return mine[0] == theirs[0]
    return mine == theirs


def _person(text: str) -> tuple[str, str] | None:
    """Name and domain; None where it cannot be told apart from another."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if found := _ADDRESS_IN.fullmatch(plain):
        plain = found[1].strip()
    if not _TOLD_APART.fullmatch(plain):
        return None
    local, _, domain = plain.rpartition("@") if "@" in plain else (plain, "", "")
    return local.strip('"').partition("+")[0].replace(".", ""), domain.rstrip(".")
