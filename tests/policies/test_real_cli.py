"""Under the real Pulumi CLI: what goes round the components creates nothing; what complies passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from policy_packs.controls.registry import all_controls
from policy_packs.controls.stack_facts import PROJECT_ROOT
from tests.policies.stub_provider import stub_provider

pytestmark = [
    pytest.mark.cli,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]
STACK = "optimus-sandbox"
HEAD = """
import json
import pulumi
import pulumi_aws as aws

provider = aws.Provider("aws", region="eu-west-2", allowed_account_ids=["111122223333"])
here = pulumi.ResourceOptions(provider=provider)
tags = {
    "project": "optimus", "environment": "sandbox", "tier": "internal-research", "end-date": "2029-10-31",
    "owner": "optimus-team@example.org", "cost-centre": "CC-2040", "classification": "internal",
}
def policy(effect, action, resource):
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
freeze = aws.iam.Policy(
    "freeze", name="qlz-optimus-sandbox-freeze", path="/qlz/sandbox/optimus/",
    policy=policy("Deny", "*", "*"), tags=tags, opts=here,
)
"""
BYPASSES = """
away = aws.Provider("away", region="us-east-1", allowed_account_ids=["111122223333"])
aws.iam.User("mallory", name="mallory", opts=here)
aws.sns.Topic("abroad", tags=tags, opts=pulumi.ResourceOptions(provider=away))
aws.sns.Topic("abroad-by-itself", region="us-east-1", tags=tags, opts=here)
aws.iam.Policy("wide", name="wide", policy=policy("Allow", "braket:create*", "*"), tags=tags, opts=here)
key = aws.kms.Key("key", tags=tags, opts=here)
aws.iam.Policy(
    "unreadable", name="u", tags=tags, opts=here,
    policy=key.arn.apply(lambda arn: policy("Allow", "kms:Decrypt", arn)),
)
class Wrap(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("acme:innocent:Wrap", "wrap", None, pulumi.ResourceOptions(providers=[provider]))
        inside = pulumi.ResourceOptions(parent=self)
        aws.s3.Bucket("wrapped", bucket="wrapped", acl="public-read", tags=tags, opts=inside)
Wrap()
aws.cloudcontrol.Resource("anything", type_name="AWS::IAM::User", desired_state="{}", opts=here)
"""


@dataclass(frozen=True)
class Run:
    code: int
    output: str
    created: tuple[str, ...]


SENTENCES = """
for what in ("dataLivesIn", "keysLiveIn", "logsLiveIn"):
    pulumi.export(what, "It lives in eu-west-2 or westeurope, as this test has it.")
"""
"""What every stack exports."""


def leaving(folder: Path, stack: str) -> None:
    """Let a stack be on its way out, when no more than it has is demanded of it."""
    file = folder / "stacks" / f"Pulumi.{stack}.yaml"
    text = file.read_text(encoding="utf-8")
    assert "lifecycle: active" in text
    file.write_text(text.replace("lifecycle: active", "lifecycle: decommissioned"), encoding="utf-8")


def run(
    folder: Path,
    program: str,
    stack: str = STACK,
    *,
    leaves: bool = False,
    files: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Run:
    """`pulumi up` of a program in a copy of the project, with a home, state and passphrase of its own.

    leaves: whether the stack is on its way out. files: further ones, by path. variables: of the environment.
    """
    ignore = shutil.ignore_patterns("__pycache__")
    for part in ("components", "policy_packs", "stacks"):
        shutil.copytree(PROJECT_ROOT / part, folder / part, ignore=ignore)
    shutil.copy(PROJECT_ROOT / "Pulumi.yaml", folder)
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    (folder / "__main__.py").write_text(textwrap.dedent(program), encoding="utf-8")
    (folder / "state").mkdir()
    with stub_provider() as provider:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))},
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase of this test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{provider.port},azure-native:{provider.port}",
            **(variables or {}),
        }

        def pulumi(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["pulumi", "--non-interactive", *arguments],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
            )

        if leaves:
            leaving(folder, stack)
        for path, text in (files or {}).items():
            (folder / path).write_text(text, encoding="utf-8")
        stack_file = folder / "stacks" / f"Pulumi.{stack}.yaml"
        written = stack_file.read_bytes()
        assert pulumi("stack", "init", f"organization/qlz/{stack}").returncode == 0
        stack_file.write_bytes(written)  # `stack init` rewrites it
        packs = [f"--policy-pack=policy_packs/{pack}" for pack in ("baseline", "regulated")]
        done = pulumi("up", "--yes", "--stack", f"organization/qlz/{stack}", *packs)
        return Run(done.returncode, done.stdout, tuple(urn.rsplit("::", 1)[1] for urn in provider.created))


@pytest.fixture(scope="module")
def bypassing(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("bypassing"), HEAD + BYPASSES)


def test_what_complies_is_created(tmp_path: Path) -> None:
    """Without this, the tests below would also pass where nothing can be created at all."""
    done = run(tmp_path, HEAD + SENTENCES, leaves=True)
    assert (done.code, done.created) == (0, ("freeze",)), done.output


def test_nothing_is_created(bypassing: Run) -> None:
    assert bypassing.code != 0
    assert bypassing.created == ()


@pytest.mark.parametrize(
    ("control", "resource", "what"),
    [
        ("qlz-i1-no-long-lived-credentials", "mallory (aws:iam/user:User)", "it is a user"),
        ("qlz-r1-region-lock", "abroad (aws:sns/topic:Topic)", "its region is 'us-east-1'"),
        ("qlz-r1-region-lock", "abroad-by-itself (aws:sns/topic:Topic)", "its region is 'us-east-1'"),
        ("qlz-i8-least-privilege", "wide (aws:iam/policy:Policy)", "statement 1 allows braket:create*"),
        ("qlz-d1-device-lock", "wide (aws:iam/policy:Policy)", "every device that * matches"),
        (
            "qlz-i8-least-privilege",
            "unreadable (aws:iam/policy:Policy)",
            "cannot be decided: policy is unknown",
        ),
        ("qlz-k3-key-settings", "key (aws:kms/key:Key)", "it does not rotate"),
        ("qlz-t4-bucket-settings", "wrapped (aws:s3/bucket:Bucket)", "it sets acl inline"),
        ("qlz-c1-reviewed-types", "anything (aws:cloudcontrol/resource:Resource)", "not a type"),
    ],
)
def test_each_is_named_with_why_and_what_to_do(
    bypassing: Run, control: str, resource: str, what: str
) -> None:
    found = {each.id: each for each in all_controls()}[control]
    text = " ".join(bypassing.output.split())
    assert f"[mandatory] [severity: {found.severity.value}] {control}" in text
    assert any(what in part.split("Why:")[0] for part in text.split(f"{control}: {resource}: ")[1:]), text
    assert f"Why: {found.why}" in text
    assert f"To do: {found.fix}" in text
