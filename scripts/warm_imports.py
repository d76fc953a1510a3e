"""Import what the commands import, so that its bytecode is written once, at set-up."""

import importlib

for name in ("pulumi", "pulumi.policy", "pulumi_policy", "pulumi_aws", "pydantic", "ruamel.yaml"):
    importlib.import_module(name)
for name in ("iam", "kms", "s3", "sns", "cloudtrail", "cloudwatch"):
    getattr(importlib.import_module("pulumi_aws"), name).__name__  # noqa: B018 - loads the lazy module
for name in ("typer", "rich.live", "boto3", "moto.server", "cryptography.fernet", "pytest"):
    importlib.import_module(name)
