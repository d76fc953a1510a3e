"""What a pack lists before it has read the stack: the levels of its tier, by which nothing is judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import Level, Tier, load_stack, stack_names, tier_demands
from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.braket.session_length import CONTROL
from policy_packs.controls.control import UPPER_ONLY
from policy_packs.controls.spec_facts import tier_of
from policy_packs.controls.stack_facts import PROJECT_ROOT, StackFacts
from policy_packs.controls.tier_told import tier_told
from rehearsal.engine import Project
from rehearsal.engine.analyzers import PolicyPacks
from tests.policies.support import ENVIRONMENT, NO_CONTEXT, UNREADABLE, Res

ROLE = Res("aws:iam/role:Role", {"maxSessionDuration": 360000})
DEMO = {"qlz:kind": "project", "qlz:spec": json.dumps({"tier": "public-demo"})}
ONLY_UPPER = replace(CONTROL, levels=UPPER_ONLY)


@pytest.mark.parametrize("stack", stack_names(PROJECT_ROOT))
def test_it_is_the_tier_of_the_stack(stack: str) -> None:
    loaded = load_stack(PROJECT_ROOT, stack)
    told = tier_told(Project.load(PROJECT_ROOT).texts(loaded.config))
    unsure = loaded.stack.kind == "environment" and loaded.stack.level is Level.PROD
    assert told == ("" if unsure else tier_of(loaded))


@pytest.mark.parametrize("level", Level)
def test_an_environment_has_the_strictest_tier_that_may_live_there(level: Level) -> None:
    strictest = [tier for tier in Tier if level in tier_demands(tier).levels][-1]
    told = tier_told({"qlz:kind": "environment", "qlz:level": str(level)})
    assert told == ("" if level is Level.PROD else strictest)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"qlz:kind": "project"},
        {"qlz:kind": "environment"},
        {"qlz:kind": "else", "qlz:spec": '{"tier": "public-demo"}'},
        *(
            {"qlz:kind": "project", "qlz:spec": spec}
            for spec in ("", "{", "7", "[]", "{}", '{"tier": ["public-demo"]}', '{"tier": "public"}')
        ),
    ],
)
def test_anything_else_takes_the_whole_stack(config: Mapping[str, str]) -> None:
    assert tier_told(config) == ""


def test_policies_are_listed_before_the_stack_has_been_read() -> None:
    read: list[str] = []

    def facts(stack: str, config: Mapping[str, str]) -> StackFacts:
        read.append(stack)
        return StackFacts(replace(ENVIRONMENT, tier="public-demo"))

    pack = Analyzer("p", "d", [ONLY_UPPER], facts)
    pack.ConfigureStack(wire.AnalyzerStackConfigureRequest(stack="mine", config=DEMO), NO_CONTEXT)
    info = pack.GetAnalyzerInfo(empty_pb2.Empty(), NO_CONTEXT)
    assert info.policies[0].enforcementLevel == wire.DISABLED
    assert not read
    assert not pack.Analyze(ROLE.request(), NO_CONTEXT).diagnostics
    assert read == ["mine"]


def test_where_the_stack_cannot_be_read_what_was_listed_counts_for_nothing() -> None:
    pack = Analyzer("p", "d", [ONLY_UPPER], lambda stack, config: UNREADABLE)
    with PolicyPacks.start(
        [pack],
        root=PROJECT_ROOT,
        project="qlz",
        stack="mine",
        organization="organization",
        dry_run=True,
        config=DEMO,
        on_log=lambda *said: None,
    ) as packs:
        assert {policy.name: policy.level for policy in packs.policies}[CONTROL.id] == "disabled"
        (found,) = packs.judge(ROLE.request())
    assert (found.policy, found.level) == (CONTROL.id, "mandatory")
