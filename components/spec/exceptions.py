"""Exceptions on record: one file each in stacks/exceptions/, read strictly (G4).

An exception lets what one control finds on one resource of one stack pass for a time. Which controls there
are and which of them admit exceptions is the policy packs' to know; the rest is judged here. The file's name
is the exception's name and stays when it is renewed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from components.spec.explain import validate
from components.spec.fields import Date, Email, Model, Sentence, Text, wrong
from components.spec.files import Files
from components.spec.loaded import LoadedStack
from components.spec.people import same_person
from components.spec.problems import Problem, SpecError, choices
from components.spec.shape import NAMESPACE
from components.spec.stacks import AnyProject, OrganizationStack
from components.spec.strict_yaml import Document
from components.spec.tiers import Level, longest_exception

FOLDER = "stacks/exceptions"
WHOLE_STACK = "stack"
"""The resource of an exception from a rule over the stack as a whole."""
FILES = "files"
"""The stack of an exception from a check by file; no stack is called so."""
LONGEST = 90
"""Days from approval to expiry, at most; the stack's tier may allow fewer."""

_CONTROL = r"qlz-(?:[a-z][0-9]|file-[a-z][0-9])-[a-z0-9-]+"
_TYPE = r"[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9_./-]*:[A-Za-z][A-Za-z0-9_.-]*"
_SHORT = re.compile(rf"({_TYPE})::(.+)")
_URN = re.compile(rf"urn:pulumi:([^:]+)::([^:]+)::(?:{_TYPE}\$)*({_TYPE})::(.+)")
_FILE = re.compile(r"file::([^:]+):([0-9a-f]{16})")
_LINE = re.compile(r"file::[^:]+:[0-9]{1,7}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STACK = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_AT = "file::PATH:MARK, as the finding names it"
_HINT = "TYPE::NAME, a whole URN, or stack for a rule over the stack as a whole"


def _control(value: str) -> str:
    if not re.fullmatch(_CONTROL, value):
        raise wrong(f"{value} is not the id of a control", "one control's id, such as qlz-l1-log-retention")
    return value


def _stack(value: str) -> str:
    if not re.fullmatch(_STACK, value):
        raise wrong(f"{value} is not a stack's name", f"one stack, such as optimus-sandbox, or {FILES}")
    return value


def _resource(value: str) -> str:
    if any(sign in value for sign in "*?"):
        raise wrong("holds a wildcard", f"one resource: {_HINT}")
    parts = _FILE.fullmatch(value)
    if parts and (parts[1].startswith("/") or ".." in parts[1].split("/")):
        raise wrong("leads outside the project", _AT)
    if _LINE.fullmatch(value):
        raise wrong("names a line, where anything may come to stand", f"what was found there: {_AT}")
    if value != WHOLE_STACK and not any(form.fullmatch(value) for form in (_SHORT, _URN, _FILE)):
        raise wrong(f"{value} names no resource", _HINT)
    return value


class PolicyException(Model):
    """One finding that may pass for a time, and who answers for it (G4)."""

    control: Annotated[Text, Field(json_schema_extra={"pattern": f"^{_CONTROL}$"}), AfterValidator(_control)]
    """The one control it is from, such as qlz-l1-log-retention."""
    stack: Annotated[
        str, Field(json_schema_extra={"pattern": f"^{_STACK}$"}, max_length=80), AfterValidator(_stack)
    ]
    """The one stack it holds in; files for a check by file (qlz-file-…)."""
    resource: Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_resource)]
    """TYPE::NAME, a whole URN, or stack for the stack as a whole; file::PATH:MARK for a check by file."""
    owner: Email
    """Who answers for it, and ends it in time."""
    reason: Sentence
    """Why the control cannot be met, in one sentence."""
    compensating_control: Sentence
    """What protects instead, in one sentence."""
    approver: Email
    """Who approved it: not its owner, and not the owner of what the stack holds."""
    ticket: Text
    """Where it was asked for and approved."""
    approved: Date
    """The day it was approved, in quotes."""
    expires: Date
    """Its last day, in quotes: at most 90 days after approved, 30 in regulated tiers."""

    @model_validator(mode="after")
    def _consistent(self) -> PolicyException:
        if same_person(self.approver, self.owner):
            raise wrong(f"{self.approver} is the owner", "somebody else approves (G4)", at="approver")
        if self.compensating_control.casefold() == self.reason.casefold():
            raise wrong("says the reason again", "what protects instead", at="compensating_control")
        if self.expires <= self.approved:
            raise wrong(f"is not after approved ({self.approved})", "a later day", at="expires")
        if too_long := beyond(self, LONGEST):
            raise wrong(*too_long, at="expires")
        by_file = (self.control.startswith("qlz-file-"), self.stack == FILES, self.path is not None)
        if len(set(by_file)) > 1:
            raise wrong(
                f"{self.resource} does not go with control {self.control} in stack {self.stack}",
                f"of a check by file: control qlz-file-…, stack {FILES}, resource {_AT}",
                at="resource",
            )
        return self

    @property
    def path(self) -> tuple[str, str] | None:
        """Of an exception from a check by file: the file, and the mark of what was found there."""
        found = _FILE.fullmatch(self.resource)
        return (found[1], found[2]) if found else None

    @property
    def type_and_name(self) -> tuple[str, str]:
        """The resource's own type and its name; of the stack as a whole two empty texts."""
        found = _URN.fullmatch(self.resource)
        if found:
            return found[3], found[4]
        short = _SHORT.fullmatch(self.resource)
        return (short[1], short[2]) if short else ("", "")

    @property
    def urn(self) -> str:
        """The URN, where it is written out."""
        return self.resource if _URN.fullmatch(self.resource) else ""


