"""Rules of an environment by itself, and those that environments and projects share.

A rule looks at more than one field or at the catalogue. Each yields problems and decides nothing about the
day it is: what depends on today is in ``timing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from components import catalog
from components.spec.charter import REVIEW_DAYS
from components.spec.environment import AwsAccount, EnvironmentSpec
from components.spec.fields import MAX_NAME
from components.spec.organization import OrganizationSpec
from components.spec.problems import Path, Problem, did_you_mean
from components.spec.stacks import EnvironmentStack
from components.spec.strict_yaml import Document
from components.spec.tiers import Level

SPEC: Path = ("config", "qlz:spec")
LEVEL: Path = ("config", "qlz:level")
Problems = Iterator[Problem]


def environment_rules(doc: Document, name: str, level: Level, spec: EnvironmentSpec) -> Problems:
    """An environment by itself."""
    if level is Level.PROD and not re.fullmatch(r"prod-[a-z][a-z0-9-]*", name):
        yield doc.problem(
            LEVEL,
            f"a production environment is dedicated to one project, and {name} names none",
            "name the file Pulumi.prod-PROJECT.yaml (T2, W3)",
        )
    elif name != level and not name.startswith(f"{level}-"):
        yield doc.problem(
            LEVEL, f"the stack is called {name} but its level is {level}", f"call it {level} or {level}-WORD"
        )
    if len(name) > MAX_NAME:
        yield doc.problem(LEVEL, f"the stack's name has {len(name)} characters", f"at most {MAX_NAME}")
    yield from region_rules(doc, spec.aws)
    yield from _identity_rules(doc, level, spec)
    yield from review_rules(doc, SPEC, spec.last_review, spec.next_review)


def organization_rules(
    doc: Document, spec: OrganizationSpec, environments: Sequence[EnvironmentStack]
) -> Problems:
    """The organization by itself, and with the environments it names."""
    yield from region_rules(doc, spec.aws)
    yield from review_rules(doc, SPEC, spec.last_review, spec.next_review)
    if spec.aws.also:
        yield doc.problem((*SPEC, "aws", "also"), "says nothing here", "each environment names its own")
    holders: dict[str, str] = {}
    for index, name in enumerate(spec.environments):
        at: Path = (*SPEC, "environments", index)
        account = next((e.spec.aws.account for e in environments if e.name == name), "")
        if account == spec.aws.account:
            yield doc.problem(
                at,
                f"{name} lives in the management account, where no policy of the organization holds",
                "give the environment an account of its own (R1)",
            )
        elif account and account in holders:
            message = (
                f"{name} shares its account with {holders[account]}: the stricter lock would hold for both"
            )
            yield doc.problem(at, message, "one account for each environment (W3)")
        holders.setdefault(account, name)


def region_rules(doc: Document, aws: AwsAccount) -> Problems:
    """Each region offers Amazon Braket, and is named once."""
    known = catalog.regions()
    for index, region in enumerate(aws.regions):
        at: Path = (*SPEC, "aws", "region") if index == 0 else (*SPEC, "aws", "also", index - 1)
        if region not in known:
            # Never lead across an ocean by a likeness of names.
            near = did_you_mean(region, [r for r in known if r[:3] == region[:3]])
            message = f"{region} does not offer Amazon Braket"
            yield doc.problem(at, message, f"{near}allowed: {', '.join(known)}")
        elif index and region == aws.region:
            yield doc.problem(at, f"{region} is home already", "remove it; also names further regions")


def _identity_rules(doc: Document, level: Level, spec: EnvironmentSpec) -> Problems:
    """Above the sandbox nobody applies by hand, and somebody can come in when all else fails."""
    identity, at = spec.identity, (*SPEC, "identity")
    if level is not Level.SANDBOX:
        for key, why in (("ci", "plan and apply are identities of their own (I2)"), ("break_glass", "(I1)")):
            if getattr(identity, key) is None:
                message = f"has no {key}, which level {level} demands"
                yield doc.problem(at, message, f"add {key}: {why}")
    glass = identity.break_glass
    if glass is not None and f"::{spec.aws.account}:" in glass.principal:
        yield doc.problem(
            (*at, "break_glass", "principal"),
            "is of this very account, which is entered through the identity provider",
            "a principal of another account, such as the management account",
        )
    if identity.bootstrap is not None and f"::{spec.aws.account}:" not in identity.bootstrap:
        message = "is not a role of this account"
        yield doc.problem((*at, "bootstrap"), message, f"a role of account {spec.aws.account}")
    kinds = {issuer.kind for issuer in identity.oidc}
    for index, name in enumerate(spec.existing):
        kind = name.removeprefix("oidc-")
        if kind != name and kind not in kinds:
            message = f"{name} is not used: identity.oidc names no issuer of kind {kind}"
            yield doc.problem((*SPEC, "existing", index), message, "remove it, or add the issuer")


def review_rules(doc: Document, at: Path, last: date | None, following: date) -> Problems:
    """The next review follows the last one within a quarter (G3)."""
    if last is None:
        return
    if following <= last:
        yield doc.problem((*at, "next_review"), f"is not after the last review ({last})", "a later day")
    elif following - last > timedelta(days=REVIEW_DAYS):
        latest = last + timedelta(days=REVIEW_DAYS)
        yield doc.problem(
            (*at, "next_review"),
            f"is {(following - last).days} days after the last review; reviews are at least quarterly",
            f'"{latest}" or earlier (G3)',
        )
