"""Rules of a charter by itself: names, dates, jurisdictions, the data path."""

from __future__ import annotations

from datetime import date

from components import catalog
from components.spec.charter import MAX_YEARS, Charter, DataClass, Hop, Step
from components.spec.problems import Path, choices
from components.spec.rules import Problems, review_rules
from components.spec.strict_yaml import Document
from components.spec.tiers import Level

UNKNOWN = "unknown"
"""What a hop outside the boundary may say when nobody knows where it processes."""


def charter_rules(doc: Document, charter: Charter, name: str) -> Problems:
    """All rules of the charter in file ``name``.yaml."""
    yield from _names(doc, charter, name)
    yield from _dates(doc, charter)
    yield from _codes(doc, charter)
    yield from _data_path(doc, charter)
    yield from _spending(doc, charter)


def _names(doc: Document, charter: Charter, name: str) -> Problems:
    if charter.name != name:
        message = f"is {charter.name}, but the file is {name}.yaml"
        yield doc.problem(("name",), message, f"write: name: {name}")
    taken = (*Level, "azure")
    if any(name == word or name.startswith(f"{word}-") for word in taken):
        fix = f"choose one that does not begin with {', '.join(taken)}"
        yield doc.problem(("name",), f"{name} begins like the name of an environment", fix)


def _dates(doc: Document, charter: Charter) -> Problems:
    start, last = charter.start, charter.last_review
    if charter.end <= start:
        yield doc.problem(("end",), f"is not after the start ({start})", "a later day")
    elif charter.end > _years_after(start, MAX_YEARS):
        message = f"is more than {MAX_YEARS} years after the start ({start})"
        yield doc.problem(("end",), message, "renew the charter in time instead")
    if last is not None and last < start:
        yield doc.problem(("last_review",), f"is before the start ({start})", "leave it out until then")
    yield from review_rules(doc, (), last or start, charter.next_review)


def _years_after(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap_day else day.day)


def _codes(doc: Document, charter: Charter) -> Problems:
    written: list[tuple[Path, str]] = [
        (("jurisdictions", i), code) for i, code in enumerate(charter.jurisdictions)
    ]
    for index, hop in enumerate(charter.data_path):
        if hop.jurisdiction != UNKNOWN:
            written.append((("data_path", index, "jurisdiction"), hop.jurisdiction))
    if charter.contract is not None:
        for field in ("support_jurisdictions", "log_jurisdictions", "backup_jurisdictions"):
            codes: tuple[str, ...] = getattr(charter.contract, field)
            written += [(("contract", field, i), code) for i, code in enumerate(codes)]
    known = catalog.jurisdictions()
    for path, code in written:
        if code not in known:
            near = "did you mean GB? allowed: " + ", ".join(known) if code == "UK" else choices(code, known)
            yield doc.problem(path, f"{code} is not a known jurisdiction", near)


def _data_path(doc: Document, charter: Charter) -> Problems:
    if DataClass.RAW in charter.data_leaving:
        allowed = ", ".join(item for item in DataClass if item is not DataClass.RAW)
        path = ("data_leaving", charter.data_leaving.index(DataClass.RAW))
        yield doc.problem(path, "raw data never leaves the boundary", f"allowed: {allowed} (R2)")
    steps = {hop.step for hop in charter.data_path}
    for step in (Step.SUBMISSION_API, Step.RESULT_STORE):
        if step not in steps:
            yield doc.problem(("data_path",), f"has no {step} hop", f"add - {{step: {step}, …}} (W1)")
    for index, hop in enumerate(charter.data_path):
        yield from _hop(doc, charter, ("data_path", index), hop)


def _spending(doc: Document, charter: Charter) -> Problems:
    """Only quantum processors have a spending limit."""
    processors = [d.id for d in catalog.devices().values() if d.kind is catalog.DeviceKind.QPU]
    for index, row in enumerate(charter.spending):
        at = ("spending", index, "device")
        device = catalog.devices().get(row.device)
        if device is None:
            message = f"{row.device} is not in the device catalogue"
            yield doc.problem(at, message, choices(row.device, processors))
        elif device.kind is not catalog.DeviceKind.QPU:
            message = f"{row.device} is a simulator, which spending limits do not cover"
            yield doc.problem(at, message, "remove the entry; watch it by a budget")


def _hop(doc: Document, charter: Charter, at: Path, hop: Hop) -> Problems:
    if hop.inside:
        known = hop.jurisdiction in catalog.jurisdictions()
        if known and not catalog.covers(charter.jurisdictions, hop.jurisdiction):
            yield doc.problem(
                (*at, "jurisdiction"),
                f"{hop.jurisdiction} is inside the boundary but not among the charter's jurisdictions",
                f"allowed: {', '.join(charter.jurisdictions)} (R1)",
            )
    elif hop.data_class not in charter.data_leaving:
        yield doc.problem(
            (*at, "data_class"),
            f"{hop.data_class} data leaves the boundary here, which data_leaving does not allow",
            f"allowed: {', '.join(charter.data_leaving) or 'none'} (R2)",
        )
