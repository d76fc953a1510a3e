"""The real Pulumi CLI attached to the stand-in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aws.peer import ACCOUNT

pytestmark = [
    pytest.mark.cli,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]

PROGRAM = f"""
import pulumi
import pulumi_aws as aws

london = aws.Provider("london", region="eu-west-2", allowed_account_ids=["{ACCOUNT}"])
oregon = aws.Provider("oregon", region="us-west-2", default_tags={{"tags": {{"owner": "me"}}}})
in_london = pulumi.ResourceOptions(provider=london)
key = aws.kms.Key("key", enable_key_rotation=True, tags={{"project": "optimus"}}, opts=in_london)
hidden = pulumi.Output.secret("hidden")
other = aws.kms.Key("other", description=hidden, opts=pulumi.ResourceOptions(provider=oregon))
bucket = aws.s3.Bucket("bucket", bucket="cli-example-results", opts=in_london)
per_resource = aws.s3.Bucket("east", bucket="cli-example-east", region="us-east-1", opts=in_london)
pulumi.export("key", key.arn)
pulumi.export("other", other.arn)
pulumi.export("tags", other.tags_all)
pulumi.export("description", other.description)
pulumi.export("bucket", bucket.arn)
pulumi.export("east", per_resource.bucket_region)
"""

PROJECT = """
name: example
runtime: {name: python, options: {toolchain: pip, virtualenv: %s}}
config: {"pulumi:disable-default-providers": {value: [aws]}}
"""


class Cli:
    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        (folder / "backend").mkdir()
        (folder / "project").mkdir()
        (folder / "project" / "Pulumi.yaml").write_text(PROJECT % sys.prefix)
        (folder / "project" / "__main__.py").write_text(PROGRAM)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        self.environment = kept | {
            "HOME": str(folder),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "example",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{address.rpartition(':')[2]}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder / "project",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_up_empty_preview_destroy(tmp_path: Path, address: str, boto: Any) -> None:
    cli = Cli(tmp_path, address)
    cli.run("stack", "init", "example")
    cli.run("up", "--yes", "--skip-preview")

    outputs = json.loads(cli.run("stack", "output", "--json", "--show-secrets"))
    assert outputs["key"].startswith(f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/")
    assert outputs["other"].startswith(f"arn:aws:kms:us-west-2:{ACCOUNT}:key/")
    assert outputs["tags"] == {"owner": "me"}
    assert outputs["description"] == "hidden"
    assert outputs["east"] == "us-east-1"
    assert boto("kms").describe_key(KeyId=outputs["key"])["KeyMetadata"]["Enabled"]
    assert boto("kms", "us-west-2").describe_key(KeyId=outputs["other"])["KeyMetadata"]["Enabled"]
    exported = cli.run("stack", "export")
    assert "hidden" not in exported

    cli.run("preview", "--expect-no-changes")
    cli.run("refresh", "--yes", "--expect-no-changes")
    cli.run("destroy", "--yes", "--skip-preview")
    names = [bucket["Name"] for bucket in boto("s3").list_buckets()["Buckets"]]
    assert not {"cli-example-results", "cli-example-east"} & set(names)
