"""What the engine and its policy packs say to each other, without any gRPC in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from google.protobuf import struct_pb2

Level = Literal["advisory", "mandatory", "remediate", "disabled"]


class PolicyPackError(Exception):
    """A policy pack that could not be asked: it never counts as a pass.

    `pack` is its name (its folder's, before it has said its own), `problem` what went wrong, `words` the end
    of what the pack itself wrote, with secrets masked.
    """

    def __init__(self, pack: str, problem: str, words: str = "") -> None:
        self.pack = pack
        self.problem = problem
        self.words = words.strip()
        said = f"\n  it said:\n{_indented(self.words)}" if self.words else ""
        super().__init__(f"policy pack {pack}: {problem}{said}")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


@dataclass(frozen=True)
class ProviderRef:
    """The provider a resource goes through; `properties` are the provider's inputs."""

    urn: str
    type: str
    name: str
    properties: struct_pb2.Struct


@dataclass(frozen=True)
class AnalyzedResource:
    """A resource as a policy sees it.

    `properties` are in the wire form of the provider protocol (secrets and unknowns marked): the checked
    inputs for `analyze`, the outputs for `analyze_stack`. `custom_timeouts` are create, update and delete in
    seconds, 0 unset.
    """

    urn: str
    type: str
    name: str
    properties: struct_pb2.Struct
    parent: str = ""
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    aliases: tuple[str, ...] = ()
    custom_timeouts: tuple[float, float, float] = (0.0, 0.0, 0.0)
    additional_secret_outputs: tuple[str, ...] = ()
    provider: ProviderRef | None = None
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PolicyInfo:
    """One policy, as its pack describes it; `level` is the one in force after configuration."""

    pack: str
    version: str
    name: str
    description: str
    level: Level
    kind: Literal["resource", "stack", "unknown"] = "unknown"
    display_name: str = ""
    severity: str = ""
    framework: str = ""
    tags: tuple[str, ...] = ()
    remediation_steps: str = ""
    url: str = ""


@dataclass(frozen=True)
class Violation:
    """A policy's no. `undecided` marks one that could not decide: the value it needed is not known yet."""

    pack: str
    version: str
    policy: str
    urn: str
    level: Literal["mandatory", "advisory"]
    message: str
    description: str
    severity: str = ""
    undecided: bool = False
    remediation_steps: str = ""

    @property
    def mandatory(self) -> bool:
        return self.level == "mandatory"


@dataclass(frozen=True)
class NotApplicable:
    """A policy that said it does not apply to a resource ("" for the whole stack), and why."""

    pack: str
    policy: str
    urn: str
    reason: str
