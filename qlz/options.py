"""What a person may choose on the command line. Light: `--help` and usage errors load no engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class EngineName(StrEnum):
    """Which engine carries out the program."""

    EMBEDDED = "embedded"
    PULUMI = "pulumi"


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """The options that the rehearse commands share."""

    engine: EngineName = EngineName.EMBEDDED
    json_mode: bool = False
    root: Path | None = None
    account: str | None = None
    policy_packs: tuple[Path, ...] = ()
    fresh: bool = False
