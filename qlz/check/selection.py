"""Which stacks a check is about."""

from __future__ import annotations

from dataclasses import dataclass

from qlz.check.report import LeftOut


@dataclass(frozen=True)
class Selection:
    """The stacks to judge, those that are left out, and those whose change only tightens."""

    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    tightening: frozenset[str] = frozenset()
