"""Names of resources: urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME."""

from __future__ import annotations

from typing import Final, NamedTuple

from rehearsal.engine.errors import BadState

STACK_TYPE: Final = "pulumi:pulumi:Stack"
STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
_PROVIDERS: Final = "pulumi:providers:"


class Urn(NamedTuple):
    """The parts of a URN; `qualified` is the chain of types, the last of which is `type`."""

    stack: str
    project: str
    qualified: str
    name: str

    @property
    def type(self) -> str:
        return self.qualified.rsplit("$", 1)[-1]


def parse(urn: str) -> Urn:
    """Raises BadState for what is no URN. A name may itself hold `::`."""
    parts = urn.split("::", 3)
    if len(parts) != 4 or not parts[0].startswith("urn:pulumi:"):
        raise BadState(f"{urn!r} is not a URN")
    return Urn(parts[0].removeprefix("urn:pulumi:"), parts[1], parts[2], parts[3])


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; the root stack, or none, adds nothing to the chain of types."""
    qualified = parse(parent).qualified if parent else ""
    if qualified and qualified != STACK_TYPE:
        type_ = f"{qualified}${type_}"
    return f"urn:pulumi:{stack}::{project}::{type_}::{name}"


def name_of(urn: str) -> str:
    return parse(urn).name


def type_of(urn: str) -> str:
    return parse(urn).type


def is_provider(type_: str) -> bool:
    return type_.startswith(_PROVIDERS)


def package_of(type_: str) -> str:
    """`aws` of `aws:s3/bucket:Bucket` and of `pulumi:providers:aws`."""
    return type_.removeprefix(_PROVIDERS) if is_provider(type_) else type_.split(":", 1)[0]


def split_reference(reference: str) -> tuple[str, str]:
    """A provider reference URN::ID in its two halves."""
    urn, separator, identity = reference.rpartition("::")
    if not separator:
        raise BadState(f"{reference!r} is not a provider reference")
    return urn, identity
