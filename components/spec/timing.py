"""What is wrong because of the day it is.

Kept apart: it refuses what widens or adds, and never what only tightens or takes away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from components import catalog
from components.catalog import azure as azure_catalog
from components.spec.charter import REVIEW_DAYS, Charter
from components.spec.problems import Path, Problem
from components.spec.rules import SPEC
from components.spec.stacks import (
    AnyEnvironment,
    AnyProject,
    AzureProjectStack,
    OrganizationStack,
    ProjectStack,
)
from components.spec.strict_yaml import Document
from components.spec.tiers import Level


def environment_timing(doc: Document, stack: AnyEnvironment, today: date) -> Iterator[Problem]:
    """Time-based problems of an environment: an overdue review or trial of
    break-glass blocks at level prod only (G3)."""
    spec = stack.spec
    blocks = stack.level is Level.PROD
    yield from _review(doc, SPEC, spec.last_review, spec.next_review, today, blocks)
    glass = spec.identity.break_glass
    if glass is None:
        return
    at = (*SPEC, "identity", "break_glass", "last_tested")
    due = glass.last_tested + timedelta(days=glass.test_every_days)
    if today > due:
        message = f"break-glass was to be tried again by {due}"
        yield doc.problem(at, message, "try it, then write down the day", blocks=blocks)
    if glass.last_tested > today:
        message = f"{glass.last_tested} has not come yet"
        yield doc.problem(at, message, "the day it was last tried", blocks=blocks)


def organization_timing(doc: Document, stack: OrganizationStack, today: date) -> Iterator[Problem]:
    """Time-based problems of the organization: an overdue review is shown, for its locks only tighten."""
    yield from _review(doc, SPEC, stack.spec.last_review, stack.spec.next_review, today, blocks=False)


def project_timing(doc: Document, charter_doc: Document, stack: AnyProject, today: date) -> Iterator[Problem]:
    """Time-based problems of a project."""
    charter, demands = stack.charter, stack.demands
    if today < charter.start:
        yield charter_doc.problem(("start",), f"the project begins on {charter.start}", "wait, or correct it")
    if today > charter.end:
        yield charter_doc.problem(
            ("end",), f"the project ended on {charter.end}", "extend the charter, or decommission the project"
        )
    last = charter.last_review or charter.start
    yield from _review(charter_doc, (), last, charter.next_review, today, demands.overdue_review_blocks)
    yield from _contract(charter_doc, charter, today, blocks=demands.contract_record)
    known = azure_catalog.targets() if isinstance(stack, AzureProjectStack) else catalog.devices()
    if not isinstance(stack, AzureProjectStack):
        yield from _key(doc, stack, today)
    for index, name in enumerate(stack.spec.devices):
        device = known[name]
        if device.status is catalog.Status.RETIRED:
            hint = f"{device.replacement} is available" if device.replacement else "remove it"
            yield doc.problem((*SPEC, "devices", index), f"{name} is retired", hint)
    if isinstance(stack, AzureProjectStack):
        yield from _azure(doc, stack, today)


def _azure(doc: Document, stack: AzureProjectStack, today: date) -> Iterator[Problem]:
    """What was accepted for a time is over; an elevation that ended gives nothing, and is only shown."""
    for index, row in enumerate(stack.spec.accepted):
        if today > row.expires:
            message = f"{row.demand} was accepted until {row.expires}"
            fix = "decide anew, with another approver's word, or leave the tier (G4)"
            yield doc.problem((*SPEC, "accepted", index, "expires"), message, fix)
    elevation = stack.spec.elevation
    if elevation is not None and today > elevation.until:
        message = f"nobody is eligible since {elevation.until}"
        fix = "review who needs it, then set another day, or remove elevation (I6)"
        yield doc.problem((*SPEC, "elevation", "until"), message, fix, blocks=False)


def _key(doc: Document, stack: ProjectStack, today: date) -> Iterator[Problem]:
    """Own key material is rotated by people: overdue, it blocks where the tier demands such material (K3)."""
    key, blocks = stack.spec.key, stack.demands.bring_your_own_key
    if key is None or key.imported is None or key.rotate_by is None:
        return
    if today > key.rotate_by:
        message = f"the key's own material was to be rotated by {key.rotate_by}"
        fix = "import the next material (docs/own-key-material.md), then write down both days (K3)"
        yield doc.problem((*SPEC, "key", "rotate_by"), message, fix, blocks=blocks)
    if key.imported > today:
        message = f"{key.imported} has not come yet"
        yield doc.problem((*SPEC, "key", "imported"), message, "the day it was imported", blocks=blocks)


def _review(
    doc: Document, at: Path, last: date | None, following: date, today: date, blocks: bool
) -> Iterator[Problem]:
    path = (*at, "next_review")
    if today > following:
        fix = "review it, then set last_review and next_review (G3)"
        yield doc.problem(path, f"the review is overdue since {following}", fix, blocks=blocks)
    elif last is None and following - today > timedelta(days=REVIEW_DAYS):
        latest = today + timedelta(days=REVIEW_DAYS)
        fix = f'"{latest}" or earlier, or give last_review (G3)'
        yield doc.problem(path, f"is {(following - today).days} days ahead", fix, blocks=blocks)
    if doc.has((*at, "last_review")) and last is not None and last > today:
        message = f"{last} has not come yet"
        yield doc.problem((*at, "last_review"), message, "the day of the last review", blocks=blocks)


def _contract(doc: Document, charter: Charter, today: date, *, blocks: bool) -> Iterator[Problem]:
    contract = charter.contract
    if contract is None:
        return
    if today > contract.expires:
        fix = "check the contract record anew (R3)"
        yield doc.problem(("contract", "expires"), f"ran out on {contract.expires}", fix, blocks=blocks)
    if contract.verified > today:
        fix = "the day it was last checked"
        yield doc.problem(
            ("contract", "verified"), f"{contract.verified} has not come yet", fix, blocks=blocks
        )
