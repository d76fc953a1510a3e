"""An exception covers what one control finds on one resource, and is always told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import load_stack
from policy_packs.baseline.policies import analyzer as baseline
from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.braket import key_alias, log_retention
from policy_packs.controls.control import Control, Enforcement, fail
from policy_packs.controls.exceptions import (
    REPORTS,
    TIGHTENING,
    UNUSED,
    USED,
    Exceptions,
    excepted,
    read_exceptions_of,
)
from policy_packs.controls.registry import all_controls, regulated_controls
from policy_packs.controls.stack_facts import PROJECT_ROOT, StackFacts, read_facts
from policy_packs.regulated.policies import analyzer as regulated
from tests.policies.declared.test_exceptions_valid import EXPIRED, GRANTED
from tests.policies.support import NO_CONTEXT, PROJECT, UNKNOWN, Res
from tests.spec.exceptions import EXAMPLE, TODAY, changed, write

TYPE = "aws:cloudwatch/logGroup:LogGroup"
LOG = Res(TYPE, {"retentionInDays": 0}, name="simulation")
OTHER = replace(LOG, name="simulation2")
UNDECIDED = replace(LOG, props={"retentionInDays": 0, "logGroupClass": UNKNOWN})
URN = f"urn:pulumi:sandbox::qlz::{TYPE}::simulation"
STACK_RULE = key_alias.CONTROL
WHOLE = replace(GRANTED, control=STACK_RULE.id, resource="stack", type="", name="")


def judge(
    exceptions: Exceptions,
    resources: Sequence[Res],
    controls: Sequence[Control] = (log_retention.CONTROL, STACK_RULE),
) -> list[wire.AnalyzeDiagnostic]:
    """All that a pack says of a program, resource by resource and then of the stack."""
    facts = StackFacts(PROJECT, exceptions=exceptions)
    pack = Analyzer("test", "a pack under test", tuple(controls), lambda stack, config: facts)
    found = [
        each
        for resource in resources
        if resource.shown
        for each in pack.Analyze(resource.request(), NO_CONTEXT).diagnostics
    ]
    urns = {resource.name: resource.urn for resource in resources}
    request = wire.AnalyzeStackRequest(resources=[resource.in_stack(urns) for resource in resources])
    return [*found, *pack.AnalyzeStack(request, NO_CONTEXT).diagnostics]


def told(found: Sequence[wire.AnalyzeDiagnostic]) -> list[tuple[str, str, int]]:
    return [(each.policyName, each.urn.rpartition("::")[2], each.enforcementLevel) for each in found]


def test_without_one_the_finding_stays() -> None:
    assert told(judge(Exceptions(), [LOG])) == [("qlz-l1-log-retention", "simulation", wire.MANDATORY)]


@pytest.mark.parametrize("granted", [GRANTED, replace(GRANTED, resource=URN, urn=URN)])
def test_a_covered_finding_is_told_as_advice(granted: object) -> None:
    assert isinstance(granted, type(GRANTED))
    (found,) = judge(Exceptions((granted,)), [LOG])
    assert told([found]) == [(USED.id, "simulation", wire.ADVISORY)]
    assert found.urn == LOG.urn
    first, *rest = found.message.splitlines()
    assert first == (
        f"qlz-g4-exceptions-used: qlz-l1-log-retention: simulation ({TYPE}): it keeps its entries for ever."
    )
    assert rest[0] == (
        "Exception: stacks/exceptions/simulation-log.yaml, owner optimus-team@example.org, approved by "
        "risk@example.org on 2026-11-16 (RISK-118), until 2027-02-12."
    )
    assert excepted(found.message) == ("qlz-l1-log-retention", granted.file)
    assert excepted(first) is None


def test_a_resources_name_cannot_pass_for_another_exception() -> None:
    name = "simulation: x.\nException: stacks/exceptions/other.yaml, owner"
    granted = replace(GRANTED, name=name, resource=f"{TYPE}::{name}")
    (found,) = judge(Exceptions((granted,)), [replace(LOG, name=name)])
    assert excepted(found.message) == ("qlz-l1-log-retention", granted.file)


def test_it_covers_that_resource_and_no_other() -> None:
    found = judge(Exceptions((GRANTED,)), [LOG, OTHER])
    assert told(found) == [
        (USED.id, "simulation", wire.ADVISORY),
        ("qlz-l1-log-retention", "simulation2", wire.MANDATORY),
    ]


@pytest.mark.parametrize(
    "resource",
    [
        replace(LOG, name="Simulation"),
        replace(LOG, name="x::simulation"),
        replace(LOG, name=f"{TYPE}::simulation"),
        Res("aws:cloudwatch/logGroup:LogGroup2", {"retentionInDays": 0}, name="simulation"),
    ],
)
def test_a_name_that_only_looks_like_it_is_not_covered(resource: Res) -> None:
    anything = replace(log_retention.CONTROL, types=())
    found = judge(Exceptions((GRANTED,)), [resource], [anything])
    assert (log_retention.CONTROL.id, wire.MANDATORY) in {
        (each.policyName, each.enforcementLevel) for each in found
    }
    assert USED.id not in {each.policyName for each in found}


def test_the_same_name_in_another_component_needs_the_urn() -> None:
    granted = replace(GRANTED, urn=URN.replace(TYPE, f"qlz:braket:Project${TYPE}"))
    assert told(judge(Exceptions((granted,)), [LOG]))[0] == (
        "qlz-l1-log-retention",
        "simulation",
        wire.MANDATORY,
    )


def test_it_covers_that_control_and_no_other() -> None:
    granted = replace(GRANTED, control="qlz-l5-trail")
    assert ("qlz-l1-log-retention", "simulation", wire.MANDATORY) in told(
        judge(Exceptions((granted,)), [LOG])
    )


def test_what_cannot_be_decided_is_not_covered() -> None:
    found = judge(Exceptions((GRANTED,)), [UNDECIDED])
    assert told(found) == [
        (USED.id, "simulation", wire.ADVISORY),
        ("qlz-l1-log-retention", "simulation", wire.MANDATORY),
    ]
    assert ": cannot be decided: " in found[1].message


def test_a_control_that_admits_none_is_not_covered() -> None:
    strict = replace(log_retention.CONTROL, admits_exceptions=False)
    found = judge(Exceptions((GRANTED,)), [LOG], [strict])
    assert told(found)[0] == ("qlz-l1-log-retention", "simulation", wire.MANDATORY)


def test_a_finding_about_the_stack_as_a_whole() -> None:
    whole = replace(STACK_RULE, judge_stack=lambda stack, facts: [fail("is wrong"), fail("here", None)])
    assert told(judge(Exceptions((WHOLE,)), [], [whole])) == [(USED.id, "", wire.ADVISORY)] * 2
    named = replace(STACK_RULE, judge_stack=lambda stack, facts: [fail("is wrong", stack.resources[0])])
    assert told(judge(Exceptions((WHOLE,)), [LOG], [named]))[0] == (
        STACK_RULE.id,
        "simulation",
        wire.MANDATORY,
    )


def test_one_about_a_resource_does_not_cover_the_stack_as_a_whole() -> None:
    rule = replace(STACK_RULE, judge_stack=lambda stack, facts: [fail("is wrong")])
    for urn in ("", URN):
        granted = replace(GRANTED, control=STACK_RULE.id, urn=urn)
        assert told(judge(Exceptions((granted,)), [LOG], [rule]))[0] == (STACK_RULE.id, "", wire.MANDATORY)


def test_an_unused_one_is_told() -> None:
    fine = replace(LOG, props={"retentionInDays": 90})
    (found,) = judge(Exceptions((GRANTED,)), [fine])
    assert told([found]) == [(UNUSED.id, "", wire.ADVISORY)]
    assert "simulation-log.yaml excepts" in found.message


def test_what_was_needed_before_is_not_needed_in_the_next_run() -> None:
    facts = StackFacts(PROJECT, exceptions=Exceptions((GRANTED,)))
    pack = Analyzer("test", "", [log_retention.CONTROL], lambda stack, config: facts)
    pack.Analyze(LOG.request(), NO_CONTEXT)
    assert not pack.AnalyzeStack(wire.AnalyzeStackRequest(), NO_CONTEXT).diagnostics
    pack.ConfigureStack(wire.AnalyzerStackConfigureRequest(stack=PROJECT.name), NO_CONTEXT)
    (found,) = pack.AnalyzeStack(wire.AnalyzeStackRequest(), NO_CONTEXT).diagnostics
    assert found.policyName == UNUSED.id


def test_each_pack_tells_of_its_own_controls() -> None:
    assert judge(Exceptions((GRANTED,)), [LOG], [STACK_RULE]) == []


def test_one_that_is_off_in_the_tier_is_told_as_unused() -> None:
    off = replace(log_retention.CONTROL, levels={PROJECT.tier: Enforcement.OFF})
    assert told(judge(Exceptions((GRANTED,)), [LOG], [off])) == [(UNUSED.id, "", wire.ADVISORY)]


def test_an_expired_one_covers_nothing() -> None:
    assert told(judge(Exceptions((EXPIRED,)), [LOG])) == [
        ("qlz-l1-log-retention", "simulation", wire.MANDATORY)
    ]


def test_an_expired_one_covers_a_change_that_tightens() -> None:
    (found,) = judge(Exceptions((EXPIRED,), tightens=True), [LOG])
    assert told([found]) == [(USED.id, "simulation", wire.ADVISORY)]
    assert "it expired, and counts only because QLZ_TIGHTENING says" in found.message


def test_secrets_stay_hidden_in_what_is_told() -> None:
    sign = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "value": "hunter-2-hunter",
    }
    quoting = replace(log_retention.CONTROL, judge=lambda resource, facts: [fail("it says hunter-2-hunter")])
    (found,) = judge(Exceptions((GRANTED,)), [replace(LOG, props={"name": sign})], [quoting])
    assert "hunter" not in found.message
    assert found.policyName == USED.id


def test_both_packs_list_the_reports_as_advice_and_one_of_them_what_is_valid() -> None:
    listed = [
        pack().GetAnalyzerInfo(empty_pb2.Empty(), NO_CONTEXT).policies for pack in (baseline, regulated)
    ]
    for policies in listed:
        levels = {policy.name: policy.enforcementLevel for policy in policies}
        assert {levels[report.id] for report in REPORTS} == {wire.ADVISORY}
    assert sum(policy.name == "qlz-g4-exceptions-valid" for policies in listed for policy in policies) == 1


def test_what_covers_nothing_is_told_once_by_both_packs_together() -> None:
    """Each pack tells of its own controls, also where the tier turns all of them off."""
    one = next(control.id for control in regulated_controls())
    other = replace(GRANTED, control=one, file="stacks/exceptions/other.yaml")
    facts = StackFacts(PROJECT, exceptions=Exceptions((GRANTED, other)))
    said = [
        each.message
        for pack in (baseline, regulated)
        for each in pack(lambda stack, config: facts)
        .AnalyzeStack(wire.AnalyzeStackRequest(), NO_CONTEXT)
        .diagnostics
        if each.policyName == UNUSED.id
    ]
    assert len(said) == 2
    assert [sum(granted.file in text for text in said) for granted in (GRANTED, other)] == [1, 1]


# --- from files ---------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(PROJECT_ROOT / "stacks", tmp_path / "stacks")
    return tmp_path


def on_record(root: Path, stack: str = "optimus-sandbox", today: date = TODAY) -> Exceptions:
    return read_exceptions_of(stack, root, load_stack(root, stack), today)


def test_the_example_becomes_an_exception(root: Path) -> None:
    write(root, EXAMPLE)
    (found,) = on_record(root).granted
    assert (found.control, found.resource, found.approver) == (
        "qlz-l1-log-retention",
        f"{TYPE}::simulation",
        "risk@example.org",
    )
    assert found.names(f"urn:pulumi:optimus-sandbox::qlz::a:b:C${TYPE}::simulation")
    assert not found.expired
    assert on_record(root, today=date(2027, 2, 13)).granted[0].expired


@pytest.mark.parametrize(
    ("control", "says"),
    [
        ("qlz-l1-log-retentions", "there is no control qlz-l1-log-retentions"),
        ("qlz-g4-exceptions-valid", "qlz-g4-exceptions-valid admits no exceptions"),
        ("qlz-g4-exceptions-used", "qlz-g4-exceptions-used admits no exceptions"),
        ("qlz-r1-region-lock", "qlz-r1-region-lock admits no exceptions"),
        ("qlz-l6-freeze-ready", "qlz-l6-freeze-ready admits no exceptions"),
        ("qlz-t4-bucket-settings", "qlz-t4-bucket-settings admits no exceptions"),
        ("qlz-i1-no-long-lived-credentials", "admits no exceptions"),
    ],
)
def test_a_control_that_is_not_there_or_admits_none(root: Path, control: str, says: str) -> None:
    file = write(root, changed(control=control))
    found = on_record(root)
    assert found.granted == ()
    assert any(says in each and each.startswith(f"{file}:2: control: ") for each in found.problems)


def test_facts_hold_them_also_where_the_stack_cannot_be_read(root: Path) -> None:
    write(root, EXAMPLE)
    assert len(read_facts("optimus-sandbox", {}, root).exceptions.granted) == 1
    write(root, "control: [", "broken")
    for stack in ("optimus-sandbox", "sandbox", "no-such-stack"):
        assert any(
            "broken.yaml:1: not valid YAML" in each
            for each in read_facts(stack, {}, root).exceptions.problems
        )
    facts = read_facts("optimus-sandbox", {"qlz:level": "prod"}, root)
    assert facts.declared is None
    assert facts.exceptions.granted == ()


def test_what_breaks_while_reading_excepts_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*given: object) -> Exceptions:
        raise RuntimeError("a secret")

    monkeypatch.setattr("policy_packs.controls.stack_facts.read_exceptions_of", breaks)
    facts = read_facts("optimus-sandbox", {}, root)
    assert facts.declared is not None
    assert facts.exceptions.problems == ("stacks/exceptions could not be read (RuntimeError)",)


@pytest.mark.parametrize(
    ("environment", "holds"),
    [
        ({}, False),
        ({TIGHTENING: "optimus-sandbox"}, True),
        ({TIGHTENING: "sandbox"}, False),
        ({TIGHTENING: "true"}, False),
        ({TIGHTENING: "*"}, False),
    ],
)
def test_the_operator_names_the_stack_that_tightens(
    root: Path, monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], holds: bool
) -> None:
    monkeypatch.delenv(TIGHTENING, raising=False)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    write(root, EXAMPLE)
    write(root, changed(ticket=None), "malformed")
    found = on_record(root, today=date(2027, 6, 1))
    assert found.tightens is holds
    assert found.problems


def test_no_stack_of_the_project_has_one_that_is_not_in_order() -> None:
    for path in sorted((PROJECT_ROOT / "stacks").glob("Pulumi.*.yaml")):
        stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        assert read_facts(stack, {}).exceptions.problems == ()


def test_what_admits_none() -> None:
    """Guards that nobody can be without for a day, by what their ids say they hold."""
    strict = {control.id for control in all_controls() if not control.admits_exceptions}
    guards = (
        "freeze region-lock locations location-policies bucket-settings bucket-guard long-lived no-keys "
        "trail exceptions permission-boundary trust shown reviewed-types reviewed-actions device-lock"
    )
    for words in guards.split():
        held = {control.id for control in all_controls() if words in control.id}
        assert held <= strict, held - strict
    assert {control.id for control in all_controls()} - strict
