"""The pack as an engine meets it: mandatory whatever happens, deciding nothing on a guess."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from policy_packs.baseline.policies import analyzer as baseline
from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.braket.session_length import CONTROL
from policy_packs.controls.control import (
    UPPER_ONLY,
    CannotDecide,
    Control,
    Enforcement,
    Finding,
    Resource,
    Stack,
    fail,
)
from policy_packs.controls.registry import all_controls, baseline_controls, regulated_controls
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.regulated.policies import analyzer as regulated
from tests.policies.support import ENVIRONMENT, NO_CONTEXT, UNREADABLE, Cases, Res, analyze, analyze_stack
from tests.policies.test_registry import MODULES, cases_of

USER = Res("aws:iam/user:User", {"name": "mallory"})
ROLE = Res("aws:iam/role:Role", {"maxSessionDuration": 3600})


def test_the_pack_lists_every_control_as_mandatory() -> None:
    info = baseline().GetAnalyzerInfo(empty_pb2.Empty(), NO_CONTEXT)
    assert info.name == "baseline"
    *policies, used, unused = info.policies
    assert [policy.name for policy in policies] == [control.id for control in baseline_controls()]
    assert {used.enforcementLevel, unused.enforcementLevel} == {wire.ADVISORY}
    for policy, control in zip(policies, baseline_controls(), strict=True):
        assert policy.enforcementLevel == wire.MANDATORY
        assert (policy.description, policy.remediation_steps) == (control.why, control.fix)
        assert policy.severity != wire.POLICY_SEVERITY_UNSPECIFIED
        assert policy.policy_type == (wire.POLICY_TYPE_RESOURCE if control.judge else wire.POLICY_TYPE_STACK)


@pytest.mark.parametrize("level", [wire.ADVISORY, wire.DISABLED, wire.REMEDIATE, wire.MANDATORY])
def test_no_configuration_turns_a_control_off(level: wire.EnforcementLevel.ValueType) -> None:
    pack = baseline()
    configs = {control.id: wire.PolicyConfig(enforcementLevel=level) for control in all_controls()}
    configs["all"] = wire.PolicyConfig(enforcementLevel=level)
    pack.Configure(wire.ConfigureAnalyzerRequest(policyConfig=configs), NO_CONTEXT)
    found = pack.Analyze(USER.request(), NO_CONTEXT).diagnostics
    assert "qlz-i1-no-long-lived-credentials" in {each.policyName for each in found}
    assert {each.enforcementLevel for each in found} == {wire.MANDATORY}


def _levels(pack: Analyzer) -> dict[str, wire.EnforcementLevel.ValueType]:
    pack._stack = "mine"
    info = pack.GetAnalyzerInfo(empty_pb2.Empty(), NO_CONTEXT)
    return {policy.name: policy.enforcementLevel for policy in info.policies}


def _pack(control: Control, tier: str, asked: list[str] | None = None) -> Analyzer:
    def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
        if asked is not None:
            asked.append(resource.name)
        yield fail("it is wrong")

    one = replace(control, judge=judge, judge_stack=None, judge_spec=None, types=())
    return Analyzer("p", "d", [one], lambda stack, config: StackFacts(replace(ENVIRONMENT, tier=tier)))


@pytest.mark.parametrize(
    ("tier", "level"),
    [
        ("public-demo", wire.ADVISORY),
        ("regulated-production", wire.MANDATORY),
        ("", wire.MANDATORY),
        ("a tier of tomorrow", wire.MANDATORY),
    ],
)
def test_a_level_follows_the_tier(tier: str, level: wire.EnforcementLevel.ValueType) -> None:
    pack = _pack(replace(CONTROL, levels={"public-demo": Enforcement.ADVISORY}), tier)
    assert _levels(pack)[CONTROL.id] == level
    (found,) = pack.Analyze(ROLE.request(), NO_CONTEXT).diagnostics
    assert found.enforcementLevel == level


def test_what_the_tier_turns_off_is_not_asked() -> None:
    asked: list[str] = []
    pack = _pack(replace(CONTROL, levels=UPPER_ONLY), "internal-research", asked)
    assert _levels(pack)[CONTROL.id] == wire.DISABLED
    assert not pack.Analyze(ROLE.request(), NO_CONTEXT).diagnostics
    assert not asked
    assert _levels(_pack(replace(CONTROL, levels=UPPER_ONLY), "pre-production"))[CONTROL.id] == wire.MANDATORY


@pytest.mark.parametrize(
    ("stack", "level"), [("optimus-sandbox", wire.DISABLED), ("optimus-prod", wire.MANDATORY)]
)
def test_the_pack_regulated_is_on_in_the_upper_tiers_alone(
    monkeypatch: pytest.MonkeyPatch, stack: str, level: wire.EnforcementLevel.ValueType
) -> None:
    monkeypatch.setenv("PULUMI_STACK", stack)
    pack = regulated()
    info = pack.GetAnalyzerInfo(empty_pb2.Empty(), NO_CONTEXT)
    told = {policy.name: policy.enforcementLevel for policy in info.policies}
    assert {told[control.id] for control in regulated_controls()} == {level}
    found = pack.AnalyzeStack(wire.AnalyzeStackRequest(), NO_CONTEXT).diagnostics
    assert bool(found) is (level == wire.MANDATORY)


def test_an_unreadable_stack_turns_nothing_off() -> None:
    control = replace(CONTROL, levels=UPPER_ONLY)
    pack = Analyzer("p", "d", [control], lambda stack, config: UNREADABLE)
    assert _levels(pack)[CONTROL.id] == wire.MANDATORY
    assert pack.Analyze(ROLE.request(), NO_CONTEXT).diagnostics


@pytest.mark.parametrize(
    ("timed", "named", "level"),
    [(True, "mine", wire.ADVISORY), (True, "other", wire.MANDATORY), (False, "mine", wire.MANDATORY)],
)
def test_a_day_stops_no_change_that_only_tightens(
    monkeypatch: pytest.MonkeyPatch, timed: bool, named: str, level: wire.EnforcementLevel.ValueType
) -> None:
    monkeypatch.setenv("QLZ_TIGHTENING", named)
    pack = _pack(replace(CONTROL, timed=timed), "regulated-production")
    assert _levels(pack)[CONTROL.id] == level


def test_the_stack_is_read_before_the_first_question() -> None:
    read = threading.Event()

    def facts(stack: str, config: Mapping[str, str]) -> StackFacts:
        read.set()
        return UNREADABLE

    request = wire.AnalyzerStackConfigureRequest(stack="optimus-sandbox")
    pack = Analyzer("mine", "", [CONTROL], facts)
    pack.reads_ahead = True
    pack.ConfigureStack(request, NO_CONTEXT)
    assert read.wait(timeout=10)


def test_nothing_is_remediated() -> None:
    assert not baseline().Remediate(USER.request(), NO_CONTEXT).remediations


# What these refuse, they refuse on every stack, whatever its file says.
NEED_NO_FACTS = {
    "qlz-c1-azure-reviewed-properties",
    "qlz-c1-reviewed-types",
    "qlz-i1-azure-no-keys",
    "qlz-i1-no-long-lived-credentials",
    "qlz-k1-no-plain-secrets",
    "qlz-k3-azure-key-settings",
    "qlz-l1-log-retention",
    "qlz-l5-trail",
    "qlz-l6-freeze-stays",
    "qlz-t2-closed-groups",
    "qlz-t2-private-network",
    "qlz-t4-azure-bucket-settings",
    "qlz-t4-bucket-guard",
    "qlz-t4-bucket-settings",
}


@pytest.mark.parametrize("module", MODULES)
def test_an_unreadable_stack_file_passes_nothing(module: str) -> None:
    """What passes by what the stack declares cannot pass where that is not known."""
    cases: Cases = cases_of(module).CASES
    found = [
        message
        for case in cases.all
        if case.kind == "pass"
        for message in replace(case, facts=UNREADABLE).messages()
    ]
    if cases.control.id in NEED_NO_FACTS:
        assert not found
    else:
        assert any("cannot be decided: what the stack declares could not be read" in each for each in found)


def test_facts_are_read_once_and_anew_for_another_stack() -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    def read(stack: str, config: Mapping[str, str]) -> StackFacts:
        asked.append((stack, dict(config)))
        return StackFacts(ENVIRONMENT)

    pack = Analyzer("p", "d", [CONTROL], read)
    for stack in ("one", "two"):
        request = wire.AnalyzerStackConfigureRequest(stack=stack, config={"qlz:kind": "environment"})
        pack.ConfigureStack(request, NO_CONTEXT)
        pack.Analyze(ROLE.request(), NO_CONTEXT)
        pack.Analyze(ROLE.request(), NO_CONTEXT)
    assert asked == [("one", {"qlz:kind": "environment"}), ("two", {"qlz:kind": "environment"})]


def _breaks(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    yield fail("it is wrong already")
    raise KeyError("secret value")


def _cannot(resource: Resource, facts: StackFacts) -> list[Finding]:
    raise CannotDecide("the sky is cloudy")


def test_a_control_that_breaks_decides_nothing_and_keeps_what_it_found() -> None:
    messages = [
        each.message for each in analyze([replace(CONTROL, judge=_breaks)], ROLE, StackFacts(ENVIRONMENT))
    ]
    assert "it is wrong already" in messages[0]
    assert "cannot be decided: the control itself failed with KeyError" in messages[1]
    assert "secret value" not in str(messages)


def test_a_control_that_cannot_decide_says_so() -> None:
    (found,) = analyze([replace(CONTROL, judge=_cannot)], ROLE, StackFacts(ENVIRONMENT))
    assert "probe (aws:iam/role:Role): cannot be decided: the sky is cloudy." in found.message
    assert found.urn == ROLE.urn


def test_a_stack_rule_that_cannot_decide_speaks_of_the_stack() -> None:
    control = next(c for c in all_controls() if c.judge_stack)
    (found,) = analyze_stack([control], [], UNREADABLE)
    assert found.message.startswith(f"{control.id}: the stack: cannot be decided: what the stack declares")
    assert found.urn == ""


def test_unknown_wire_forms_are_undecided_not_errors() -> None:
    strange = {"4dabf18193072939515e22adb298388d": "a signature of tomorrow"}
    request = replace(ROLE, props={"maxSessionDuration": strange}).request()
    pack = Analyzer("p", "d", [CONTROL], lambda stack, config: StackFacts(ENVIRONMENT))
    (found,) = pack.Analyze(request, NO_CONTEXT).diagnostics
    assert "maxSessionDuration is unknown" in found.message


@pytest.mark.parametrize("environment", [None, "true", "false"])
def test_each_operation_says_what_it_is_whatever_the_environment_says(
    environment: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pack may live in an engine's own process, whose environment is of another operation, or of nobody."""
    monkeypatch.delenv("PULUMI_DRY_RUN", raising=False)
    if environment:
        monkeypatch.setenv("PULUMI_DRY_RUN", environment)
    seen: list[bool] = []

    def judge(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
        seen.append(stack.made)
        return iter(())

    control = replace(CONTROL, judge=None, judge_stack=judge, types=())
    pack = Analyzer("test", "a pack under test", [control], lambda stack, config: StackFacts(ENVIRONMENT))
    for dry_run in (True, False, True):
        request = wire.AnalyzerStackConfigureRequest(stack="dev", dry_run=dry_run)
        pack.ConfigureStack(request, NO_CONTEXT)
        pack.AnalyzeStack(wire.AnalyzeStackRequest(), NO_CONTEXT)
    assert seen == [False, True, False]
