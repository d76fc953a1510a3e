"""K3: keys are strong, rotate by themselves at least once a year, and stay in their vault."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.azure import KEY
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Plain, Value

_OPERATIONS = frozenset({"wrapKey", "unwrapKey"})
_LONGEST = 366


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    key = resource["properties"]
    yield from expect(key["kty"], lambda kind: kind in ("RSA", "RSA-HSM"), "it is no RSA key, as stores need")
    yield from expect(
        key["keySize"],
        lambda bits: isinstance(bits, int) and bits >= 3072,
        "it is shorter than 3072 bits, or of a length that Azure chooses",
    )
    yield from expect(key["attributes"]["enabled"], lambda on: on in (None, True), "it is turned off")
    yield from expect(key["attributes"]["exportable"], lambda out: out is False, "it may leave its vault")
    if key["releasePolicy"]:
        yield fail("it may be released")
    yield from expect(key["keyOps"], _wraps_only, "it may be used for more than wrapping other keys")
    yield from _rotation(key["rotationPolicy"])


def _wraps_only(operations: Plain) -> bool:
    return isinstance(operations, list) and bool(operations) and set(map(str, operations)) <= _OPERATIONS


def _rotation(policy: Value) -> Iterator[Finding]:
    if not policy.known:
        yield undecided(policy)
        return
    rotations = [
        each["trigger"]["timeAfterCreate"].text()
        for each in policy["lifetimeActions"]
        if each["action"]["type"].text().lower() == "rotate"
    ]
    if not any(0 < days(found) <= _LONGEST for found in rotations):
        yield fail("it does not rotate within a year of its making")
    if not 0 < days(policy["attributes"]["expiryTime"].text()) <= 2 * _LONGEST:
        yield fail("it never expires, or later than a year after it was to rotate")


def days(duration: str) -> int:
    """Days of an ISO 8601 duration of one unit, as Key Vault takes them; 0 for any other."""
    found = re.fullmatch(r"P([0-9]+)([YMD])", duration)
    return int(found[1]) * {"Y": 365, "M": 30, "D": 1}[found[2]] if found else 0


CONTROL = Control(
    id="qlz-k3-azure-key-settings",
    title="Keys rotate and stay in their vault",
    why="A key that never changes opens everything for as long as one copy of it is out.",
    fix="RSA of 3072 bits or more, not exportable, wrapKey and unwrapKey alone, rotated within a year.",
    requirements=("K3", "K5"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("SC-12", "SC-13"),
        "iso-27001-2022-annex-a": ("A.8.24",),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("CEK-12", "CEK-04"),
    },
    types=(KEY,),
    judge=judge,
    cloud="azure",
)
