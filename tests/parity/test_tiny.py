"""Both engines over the same small program and provider: the same steps, the same state."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from rehearsal.engine import Outcome
from rehearsal.export_diff import differences, normalise
from rehearsal.pulumi_cli import PulumiCli
from tests.parity.conftest import TINY, Ran
from tests.parity.provider import TestProvider, serving

pytestmark = pytest.mark.cli


def steps(outcome: Outcome) -> Counter[tuple[str, str]]:
    assert outcome.result == "ok", (outcome.error, outcome.diagnostics)
    return Counter((step.op, step.urn) for step in outcome.steps)


def test_both_engines_plan_and_do_the_same(embedded: Ran, real: Ran) -> None:
    assert steps(embedded.preview) == steps(real.preview)
    assert steps(embedded.up) == steps(real.up)
    assert embedded.preview.outputs == real.preview.outputs
    assert embedded.up.outputs.keys() == real.up.outputs.keys()
    assert embedded.provider.calls.count("create key") == real.provider.calls.count("create key") == 1


def test_a_second_preview_is_empty_in_both(embedded: Ran, real: Ran) -> None:
    assert not embedded.again.changed, embedded.again.steps
    assert not real.again.changed, real.again.steps
    assert steps(embedded.again) == steps(real.again)


def test_exports_are_equal(embedded: Ran, real: Ran) -> None:
    ours = normalise(embedded.exported, embedded.passphrase)
    theirs = normalise(real.exported, real.passphrase)
    assert len(theirs["resources"]) == 6
    assert differences(ours, theirs) == []


def test_the_cli_takes_over_what_the_embedded_engine_made(
    embedded: Ran, pulumi_cli: PulumiCli, tiny: Path, tmp_path: Path
) -> None:
    """Imports, previews empty, stays as it was, and is destroyed."""
    provider = TestProvider()
    provider.made = dict(embedded.provider.made)
    root = tmp_path / "project"
    shutil.copytree(tiny, root, symlinks=True)
    with serving(provider) as address, pulumi_cli.open(root, tmp_path / "home", {"test": address}) as project:
        project.import_("dev", embedded.exported, embedded.passphrase)
        assert steps(project.preview("dev")).keys() == {("same", step.urn) for step in embedded.again.steps}
        kept = normalise(project.export("dev"), project.passphrase)
        assert differences(normalise(embedded.exported, embedded.passphrase), kept) == []
        destroyed = project.destroy("dev")
    assert destroyed.result == "ok", destroyed.error
    assert sorted(provider.calls) == ["delete bucket", "delete key"]
    assert [step.urn.rsplit("::")[-1] for step in destroyed.steps if step.retained] == ["log"]
    for name in ("Pulumi.yaml", "stacks/Pulumi.dev.yaml"):
        assert (root / name).read_text() == (TINY / name).read_text()
