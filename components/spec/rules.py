"""Rules of an environment by itself, and those that environments and projects share.

A rule looks at more than one field or at the catalogue. Each yields problems and decides nothing about the
day it is: what depends on today is in ``timing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from components import catalog
from components.spec.charter import REVIEW_DAYS
from components.spec.environment import AwsAccount, EnvironmentSpec
from components.spec.fields import MAX_NAME
from components.spec.problems import Path, Problem, did_you_mean
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
    yield from review_rules(doc, SPEC, spec.last_review, spec.next_review)


def region_rules(doc: Document, aws: AwsAccount) -> Problems:
    """The region offers Amazon Braket."""
    known = catalog.regions()
    if aws.region not in known:
        # Never lead across an ocean by a likeness of names.
        near = did_you_mean(aws.region, [r for r in known if r[:3] == aws.region[:3]])
        message = f"{aws.region} does not offer Amazon Braket"
        yield doc.problem((*SPEC, "aws", "region"), message, f"{near}allowed: {', '.join(known)}")


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
