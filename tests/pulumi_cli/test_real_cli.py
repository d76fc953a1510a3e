"""The runner over the real CLI: what reaches the program, what blocks, what fails, what stays untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from rehearsal.engine.errors import PolicyBlocked, ProtectedResources, StackNotFound
from rehearsal.pulumi_cli import CliError, CliProject, PulumiCli
from tests.parity.conftest import ROOT
from tests.parity.provider import TestProvider, serving

pytestmark = pytest.mark.cli

PROGRAM = """
    import os

    import pulumi

    class Bucket(pulumi.CustomResource):
        def __init__(self, resource_name, opts=None, **props):
            super().__init__("test:index:Bucket", resource_name, props, opts)

    given = pulumi.Config().get("do")
    if given == "fail":
        raise RuntimeError("the program is broken")
    Bucket("one", name=given, opts=pulumi.ResourceOptions(protect=given == "protect"))
    print("hello from the program")
    kept = ("AWS_", "PULUMI_ACCESS_TOKEN", "GITHUB_TOKEN", "PULUMI_CONFIG_PASSPHRASE")
    pulumi.export("seen", sorted(k for k in os.environ if k.startswith(kept)))
    pulumi.export("secret", pulumi.Output.secret("swordfish"))
"""
PACK = """
    from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

    def named(args, report):
        if args.resource_type == "test:index:Bucket" and args.props["name"] == "bad":
            report("the name is bad")

    PolicyPack("names", [ResourceValidationPolicy("named", "Good names.", named, EnforcementLevel.MANDATORY)])
"""


@pytest.fixture(scope="module")
def pulumi_cli() -> PulumiCli:
    try:
        cli = PulumiCli.find()
    except CliError as problem:
        pytest.skip(str(problem))
    if cli is None:
        pytest.skip("the Pulumi CLI is not on PATH: its runner was not tested")
    return cli


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    options = "runtime: {name: python, options: {toolchain: pip, virtualenv: %s}}\n"
    (root / "Pulumi.yaml").write_text("name: small\nstackConfigDir: stacks\n" + options % ".venv")
    (root / "__main__.py").write_text(dedent(PROGRAM))
    (root / ".venv").symlink_to(ROOT / ".venv")
    pack = root / "packs" / "names"
    pack.mkdir(parents=True)
    (pack / "PulumiPolicy.yaml").write_text(options % "../../.venv")
    (pack / "__main__.py").write_text(dedent(PACK))
    (root / "stacks").mkdir()
    for stack, do in {"good": "good", "bad": "bad", "broken": "fail", "kept": "protect"}.items():
        (root / "stacks" / f"Pulumi.{stack}.yaml").write_text(f"# mine\nconfig:\n  small:do: {do}\n")
    return root


@pytest.fixture(scope="module")
def project(
    pulumi_cli: PulumiCli, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CliProject]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_SECRET_ACCESS_KEY", "PULUMI_ACCESS_TOKEN", "GITHUB_TOKEN"):
            patch.setenv(name, "never given on")
        with (
            serving(TestProvider()) as address,
            pulumi_cli.open(root, tmp_path_factory.mktemp("home"), {"test": address}) as project,
        ):
            yield project


NAMES = (Path("packs/names"),)


def test_credentials_do_not_reach_the_program_and_secrets_are_masked(project: CliProject) -> None:
    outcome = project.preview("good", NAMES)
    assert outcome.result == "ok", outcome.error
    assert outcome.outputs == {"secret": "[secret]", "seen": ["PULUMI_CONFIG_PASSPHRASE_FILE"]}
    assert [d.message for d in outcome.diagnostics if d.severity == "info"] == ["hello from the program"]


def test_a_mandatory_policy_blocks_before_anything_is_made(project: CliProject) -> None:
    outcome = project.up("bad", NAMES)
    assert (outcome.result, outcome.operation, outcome.dry_run) == ("blocked", "up", True)
    assert isinstance(outcome.error, PolicyBlocked)
    (violation,) = outcome.violations
    assert (violation.pack, violation.policy, violation.message) == ("names", "named", "the name is bad")
    assert violation.urn.endswith("test:index:Bucket::one")
    assert not project.export("bad")["deployment"].get("resources")


def test_a_program_that_raises_is_a_failure_with_its_words(project: CliProject) -> None:
    outcome = project.preview("broken")
    assert outcome.result == "failed"
    assert "the program is broken" in str(outcome.error)


def test_nothing_is_deleted_while_something_is_protected(project: CliProject) -> None:
    assert project.up("kept").result == "ok"
    outcome = project.destroy("kept")
    assert isinstance(outcome.error, ProtectedResources)
    assert outcome.result == "failed"
    assert len(project.export("kept")["deployment"]["resources"]) == 3


def test_what_is_not_there_is_refused(project: CliProject) -> None:
    with pytest.raises(StackNotFound):
        project.export("never")
    with pytest.raises(CliError, match="is no policy pack"):
        project.preview("good", [Path("packs")])


def test_the_users_stack_files_stay_as_they_are(project: CliProject, root: Path) -> None:
    project.preview("good")
    files = sorted((root / "stacks").iterdir())
    assert len(files) == 4
    assert all(file.read_text().startswith("# mine\nconfig:\n  small:do: ") for file in files)
    assert not any("encryptionsalt" in file.read_text() for file in files)
