"""The gate before an update: what keeps data, keys or logs is neither deleted nor replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qlz.check.steps import PreviewStep, protected_types, read_steps, step_findings
from qlz.exit_codes import CommandError, ExitCode
from tests.mutation.recording import record

STACK = "optimus-dev"
KEY = f"urn:pulumi:{STACK}::qlz::qlz:braket:Project$aws:kms/key:Key::optimus-dev"
ROLE = f"urn:pulumi:{STACK}::qlz::qlz:braket:Project$aws:iam/role:Role::people"


def found(*steps: tuple[str, str], decommissioned: bool = False) -> list[tuple[str, str]]:
    told = step_findings([PreviewStep(*s) for s in steps], STACK, decommissioned=decommissioned)
    return [(finding.verdict, finding.urn) for finding in told]


@pytest.mark.parametrize("op", ["delete", "replace", "delete-replaced", "create-replacement", "discard"])
def test_a_key_that_goes_is_stopped(op: str) -> None:
    assert found(("same", ROLE), (op, KEY)) == [("fail", KEY)]
    assert found((op, KEY), decommissioned=True) == []


def test_the_rest_may_go_and_a_key_may_change() -> None:
    assert found(("delete", ROLE), ("update", KEY), ("same", KEY), ("import", KEY)) == []


def test_every_kind_that_must_be_protected_is_held() -> None:
    for kind in protected_types():
        urn = f"urn:pulumi:{STACK}::qlz::a:b:C${kind}::x"
        assert found(("delete", urn)) == [("fail", urn)]
    assert {"aws:kms/externalKey:ExternalKey", "aws:s3/bucket:Bucket"} <= protected_types()


def test_all_that_the_stacks_protect_is_held() -> None:
    """Also what no control asks to be protected."""
    recorded = record(["organization", "sandbox", "azure-sandbox", "optimus-sandbox"])
    protected = {each.urn for stack in recorded for each in stack.resources if each.protect}
    assert len({urn.split("::")[2].rpartition("$")[2] for urn in protected}) > 15
    for urn in sorted(protected):
        step = PreviewStep("delete", urn)
        assert list(step_findings([step], step.stack, decommissioned=False)), urn


@pytest.mark.parametrize(
    "type_and_name",
    [
        "aws:cloudcontrol/resource:Resource::spending-ionq-Aria-1",
        "aws:sns/topic:Topic::alerts",
        "aws:iam/policy:Policy::boundary",
        "aws:iam/policy:Policy::freeze",
        "azure-native:storage/v20240101:StorageAccount::data",
        "azure-native:authorization:ManagementLockByScope::keep",
        "azure-native:monitor:DiagnosticSetting::jobs::of a name with colons",
    ],
)
def test_limits_logs_and_alerts_do_not_go_by_the_way(type_and_name: str) -> None:
    urn = f"urn:pulumi:{STACK}::qlz::a:b:C${type_and_name}"
    assert found(("replace", urn)) == [("fail", urn)]
    assert found(("replace", urn), decommissioned=True) == []


@pytest.mark.parametrize(
    "type_and_name", ["aws:iam/policy:Policy::submit", "aws:cloudwatch/metricAlarm:MetricAlarm::spike"]
)
def test_what_comes_and_goes_may_go(type_and_name: str) -> None:
    assert found(("delete", f"urn:pulumi:{STACK}::qlz::{type_and_name}")) == []


def test_an_unknown_step_and_a_step_of_another_stack_are_not_decided() -> None:
    other = KEY.replace(STACK, "optimus-prod")
    assert found(("vanish", ROLE), ("same", other)) == [("undecided", ROLE), ("undecided", other)]
    assert found(("vanish", ROLE), ("same", other), decommissioned=True) != []


def event(op: str, urn: str) -> str:
    return json.dumps(
        {"sequence": 1, "resourcePreEvent": {"metadata": {"op": op, "urn": urn}, "planning": True}}
    )


def test_both_forms_are_read(tmp_path: Path) -> None:
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [{"op": "delete", "urn": KEY}], "changeSummary": {"delete": 1}}))
    assert read_steps(file) == (PreviewStep("delete", KEY),)
    summary = json.dumps({"summaryEvent": {"result": "succeeded"}})
    file.write_text("\n".join([event("same", ROLE), event("delete", KEY), summary]))
    assert read_steps(file) == (PreviewStep("same", ROLE), PreviewStep("delete", KEY))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "null",
        "[]",
        "error: no stack",
        '{"steps": [{"op": "delete"}]}',
        '{"steps": [null]}',
        '{"steps": [], "diagnostics": [{"severity": "error", "message": "error: Program failed"}]}',
        '{"steps": [], "maybeCorrupt": true}',
        '{"steps": [{"op": 1, "urn": "urn:pulumi:a::b::c::d"}]}',
        event("same", ROLE),  # cut off before its end
        event("same", ROLE) + "\n" + '{"summaryEvent": {"result": "failed"}}',
        '{"resourcePreEvent": {}}\n{"summaryEvent": {}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_whole_preview_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "preview.json"
    file.write_text(text)
    with pytest.raises(CommandError) as refused:
        read_steps(file)
    assert refused.value.code is ExitCode.BAD_INPUT
    assert "preview.json" in str(refused.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        read_steps(tmp_path / "none.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="not UTF-8"):
        read_steps(tmp_path / "binary")
