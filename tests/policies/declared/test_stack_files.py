"""The project's own stack files pass what is declared, and files that the loader accepts are still refused.

Each change below makes files that are valid to the loader: a rule that only repeated it would let them pass.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pulumi.runtime.proto import analyzer_pb2 as wire

from components.spec import stack_names
from policy_packs.controls.analyzer import Analyzer
from policy_packs.controls.control import Control
from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import PROJECT_ROOT, read_facts
from tests.policies.support import NO_CONTEXT

STACKS = stack_names(PROJECT_ROOT)
RULES = tuple(control for control in all_controls() if control.judge_spec and not control.timed)
"""Those that a day decides have their cases on a day of their own; these files are judged on any."""
OPTIMUS, CATALYST = "charters/optimus.yaml", "charters/catalyst.yaml"
PRE_PROCESSING = """  - step: pre-processing
    system: feature pipeline
    region: on-premises, London
    jurisdiction: GB
    data_class: derived
    credential: pipeline workload identity
    inside: true
"""
SOURCE = """  - step: source
    system: market data warehouse
    region: on-premises, London
    jurisdiction: GB
    data_class: raw
    credential: warehouse service account
    inside: true
"""
# stack, file, what is written there, what is written instead, the control that refuses it, its words
REFUSED = [
    ("optimus-dev", OPTIMUS, PRE_PROCESSING, "", "qlz-r5-sensitive-inside", "nothing inside prepares"),
    ("optimus-dev", OPTIMUS, SOURCE, "", "qlz-w1-data-path", "no hop source"),
    ("optimus-dev", OPTIMUS, "region: Espoo", "region: eu-north-1", "qlz-r4-operators-named", "for its API"),
    (
        "optimus-dev",
        OPTIMUS,
        "optimus-team@",
        "noreply@",
        "qlz-c1-owner-and-purpose",
        "no address of somebody",
    ),
    ("optimus-prod", OPTIMUS, ", IQM Finland Oy", "", "qlz-r3-contract-record", "does not name iqm"),
    (
        "optimus-prod",
        OPTIMUS,
        "deletion_days: 90",
        "deletion_days: 3650",
        "qlz-r3-contract-record",
        "deletes after 3650 days",
    ),
    (
        "optimus-prod",
        OPTIMUS,
        "[parameterised, synthetic]",
        "[parameterised, synthetic, derived]",
        "",
        "",
    ),
    (
        "catalyst-prod",
        "Pulumi.catalyst-dev.yaml",
        "environment: dev\n",
        "environment: prod\n",
        "qlz-w4-promotion",
        "could act in it: prod",
    ),
    (
        "catalyst-prod",
        "Pulumi.catalyst-dev.yaml",
        "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80201",
        "8c5e1d20-6b3f-4a97-b0c4-d5e6f7a80301",
        "qlz-w4-promotion",
        "the same group of people",
    ),
    (
        "catalyst-dev",
        "Pulumi.catalyst-dev.yaml",
        "environment: dev\n",
        "environment: pull-request\n",
        "qlz-d3-protected-place",
        "before their review",
    ),
    (
        "sandbox",
        "Pulumi.sandbox.yaml",
        "Learning and first experiments on Amazon Braket simulators.",
        "Experiments.",
        "qlz-c1-owner-and-purpose",
        "does not say what it is for",
    ),
]


def judged(stack: str, root: Path, controls: tuple[Control, ...] = RULES) -> list[wire.AnalyzeDiagnostic]:
    pack = Analyzer("test", "", controls, lambda name, config: read_facts(stack, {}, root))
    return list(pack.AnalyzeStack(wire.AnalyzeStackRequest(), NO_CONTEXT).diagnostics)


@pytest.mark.parametrize("stack", STACKS)
def test_the_projects_own_files_pass(stack: str) -> None:
    assert [
        each.message for each in judged(stack, PROJECT_ROOT) if each.enforcementLevel == wire.MANDATORY
    ] == []


@pytest.mark.parametrize(
    ("stack", "file", "old", "new", "control", "says"),
    REFUSED,
    ids=[f"{r[0]}: {r[5] or r[3]}" for r in REFUSED],
)
def test_what_the_loader_accepts_is_judged(
    tmp_path: Path, stack: str, file: str, old: str, new: str, control: str, says: str
) -> None:
    shutil.copytree(PROJECT_ROOT / "stacks", tmp_path / "stacks")
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    path = tmp_path / "stacks" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    facts = read_facts(stack, {}, tmp_path)
    assert facts.declared is not None, facts.problem
    found = {each.policyName: each.message for each in judged(stack, tmp_path)}
    assert set(found) == ({control} if control else set())
    assert says in found.get(control, "")


def test_a_stack_without_a_lower_one_is_refused(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "stacks", tmp_path / "stacks")
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    for level in ("sandbox", "dev"):
        (tmp_path / "stacks" / f"Pulumi.catalyst-{level}.yaml").unlink()
    (found,) = judged("catalyst-prod", tmp_path)
    assert "nothing was tried before" in found.message


def test_a_broken_sibling_is_not_passed_over(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "stacks", tmp_path / "stacks")
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "stacks" / "Pulumi.catalyst-dev.yaml").write_text("config: [", encoding="utf-8")
    (found,) = judged("catalyst-prod", tmp_path)
    assert "cannot be decided: the file of catalyst-dev" in found.message


@pytest.mark.parametrize(
    ("stack", "tier"),
    [
        ("organization", "regulated-production"),
        ("sandbox", "internal-research"),
        ("azure-dev", "internal-research"),
        ("prod-optimus", "regulated-production"),
        ("azure-prod-catalyst", "pre-production"),
        ("optimus-prod", "regulated-production"),
        ("catalyst-sandbox", "internal-research"),
    ],
)
def test_the_tier_of_each_kind_of_stack(stack: str, tier: str) -> None:
    assert read_facts(stack, {}).tier == tier


def test_a_production_environment_without_a_project_is_regulated(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "stacks", tmp_path / "stacks")
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "stacks" / "Pulumi.catalyst-prod.yaml").unlink()
    assert read_facts("azure-prod-catalyst", {}, tmp_path).tier == "regulated-production"
