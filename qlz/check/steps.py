"""The steps of a preview: nothing that keeps data, keys, logs or limits goes by the way (L7, K5).

Policies do not see deletes, and `protect` in a state can be lifted by hand. So a pipeline hands over what
`pulumi preview --json` wrote, before it goes on: one object with `steps`, or, with streaming on, a line for
each event. Source: sdk/go/common/display and apitype of pulumi/pulumi.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_packs.controls import aws, azure
from policy_packs.controls.registry import all_controls
from qlz.check.report import Finding
from qlz.exit_codes import CommandError, ExitCode

RULE = "qlz-check-steps"
TITLE = "What keeps data, keys, logs or limits is neither deleted nor replaced"
_PROTECTING = ("qlz-l7-protected", "qlz-l7-azure-protected")
"""The controls that say which kinds must be protected."""
_BESIDE = frozenset(
    {
        # limits of what may be spent, and of what the organization's accounts may do
        "aws:cloudcontrol/resource:Resource",
        "aws:organizations/policy:Policy",
        "aws:organizations/policyAttachment:PolicyAttachment",
        # what guards a store, a key or a secret, and goes open or unencrypted without it
        aws.ALIAS,
        aws.BUCKET_ACCESS,
        aws.BUCKET_ENCRYPTION,
        aws.BUCKET_LIFECYCLE,
        aws.BUCKET_LOCK,
        aws.BUCKET_OWNERSHIP,
        aws.BUCKET_POLICY,
        aws.BUCKET_REPLICATION,
        aws.BUCKET_VERSIONING,
        aws.SECRET_POLICY,
        azure.BLOBS,
        azure.CONTAINER,
        azure.IMMUTABILITY,
        azure.LIFECYCLE,
        azure.LOCK,
        # what logs come by, and where alerts go
        aws.FLOW_LOG,
        aws.LOG_POLICY,
        aws.TOPIC,
        aws.TOPIC_POLICY,
        azure.ACTION_GROUP,
        azure.DIAGNOSTICS,
        # the names of buckets in states that older providers wrote
        "aws:s3/bucketV2:BucketV2",
        "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
    }
)
"""Kinds that go only with a stack, whether or not a control demands that they are protected. Alarms, their
rules and subscriptions, budgets, notebooks and rights come and go with projects, people and devices; that the
demanded ones are there is for the controls to say."""
_NAMED = ("boundary", "freeze")
"""Policies of IAM that limit, by the ends of their names; the others grant, and may go."""
_VERSION = re.compile(r"^(azure-native:[a-z0-9]+)/v[0-9a-z]+:")
_HARMLESS = frozenset({"same", "create", "update", "read", "read-replacement", "refresh", "import"})
_TAKING = frozenset(
    {
        "delete",
        "delete-replaced",
        "replace",
        "create-replacement",
        "import-replacement",
        "discard",
        "discard-replaced",
        "remove-pending-replace",
    }
)
_WHY = "A deleted key takes all it encrypted with it; a deleted log or store takes the evidence."
_FIX = (
    "Put the resource back as it was; to take a project away, set its lifecycle to decommissioned and bring "
    "that up first, as a change of its own."
)
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class PreviewStep:
    """One step of a preview."""

    op: str
    urn: str

    @property
    def type(self) -> str:
        """The resource's own type: the last of those that its URN chains; without a version of Azure's."""
        chained = self.urn.split("::")[2] if self.urn.count("::") >= 3 else ""
        return _VERSION.sub(r"\1:", chained.rpartition("$")[2])

    @property
    def name(self) -> str:
        """What the program calls the resource."""
        return self.urn.split("::", 3)[-1]

    @property
    def stack(self) -> str:
        """The stack its URN names."""
        return self.urn.removeprefix("urn:pulumi:").partition("::")[0]


def protected_types() -> frozenset[str]:
    """The kinds that hold data, keys, logs or limits: those that controls want protected, and more."""
    found = {control.id: control.types for control in all_controls()}
    return _BESIDE | {name for control in _PROTECTING for name in found[control]}


def read_steps(path: Path) -> tuple[PreviewStep, ...]:
    """The steps in a file. Raises CommandError: it cannot be read, or is no preview."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unreadable(path, "is larger than a preview can be")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _unreadable(path, "is not UTF-8 text") from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _streamed(path, text)
    if isinstance(data, dict) and isinstance(data.get("steps"), list):
        if data.get("maybeCorrupt") or any(map(_is_error, data.get("diagnostics") or ())):
            raise _unreadable(path, "is of a preview that failed, which lists only the steps until then")
        return tuple(_step(path, each) for each in data["steps"])
    return _streamed(path, text)


def step_findings(
    steps: Iterable[PreviewStep], stack: str, *, decommissioned: bool, file: str = ""
) -> Iterator[Finding]:
    """What the steps take away that is to stay; of a decommissioned stack everything may go.

    A step of another stack, or of a kind nobody knows, is not decided, which is no pass.
    """
    kinds = protected_types()
    for step in steps:
        kind, name = step.type, step.name
        if step.stack != stack:
            yield _finding(
                stack, step, f"is a step of stack {step.stack}, not of {stack}", file, decided=False
            )
        elif step.op not in _HARMLESS | _TAKING:
            yield _finding(
                stack, step, f"{name} ({kind}): {step.op!r} is no step known here", file, decided=False
            )
        elif step.op in _TAKING and (kind in kinds or _limits(step)) and not decommissioned:
            doing = "deletes" if step.op == "delete" else "takes away or replaces"
            yield _finding(stack, step, f"{name} ({kind}): the update {doing} it ({step.op})", file)


def _limits(step: PreviewStep) -> bool:
    return step.type == aws.POLICY and step.name.endswith(_NAMED)


def _finding(stack: str, step: PreviewStep, what: str, file: str, *, decided: bool = True) -> Finding:
    return Finding(
        rule=RULE,
        message=what,
        verdict="fail" if decided else "undecided",
        source="file",
        stack=stack,
        urn=step.urn,
        file=file,
        why=_WHY,
        fix=_FIX,
        severity="critical",
    )


def _streamed(path: Path, text: str) -> tuple[PreviewStep, ...]:
    """The events of a streamed preview, one a line; the last one is its summary, or it was cut off."""
    found: list[PreviewStep] = []
    ended = False
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            raise _unreadable(path, "is not the output of pulumi preview --json") from None
        if not isinstance(event, dict):
            raise _unreadable(path, "is not the output of pulumi preview --json")
        if isinstance(event.get("resourcePreEvent"), dict):
            found.append(_step(path, event["resourcePreEvent"].get("metadata")))
        summary = event.get("summaryEvent")
        ended = ended or (isinstance(summary, dict) and summary.get("result") == "succeeded")
    if not ended:
        raise _unreadable(path, "holds no whole preview: neither steps nor the summary of one that succeeded")
    return tuple(found)


def _is_error(diagnostic: Any) -> bool:
    return not isinstance(diagnostic, dict) or diagnostic.get("severity") == "error"


def _step(path: Path, data: Any) -> PreviewStep:
    if isinstance(data, Mapping):
        op, urn = data.get("op"), data.get("urn")
        if isinstance(op, str) and isinstance(urn, str) and urn.startswith("urn:pulumi:"):
            return PreviewStep(op, urn)
    raise _unreadable(path, "holds a step without an operation or a URN")


def _unreadable(path: Path, what: str) -> CommandError:
    fix = "pulumi preview --json --stack STACK > FILE, and hand over FILE"
    return CommandError(f"{path}: {what}", code=ExitCode.BAD_INPUT, fix=fix)
