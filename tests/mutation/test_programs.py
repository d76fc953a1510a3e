"""Programs that bend what comes out of the components: the packs see what is really asked for."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from policy_packs.controls.stack_facts import PROJECT_ROOT
from tests.mutation.judging import Judge
from tests.mutation.legal import Legal, write
from tests.mutation.recording import record

STACKS = ("sandbox", "optimus-sandbox")
BUCKET = "aws:s3/bucket:Bucket"
BENDS = {
    "protection taken off": ("opts.protect = False", "qlz-l7-protected"),
    "changes ignored": ("opts.ignore_changes = ['forceDestroy']", "qlz-c1-plain-options"),
    "a guard taken over": (
        "opts.aliases = [pulumi.Alias(type_='aws:kms/key:Key', name='project')]",
        "qlz-c1-plain-options",
    ),
    "a tag taken off": ("props['tags'] = {}", ""),
    "emptied when it is deleted": ("props['force_destroy'] = props['forceDestroy'] = True", ""),
}
HARMLESS = {
    "waits longer": "opts.custom_timeouts = pulumi.CustomTimeouts(create='30m')",
    "one more reason to be replaced": "opts.replace_on_changes = ['bucket']",
    "goes with its key": "opts.deleted_with = opts.parent",
    "stays when it is deleted": "opts.retain_on_delete = True",
}


def said(tmp_path: Path, statement: str) -> set[str]:
    """The controls that say no where a transformation does this to every bucket of the project."""
    root = write(Legal({}, STACKS), PROJECT_ROOT, tmp_path)
    program = (root / "__main__.py").read_text(encoding="utf-8")
    bend = f"""
        def bend(args):
            props, opts = dict(args.props), args.opts
            if args.type_ == {BUCKET!r} and pulumi.get_stack() == {STACKS[1]!r}:
                {statement}
            return pulumi.ResourceTransformationResult(props, opts)

        pulumi.runtime.register_stack_transformation(bend)
        """
    bent = program.replace("pulumi.run(", f"{dedent(bend)}\npulumi.run(")
    assert bent != program
    (root / "__main__.py").write_text(bent, encoding="utf-8")
    return {each[0] for found in record(STACKS, root) for each in Judge(found, root=root).baseline}


@pytest.mark.parametrize("name", BENDS)
def test_what_a_transformation_takes_off_is_missed(tmp_path: Path, name: str) -> None:
    statement, control = BENDS[name]
    found = said(tmp_path, statement)
    assert found, f"nothing stops {name}"
    assert not control or control in found, found


@pytest.mark.parametrize("name", HARMLESS)
def test_what_weakens_nothing_passes(tmp_path: Path, name: str) -> None:
    assert not said(tmp_path, HARMLESS[name])
