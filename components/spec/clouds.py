"""One stack, one cloud: which one a stack file names, and why a word of the other one means nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from components.spec.problems import Path, Problem
from components.spec.strict_yaml import Document

SPEC: Path = ("config", "qlz:spec")


class Cloud(StrEnum):
    """The clouds, by the key that names an account or a subscription."""

    AWS = "aws"
    AZURE = "azure"


_AWS_FIX = 'aws: {account: "111122223333", region: eu-west-2}'
_AZURE_FIX = 'azure: {tenant: "…", subscription: "…", location: westeurope}'

_PEOPLE = "people come in by Entra groups, whose tenant is the identity provider"
REASONS: dict[Cloud, dict[Path, tuple[str, str]]] = {
    Cloud.AZURE: {
        ("identity", "saml"): (_PEOPLE, "name the groups' object ids in groups (I1)"),
        ("identity", "bootstrap"): (
            "an owner of the subscription brings an environment up the first time; no key needs him",
            "remove it",
        ),
        ("identity", "break_glass", "principal"): (
            "an emergency account on Azure is an object in the tenant",
            "name its object_id",
        ),
        ("existing",): ("a subscription holds nothing of this once only", "remove it"),
        ("archive",): ("no archive is built on Azure: results live in one storage account", "remove it"),
        ("budget", "usd_per_month"): (
            "a budget on Azure counts in the currency of the subscription's bill",
            "write per_month, in that currency",
        ),
        ("key",): ("Azure's key material is the vault's own in this version", "remove it"),
        ("notebooks",): ("no notebooks are built on Azure", "remove it"),
        ("network",): (
            "Azure Quantum has no private endpoint, and needs storage with public network access",
            "remove it; accepted says who does without (T2)",
        ),
    },
    Cloud.AWS: {
        ("groups",): ("people come in by SAML on AWS, and their groups are mapped there", "remove it (I1)"),
        ("plans",): ("a device on Braket needs no plan", "remove it"),
        ("recover",): ("a key on AWS is made anew, under the same alias", "remove it"),
        ("life",): ("a key on AWS is made anew, under the same alias", "remove it"),
        ("accepted",): ("AWS offers what the tiers demand", "remove it"),
        ("service",): ("hybrid jobs run as the role that Braket assumes", "remove it (I3)"),
        ("budget", "per_month"): ("a budget on AWS counts in US dollars", "write usd_per_month"),
        ("budget", "begins"): ("a budget on AWS counts from when it is made", "remove it"),
    },
}
"""What only the other cloud has: path below the spec to reason and fix."""


def cloud_of(doc: Document) -> Cloud | None:
    """The cloud a stack file names; None when it names none or two."""
    spec = doc.value["config"]["qlz:spec"]
    named = [cloud for cloud in Cloud if cloud in spec]
    return named[0] if len(named) == 1 else None


def cloud_problems(doc: Document) -> Iterator[Problem]:
    """A stack file names one cloud, and says nothing that only the other one has."""
    cloud = cloud_of(doc)
    if cloud is None:
        if Cloud.AZURE in doc.value["config"]["qlz:spec"]:
            message = "names AWS and Azure; a stack lives in one cloud"
            yield doc.problem(SPEC, message, "remove one; a project on both clouds has a stack on each")
        else:
            yield doc.problem(SPEC, "names no cloud", f"add {_AWS_FIX}, or {_AZURE_FIX}")
        return
    for path, (reason, fix) in REASONS[cloud].items():
        if doc.has((*SPEC, *path)):
            yield doc.problem((*SPEC, *path), f"means nothing on {_NAMES[cloud]}: {reason}", fix)


_NAMES = {Cloud.AWS: "AWS", Cloud.AZURE: "Azure"}
