"""Both engines over a program that changes: updates, replacements, removals, renames, protection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from rehearsal.engine import Engine, Outcome, Project, StateStore
from rehearsal.export_diff import differences, normalise
from rehearsal.pulumi_cli import CliProject, PulumiCli
from tests.parity.conftest import PASSPHRASE, ROOT
from tests.parity.provider import TestProvider, serving

pytestmark = pytest.mark.cli

PROGRAM = """
    import pulumi
    from pulumi import Alias, ResourceOptions

    class Provider(pulumi.ProviderResource):
        def __init__(self, name, **props):
            super().__init__("test", name, props)

    class Key(pulumi.CustomResource):
        def __init__(self, resource_name, opts=None, **props):
            outputs = {"arn": None, "policy": None, "material": None}
            super().__init__("test:index:Key", resource_name, {**props, **outputs}, opts)

    class Bucket(pulumi.CustomResource):
        def __init__(self, resource_name, opts=None, **props):
            super().__init__("test:index:Bucket", resource_name, {**props, "arn": None}, opts)

    class Group(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("test:index:Group", name, None, opts)
            Bucket(f"{name}-part", ResourceOptions(parent=self), name="part")
            self.register_outputs({})

    phase = int(pulumi.Config().require("phase"))
    later = phase > 1
    provider = Provider("test", region="eu-west-2" if not later else "eu-north-1")
    own = ResourceOptions(provider=provider)

    def options(**more):
        return ResourceOptions.merge(own, ResourceOptions(**more))

    key = Key("key", options(protect=not later), description="second" if later else "first")
    replaced = Bucket("replaced", own, name="after" if later else "before", key=key.arn)
    Bucket("dependent", own, name="dependent", of=replaced.arn)
    first = Bucket("deleted-first", options(delete_before_replace=True), name="b" if later else "a")
    Bucket("taken-along", own, name=first.arn)
    aliases = [Alias(name="old-name")] if later else []
    Bucket("new-name" if later else "old-name", options(aliases=aliases), name="x")
    Bucket("ignoring", options(ignore_changes=["tags.b"]), name="i", tags={"a": phase, "b": phase})
    Bucket("forced", options(replace_on_changes=["tags"]), name="f", tags={"a": phase})
    Bucket("not-forced", options(replace_on_changes=["tags.a.b"]), name="n", tags={"a": phase})
    shared = ResourceOptions(providers=[provider], aliases=[Alias(name="old-group")] if later else [])
    Group("new-group" if later else "old-group", shared)
    Bucket("secret", own, name="s", password=pulumi.Output.secret("one") if later else "one")
    if later:
        Bucket("added", options(depends_on=[replaced]), name="added")
    else:
        parent = Bucket("removed", own, name="removed")
        Bucket("removed-child", options(parent=parent), name="removed-child", key=key.arn)
        holder = Bucket("holder", own, name="holder")
        Bucket("held", options(deleted_with=holder), name="held")
        Bucket("retained", options(retain_on_delete=True), name="retained")
    pulumi.export("key", key.arn)
    pulumi.export("phase", pulumi.Output.secret(phase) if later else phase)
"""


def steps(outcome: Outcome) -> Counter[tuple[str, str]]:
    assert outcome.result == "ok", (outcome.error, outcome.diagnostics)
    return Counter((step.op, step.urn.rsplit("::", 1)[-1]) for step in outcome.steps)


class Both:
    """The same project under each engine, with a provider of its own."""

    def __init__(
        self, root: Path, engine: Engine, cli: CliProject, providers: tuple[TestProvider, TestProvider]
    ):
        self.root, self.engine, self.cli, self.providers = root, engine, cli, providers

    def up(self, phase: int) -> tuple[Outcome, Outcome]:
        (self.cli._copy / "Pulumi.dev.yaml").write_text(f'config:\n  changes:phase: "{phase}"\n')
        for provider in self.providers:
            provider.calls.clear()
        return self.engine.up("dev", {"changes:phase": str(phase)}), self.cli.up("dev")

    def differences(self) -> list[str]:
        ours = normalise(self.engine.export("dev"), PASSPHRASE)
        return differences(ours, normalise(self.cli.export("dev"), self.cli.passphrase))


@pytest.fixture(scope="module")
def both(pulumi_cli: PulumiCli, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    root = tmp_path_factory.mktemp("changes")
    (root / "Pulumi.yaml").write_text(
        "name: changes\nruntime: {name: python, options: {virtualenv: .venv}}\n"
    )
    (root / "__main__.py").write_text(dedent(PROGRAM))
    (root / ".venv").symlink_to(ROOT / ".venv")
    state, home = tmp_path_factory.mktemp("state"), tmp_path_factory.mktemp("home")
    ours, theirs = TestProvider(), TestProvider()
    with (
        serving(ours) as our_address,
        serving(theirs) as their_address,
        pulumi_cli.open(root, home, {"test": their_address}) as cli,
    ):
        engine = Engine(Project.load(root), StateStore(state, PASSPHRASE), providers={"test": our_address})
        yield Both(root, engine, cli, (ours, theirs))


def test_a_changing_program(both: Both) -> None:
    """In one test, as each phase needs the one before."""
    ours, theirs = both.up(phase=1)
    assert steps(ours) == steps(theirs)
    assert both.differences() == []

    ours, theirs = both.up(phase=2)
    assert steps(ours) == steps(theirs)
    assert {"update", "replace", "delete", "create", "same"} <= {op for op, _ in steps(theirs)}
    assert both.differences() == []
    mine, real = both.providers
    assert sorted(mine.calls) == sorted(real.calls)
    for calls in (mine.calls, real.calls):
        assert calls.index("delete deleted-first") < calls.index("create deleted-first")
        assert calls.index("delete removed-child") < calls.index("delete removed")
        assert calls.index("create replaced") < calls.index("delete replaced")
        assert calls.index("delete taken-along") < calls.index("delete deleted-first")
        assert "delete holder" in calls
        assert "delete held" not in calls

    destroyed = both.engine.destroy("dev", {"changes:phase": "2"}), both.cli.destroy("dev")
    assert steps(destroyed[0]) == steps(destroyed[1])
    for provider in both.providers:  # what was deleted with its holder is gone without a call
        left = sorted(made.fields["name"].string_value for made in provider.made.values())
        assert left == ["held", "retained"]
