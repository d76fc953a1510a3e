"""Import what the commands import, so that its bytecode is written once, at set-up.

uv installs no bytecode, and compiling all of it would take half a minute.
"""

import importlib

from rehearsal.local_cloud.daemon import BACKENDS

MODULES = (
    "qlz.app",
    "qlz.rehearse",
    "rehearsal.aws.lifecycle",
    "components.program",
    "policy_packs.baseline.policies",
    "moto.moto_server.werkzeug_app",
    "rehearsal.local_azure.daemon",
    *(f"moto.{name}.{part}" for name in BACKENDS for part in ("models", "responses")),
    "typer._adapters",
    "jsonschema",
    "pytest",
    "hypothesis",
)

AWS = (
    "accessanalyzer budgets cloudcontrol cloudtrail cloudwatch costexplorer ec2 iam kms organizations s3 "
    "sagemaker secretsmanager sns vpc"
)
AZURE = (
    "authorization consumption keyvault managedidentity monitor operationalinsights quantum resources storage"
)
"""The services of which components use something; the SDKs load one when it is asked for."""

for module in MODULES:
    importlib.import_module(module)
for sdk, services in (("pulumi_aws", AWS), ("pulumi_azure_native", AZURE)):
    for service in services.split():
        getattr(importlib.import_module(f"{sdk}.{service}"), "outputs", None)