def beyond(exception: PolicyException, days: int) -> tuple[str, str] | None:
    """What is wrong and what to write, where an exception lasts longer than so many days."""
    lasts, latest = (exception.expires - exception.approved).days, exception.approved + timedelta(days=days)
    return (f"is {lasts} days after approved", f'"{latest}" or earlier (G4)') if lasts > days else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One file. Without `exception` it is malformed, and `problems` say why.

    stack: empty where it cannot be told whose it is: then it concerns every stack.
    """

    file: str
    stack: str = ""
    exception: PolicyException | None = None
    document: Document | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The exception's name."""
        return Path(self.file).stem

    def line(self, key: str) -> int:
        """The line of a key."""
        return self.document.line((key,)) if self.document else 0

    def refused(self, problems: Iterable[Problem]) -> Recorded:
        """The same with further problems: then it excepts nothing."""
        found = (*self.problems, *problems)
        return replace(self, problems=found, exception=None if found else self.exception)

    def expired(self, today: date) -> bool:
        """Whether its last day is over; a malformed one is worse than that."""
        return self.exception is not None and today > self.exception.expires


def read_exceptions(root: Path) -> tuple[Recorded, ...]:
    """Every file in stacks/exceptions/, by name. Raises nothing: what is wrong is in each one's problems."""
    folder = root / FOLDER
    if folder.is_symlink():
        return (_bad(FOLDER, "is a link", "make it a folder"),)
    try:
        with os.scandir(folder) as entries:
            stamps = sorted((each.name, _stamp(each)) for each in entries if each.name != "README.md")
    except FileNotFoundError:
        return ()
    except OSError as error:
        return (_bad(FOLDER, f"cannot be read: {error.strerror or 'it cannot be opened'}"),)
    wanted = tuple((name, stamp) for name, stamp in stamps if not name.startswith("."))
    return _read_all(root, wanted, Files(root).stack_names()) if wanted else ()


def _stamp(entry: os.DirEntry[str]) -> tuple[int, ...]:
    """Changes whenever the file does."""
    stat = entry.stat(follow_symlinks=False)
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


@lru_cache(maxsize=4)
def _read_all(
    root: Path, files: tuple[tuple[str, tuple[int, ...]], ...], stacks: tuple[str, ...]
) -> tuple[Recorded, ...]:
    """Once for all stacks that are judged in one process: a check of many asks for each."""
    return _without_doubles([_read(Files(root), f"{FOLDER}/{name}", stacks) for name, _ in files])


def exceptions_of(
    stack: str, recorded: Iterable[Recorded], loaded: LoadedStack | None, today: date
) -> tuple[Recorded, ...]:
    """Those of one stack and those that may be anybody's, with the stack's own rules and the day applied.

    loaded: None where the stack's files cannot be read; then nothing is excepted. An expired one stays
    well-formed: ask `expired`.
    """
    found = []
    for each in recorded:
        if each.stack not in ("", stack):
            continue
        unread = Problem(each.file, each.line("stack"), "stack", f"{stack} cannot be read")
        judged = each.refused([unread] if loaded is None else _stack_rules(each, loaded))
        found.append(judged.refused(approval_rules(judged, today)))
    return tuple(found)


