"""The check says what the embedded engine says when it asks the very packs itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from components.spec import load_stack
from policy_packs.baseline import policies as baseline
from policy_packs.controls.stack_facts import StackFacts, read_facts
from policy_packs.regulated import policies as regulated
from qlz.check.judge import Judge, run_of
from qlz.check.stage import Stage
from rehearsal.aws import AwsProvider
from rehearsal.engine import Engine, NoStore, Project
from tests.qlz.check.conftest import Acting

ROOT = Path(__file__).parents[3]
# A resource that goes round the components, and one whose values nobody knows yet.
RAW = """
import pulumi_aws as aws
provider = aws.Provider("raw", region="eu-west-2", allowed_account_ids=["111122223333"])
made = aws.s3.Bucket("open", bucket="qlz-open", opts=pulumi.ResourceOptions(provider=provider))
aws.iam.Role(
    "unknown",
    name="unknown",
    assume_role_policy=made.id.apply(lambda id: '{"Statement": "' + id + '"}'),
    opts=pulumi.ResourceOptions(provider=provider),
)
"""


@pytest.mark.parametrize("program", [RAW, "pass"], ids=["raw", "nothing"])
def test_the_same_controls_on_the_same_resources_at_the_same_level(acting: Acting, program: str) -> None:
    work = acting(raw=program)
    loaded = load_stack(work.root, "sandbox-raw")
    project = Project.load(work.root)
    stage = Stage(work.root, 1)
    try:
        report = Judge(project, stage.lanes[0]).check(loaded, {})
    finally:
        stage.close()

    def read(stack: str, config: Mapping[str, str]) -> StackFacts:
        return read_facts(stack, config, work.root)

    engine = Engine(
        project,
        NoStore(),
        providers={"aws": AwsProvider(None, loaded.stack.account)},
        policy_packs=[pack.analyzer(read) for pack in (baseline, regulated)],
    )
    outcome = engine.preview(loaded.name, loaded.config)
    theirs = sorted((v.policy, v.urn, v.level, v.undecided) for v in outcome.violations)
    ours = sorted((f.rule, f.urn, f.level, f.verdict == "undecided") for f in report.findings)
    assert ours == theirs
    assert len({rule for rule, *_ in ours}) > 5
    assert program == "pass" or any(undecided for *_, undecided in ours)
    assert set(report.controls) == {p.name for p in outcome.policies if p.level != "disabled"}
    assert run_of(loaded).account == loaded.stack.account
