"""Import what the commands import, so that its bytecode is written once, at set-up.

uv installs no bytecode, and compiling all of it would take half a minute.
"""

import importlib
import operator

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

LAZY = ("iam.Role", "kms.Key", "s3.Bucket", "sns.Topic", "cloudtrail.Trail", "cloudwatch.LogGroup")
"""pulumi_aws loads a service when something of it is asked for."""

for module in MODULES:
    importlib.import_module(module)
for name in LAZY:
    operator.attrgetter(name)(importlib.import_module("pulumi_aws"))