def approval_rules(each: Recorded, today: date) -> Iterator[Problem]:
    """An approval that has not come yet is none."""
    if each.exception is not None and each.document is not None and each.exception.approved > today:
        message = f"{each.exception.approved} has not come yet"
        yield each.document.problem(("approved",), message, "the day it was approved")


def _stack_rules(each: Recorded, loaded: LoadedStack) -> Iterator[Problem]:
    exception, doc = each.exception, each.document
    if exception is None or doc is None:
        return
    if too_long := beyond(exception, _longest(loaded)):
        yield doc.problem(("expires",), *too_long)
    stack = loaded.stack
    theirs = stack.charter.owner if isinstance(stack, AnyProject) else stack.spec.owner
    if same_person(exception.approver, theirs):
        message = f"{exception.approver} answers for {loaded.name}"
        yield doc.problem(("approver",), message, "somebody who does not gain by it (G4)")
    found = _URN.fullmatch(exception.resource)
    if found and (found[1], found[2]) != (loaded.name, NAMESPACE):
        message = f"is of stack {found[1]} of project {found[2]}"
        yield doc.problem(("resource",), message, f"urn:pulumi:{loaded.name}::{NAMESPACE}::…")


def _longest(loaded: LoadedStack) -> int:
    """Days. Production environments and the organization stand above regulated work."""
    stack = loaded.stack
    if isinstance(stack, AnyProject):
        return stack.demands.exception_days_max
    upper = isinstance(stack, OrganizationStack) or stack.level is Level.PROD
    return longest_exception(regulated=upper)


def _bad(file: str, message: str, fix: str = "") -> Recorded:
    return Recorded(file, problems=(Problem(file, 0, "", message, fix),))


def _read(files: Files, file: str, stacks: tuple[str, ...]) -> Recorded:
    path = files.root / file
    name = file.removeprefix(f"{FOLDER}/")
    if path.is_symlink():
        return _bad(file, "is a link", "put the file there itself")
    if not name.endswith(".yaml") or not _NAME.fullmatch(name.removesuffix(".yaml")) or len(name) > 85:
        shown = file if file.isprintable() else repr(file)
        fix = "NAME.yaml: lower-case letters, digits and single hyphens; nothing else lies here but README.md"
        return replace(_bad(shown, "is not the name of an exception's file", fix), file=shown)
    try:
        doc = files.document(file)
    except SpecError as error:
        return Recorded(file, problems=error.problems)
    stack = _told(doc.value.get("stack"), stacks)
    exception, problems = validate(PolicyException, doc)
    if exception is not None and not stack:
        fix = choices(exception.stack, stacks).replace("allowed:", "stacks:")
        problems.append(doc.problem(("stack",), f"there is no stack {exception.stack}", fix))
    read = {problem.key for problem in doc.problems}
    told = [problem for problem in problems if not problem.key or problem.key not in read]
    return Recorded(file, stack, exception, doc).refused([*doc.problems, *told])


def _told(stack: Any, stacks: tuple[str, ...]) -> str:
    """The stack a file names, where there is one of that name."""
    return stack if isinstance(stack, str) and stack in (*stacks, FILES) else ""


def _without_doubles(found: list[Recorded]) -> tuple[Recorded, ...]:
    """Two files for one finding except nothing: one of them is forgotten when the other ends."""
    held: dict[tuple[Any, ...], list[Recorded]] = {}
    for each in found:
        if (one := each.exception) is not None:
            place = one.path or one.type_and_name
            held.setdefault((one.stack, one.control, place), []).append(each)
    doubles: dict[str, list[str]] = {}
    for same in held.values():
        # Two URNs may share type and name below different parents.
        urns = [each.exception.urn for each in same if each.exception]
        if len(same) > 1 and not (all(urns) and len(set(urns)) == len(urns)):
            for each in same:
                doubles[each.file] = [other.file for other in same if other is not each]
    return tuple(_doubled(each, doubles.get(each.file, [])) for each in found)


def _doubled(each: Recorded, others: list[str]) -> Recorded:
    if not others or each.document is None:
        return each
    message = f"is excepted by {', '.join(others)}, too"
    return each.refused([each.document.problem(("resource",), message, "keep one file, and renew that one")])
