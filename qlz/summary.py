"""An outcome as a person reads it, and as a program does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from qlz import failures
from qlz.output import Reporter
from rehearsal.engine import Outcome, ProtectedResources, Step
from rehearsal.engine.analyzers import Violation

CHANGE_WORDS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "same": "unchanged",
}
PREVIEW_WORDS = {
    "create": "to create",
    "update": "to update",
    "replace": "to replace",
    "delete": "to delete",
    "same": "unchanged",
}
KEY = "aws:kms/key:Key"
VAULT = "azure-native:keyvault:Vault"
SENTENCES = (("dataLivesIn", "Data"), ("keysLiveIn", "Keys"), ("logsLiveIn", "Logs"))
"""The three outputs that say where things live, one sentence each (G6)."""


def type_label(token: str) -> str:
    """A type token as people say it: `aws:s3/bucketPolicy:BucketPolicy` becomes "s3 BucketPolicy"."""
    module, _, name = token.rpartition(":")
    area = module.partition(":")[2].partition("/")[0]
    return f"{area} {name}".strip()


def urn_label(urn: str) -> str:
    """A resource as people say it: "s3 Bucket results"."""
    return f"{type_label(urn.split('::')[2].rpartition('$')[2])} {urn.rpartition('::')[2]}"


def is_real(step: Step) -> bool:
    """Whether a step is about something in a cloud: not a component, a stack or a provider."""
    return bool(re.match(r"(aws|azure-native):", step.type))


def change_text(changes: Mapping[str, int], *, dry_run: bool) -> str:
    """`27 created, 2 unchanged`, or "nothing to change"."""
    words = PREVIEW_WORDS if dry_run else CHANGE_WORDS
    parts = [f"{changes[op]} {word}" for op, word in words.items() if op != "same" and changes.get(op)]
    if not parts:
        return "nothing to change"
    if changes.get("same"):
        parts.append(f"{changes['same']} {words['same']}")
    return ", ".join(parts)


def kinds_table(steps: Iterable[Step]) -> Table | None:
    """What was changed, by kind; None if nothing was."""
    counts = Counter(
        (step.op, type_label(step.type)) for step in steps if step.op != "same" and is_real(step)
    )
    if not counts:
        return None
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    table.add_column(style="dim")
    for (op, kind), count in sorted(counts.items(), key=lambda item: (item[0][1], item[0][0])):
        table.add_row(f"  {count}", Text(kind), op)
    return table


def is_undecided(outcome: Outcome) -> bool:
    """Whether a preview met no no: only values that the cloud has not assigned yet."""
    against = [violation for violation in outcome.violations if violation.mandatory]
    return outcome.dry_run and outcome.result == "blocked" and all(found.undecided for found in against)


def _not_good(outcome: Outcome) -> str:
    if isinstance(outcome.error, ProtectedResources):
        return "refused, nothing was deleted"
    if is_undecided(outcome):
        return "cannot be decided yet, nothing was made"
    if outcome.result == "blocked":
        return f"blocked by policy, {'nothing was made' if outcome.dry_run else 'stopped'}"
    return "failed"


def show_outcome(report: Reporter, outcome: Outcome) -> None:
    """The readable summary of one stack."""
    good = outcome.result == "ok"
    kept = len(outcome.kept)
    changes = {**outcome.changes, "delete": outcome.changes.get("delete", 0) - kept}
    changed = change_text(changes, dry_run=outcome.dry_run) + (f", {kept} kept" if kept else "")
    if outcome.policies:
        changed += f", {len(outcome.policies)} controls in force"
    head = Text.assemble(
        ("✓ " if good else "✗ ", "green" if good else "red"),
        (outcome.stack, "bold"),
        "  ",
        changed if good else _not_good(outcome),
        (f"  ({outcome.duration:.1f} s)", "dim"),
    )
    report.line(head)
    if (good or is_undecided(outcome)) and (table := kinds_table(outcome.steps)) is not None:
        report.console.print(table)
    show_violations(report, outcome.violations)
    for diagnostic in outcome.diagnostics:
        if diagnostic.severity in ("warning", "error"):
            report.line(f"  {diagnostic.severity}: {diagnostic.message}")
    if isinstance(outcome.error, ProtectedResources):
        show_protected(report, outcome.stack, outcome.error)
    elif outcome.error is not None and outcome.result == "failed":
        for text in failures.text(outcome.error).splitlines():
            report.line(f"  {text}", style="red")
    if outcome.kept:
        report.line("  kept on purpose: an investigation may need it (L7), or it holds a lock:")
    for left in outcome.kept:
        report.line(f"    {urn_label(left.urn)}  {left.id}")
    if outcome.operation == "destroy" and any(s.op == "delete" and s.type == KEY for s in outcome.steps):
        report.line("  keys that were deleted can be brought back until their waiting period ends (AWS KMS)")
    if outcome.operation == "destroy" and any(s.op == "delete" and s.type == VAULT for s in outcome.steps):
        report.line("  vaults that were deleted keep their names and keys until their retention ends (Azure)")


def show_protected(report: Reporter, stack: str, error: ProtectedResources) -> None:
    """What holds the stack, and the way out."""
    report.line(f"  {len(error.urns)} resources are protected:")
    for urn in error.urns:
        report.line(f"    {urn_label(urn)}")
    report.line(
        f"  fix: set `lifecycle: decommissioned` in stacks/Pulumi.{stack}.yaml and bring it up; or rehearse"
    )
    report.line(f"       the whole exit on a copy: qlz rehearse destroy {stack} --decommission")


def show_recorded(report: Reporter, recorded: Mapping[str, Sequence[str]]) -> None:
    """What was set but has no effect in the local cloud: reported, never dropped in silence."""
    if recorded:
        listed = "; ".join(f"{type_label(kind)}: {', '.join(names)}" for kind, names in recorded.items())
        report.line(f"Only recorded, not emulated by the local cloud: {listed}", style="dim")


def show_violations(report: Reporter, violations: Sequence[Violation]) -> None:
    """Each violation with its resource, and what to do: what blocks first, then advice."""
    for violation in sorted(violations, key=lambda v: (not v.mandatory, v.policy, v.urn)):
        name = violation.urn.rpartition("::")[2]
        mark = ("  ✗ ", "red") if violation.mandatory else ("  ! ", "yellow")
        report.line(Text.assemble(mark, (violation.policy, "bold"), f"  {name}"))
        for text in violation.message.strip().splitlines():
            report.line(f"      {text}")


def show_places(report: Reporter, outputs: Mapping[str, Any]) -> None:
    """Where a project's data, keys and logs live: wrapped on a terminal, a line each elsewhere."""
    table = Table.grid(padding=(0, 1))
    for key, label in SENTENCES:
        if not isinstance(outputs.get(key), str):
            continue
        if report.console.is_terminal:
            table.add_row(Text(f"  {label}", "bold"), Text(outputs[key]))
        else:
            report.line(f"  {label:<5} {outputs[key]}")
    if table.row_count:
        report.console.print(table, soft_wrap=False)


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """One stack's part of the --json document. Secret outputs are masked by the engine."""
    return {
        "stack": outcome.stack,
        "operation": outcome.operation,
        "dry_run": outcome.dry_run,
        "result": outcome.result,
        "changes": dict(outcome.changes),
        "steps": [
            {"op": s.op, "urn": s.urn, "type": s.type, "name": s.name, "id": s.id, "keys": list(s.keys)}
            for s in outcome.steps
        ],
        "controls": [{"pack": p.pack, "control": p.name, "level": p.level} for p in outcome.policies],
        "violations": [
            {
                "pack": v.pack,
                "control": v.policy,
                "level": v.level,
                "urn": v.urn,
                "message": v.message,
                "severity": v.severity,
                "undecided": v.undecided,
            }
            for v in outcome.violations
        ],
        "diagnostics": [
            {"severity": d.severity, "message": d.message, "urn": d.urn}
            for d in outcome.diagnostics
            if d.severity != "debug"
        ],
        "outputs": dict(outcome.outputs),
        "kept": [{"urn": k.urn, "id": k.id} for k in outcome.kept],
        "error": failures.text(outcome.error) if outcome.error else None,
        "duration_seconds": round(outcome.duration, 3),
    }
