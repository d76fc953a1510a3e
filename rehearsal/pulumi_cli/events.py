"""What the CLI's event log says, in the terms of the embedded engine's outcome."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, cast

from rehearsal.engine.analyzers import Violation
from rehearsal.engine.events import Diagnostic, Op, Step

_COLOUR: Final = re.compile(r"<\{%[^%]*%\}>")
_OPS: Final[dict[str, Op]] = {
    "same": "same",
    "create": "create",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
    "discard": "delete",
    "read": "read",
    "read-replacement": "read",
}
"""A replacement's own create and delete steps are left out: the replacement stands for them."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a marker of the format
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNDECIDED: Final = "can't run policy "
_STACK: Final = "pulumi:pulumi:Stack"
_UNSHOWN: Final = frozenset({"pulumi:providers:pulumi", "pulumi:pulumi:StackReference"})
"""What the CLI itself does not show: a read of another stack, and the provider behind it."""

Json = dict[str, Any]


class EventLog:
    """The events of one operation, read from the file that `--event-log` wrote."""

    def __init__(self, path: Path) -> None:
        self._events = list(_read(path))

    def _of(self, kind: str) -> Iterator[Json]:
        return (event[kind] for event in self._events if kind in event)

    @property
    def succeeded(self) -> bool:
        """Whether the log ends with a summary that says so. A log without a summary is a failure."""
        return any(summary.get("result") == "succeeded" for summary in self._of("summaryEvent"))

    def ran(self, pack: Path) -> bool:
        """Whether this local policy pack took part. The log shortens a long path in the middle."""
        named = {name for summary in self._of("summaryEvent") for name in summary.get("PolicyPacks") or {}}
        paths = (Path(name.split("|", 2)[2]) for name in named if name.count("|") >= 2)
        return any(path.parts[-2:] == pack.parts[-2:] for path in paths)

    def violations(self) -> tuple[Violation, ...]:
        return tuple(_violation(event) for event in self._of("policyEvent"))

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was said, debugging talk and progress left out."""
        said: list[Diagnostic] = []
        for event in self._of("diagnosticEvent"):
            severity = event["severity"].removesuffix("#err")
            text = _COLOUR.sub("", event.get("message", "")).rstrip()
            if severity not in ("info", "warning", "error") or event.get("ephemeral") or not text:
                continue
            said.append(
                Diagnostic(cast("Literal['info', 'warning', 'error']", severity), text, event.get("urn", ""))
            )
        return tuple(said)

    def steps(self, *, planned: bool) -> tuple[Step, ...]:
        """The steps of a preview (`planned`), or those that were done."""
        kind = "resourcePreEvent" if planned else "resOutputsEvent"
        found: dict[tuple[str, str], Step] = {}
        for event in self._of(kind):
            data = event["metadata"]
            op = _OPS.get(data["op"])
            if op is not None and data["type"] not in _UNSHOWN:
                found[data["urn"], op] = _step(op, data)
        return tuple(found.values())

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs, secrets as "[secret]", unknowns as "[unknown]"."""
        outputs: Json = {}
        for event in self._of("resOutputsEvent"):
            data = event["metadata"]
            if data["type"] == _STACK and data["op"] != "delete":
                outputs = (data.get("new") or {}).get("outputs") or {}
        return {key: _shown(outputs[key]) for key in sorted(outputs)}


def _read(path: Path) -> Iterator[Json]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # cut off with its process; the summary that is then missing makes it a failure
        if isinstance(event, dict):
            yield event


def _violation(event: Json) -> Violation:
    # The log does not tell a policy's own level: what could not decide counts as a no, advisory or not.
    message = _COLOUR.sub("", event.get("message", "")).strip()
    undecided = message.startswith(_UNDECIDED)
    description, _, rest = message.partition("\n")
    advisory = event.get("enforcementLevel") == "advisory" and not undecided
    return Violation(
        pack=event.get("policyPackName", ""),
        version=event.get("policyPackVersion", ""),
        policy=event.get("policyName", ""),
        urn=event.get("resourceUrn", ""),
        level="advisory" if advisory else "mandatory",
        message=rest.strip() or message,
        description="" if undecided else description,
        severity=event.get("severity", ""),
        undecided=undecided,
    )


def _step(op: Op, data: Json) -> Step:
    state = data.get("new") or data.get("old") or {}
    urn = data["urn"]
    keys = tuple(data.get("diffs") or data.get("keys") or ())
    retained = op == "delete" and bool((data.get("old") or {}).get("retainOnDelete"))
    return Step(op, urn, data["type"], urn.rsplit("::", 1)[-1], state.get("id", ""), keys, retained)


def _shown(value: Any) -> Any:
    if value == _UNKNOWN:
        return "[unknown]"
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return "[secret]"
        return {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value
