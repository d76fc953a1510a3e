"""aws.sagemaker notebook instances: API_CreateNotebookInstance.html and
API_CreateNotebookInstanceLifecycleConfig.html on https://docs.aws.amazon.com/sagemaker/latest/APIReference/.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    computed_arn,
)
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)

_NAME = rules.matches(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", "must be letters, digits and hyphens between them", 63)
_SWITCH = rules.one_of("Enabled", "Disabled")
_SCRIPT = 16384


def _script(value: Any) -> str | None:
    if not 1 <= len(value) <= _SCRIPT:
        return f"must have between 1 and {_SCRIPT} characters, has {len(value)}"
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return "must be a shell script in base64"
    return None


def _five(value: list[Any]) -> str | None:
    return None if len(value) <= 5 else f"may be at most 5, are {len(value)}"


def _network(inputs: Values) -> list[Failure]:
    failures = []
    if inputs.get("directInternetAccess") == "Disabled":
        failures += [
            Failure(name, "is required when direct internet access is disabled")
            for name in ("securityGroups", "subnetId")
            if name not in inputs
        ]
    if "securityGroups" in inputs and "subnetId" not in inputs:
        failures.append(Failure("subnetId", "is required with securityGroups"))
    return list({failure.property: failure for failure in failures}.values())


def _smaller(old: Value, new: Value) -> bool:
    """A volume can only grow."""
    return isinstance(old, int | float) and isinstance(new, int | float) and new < old


NOTEBOOK_INSTANCE = TypeModel(
    "aws:sagemaker/notebookInstance:NotebookInstance",
    inputs=(
        Prop("additionalCodeRepositories", Kind.TEXTS, unordered=True, otherwise=always([])),
        Prop("defaultCodeRepository", rule=rules.longest(1024), otherwise=always("")),
        Prop("directInternetAccess", default="Enabled", replaces=True, rule=_SWITCH),
        Prop(
            "instanceMetadataServiceConfiguration",
            Kind.OBJECT,
            fields=(Prop("minimumInstanceMetadataServiceVersion", rule=rules.one_of("1", "2")),),
            otherwise=always({"minimumInstanceMetadataServiceVersion": "1"}),
        ),
        Prop(
            "instanceType", required=True, rule=rules.matches(r"ml\.\w+\.\w+", "must be such as ml.t3.medium")
        ),
        Prop("kmsKeyId", replaces=True, rule=rules.longest(2048)),
        Prop("lifecycleConfigName", rule=_NAME, otherwise=always("")),
        Prop("name", required=True, note=NAMES_ARE_DETERMINISTIC, replaces=True, rule=_NAME),
        Prop(
            "platformIdentifier",
            replaces=True,
            rule=rules.one_of("notebook-al2-v3", "notebook-al2023-v1"),
            otherwise=always("notebook-al2-v3"),
        ),
        REGION_PROP,
        Prop("roleArn", required=True, rule=rules.arn("iam")),
        Prop("rootAccess", default="Enabled", rule=_SWITCH),
        Prop("securityGroups", Kind.TEXTS, replaces=True, unordered=True, rule=_five, otherwise=always([])),
        Prop("subnetId", replaces=True, rule=rules.matches(r"subnet-\w+", "must be the id of a subnet")),
        TAGS,
        Prop(
            "volumeSize",
            Kind.NUMBER,
            default=5,
            rule=rules.between(5, 16384, "gigabytes"),
            replaces_when=_smaller,
        ),
    ),
    outputs={
        "arn": computed_arn("sagemaker", "name", form="notebook-instance/{name}"),
        "networkInterfaceId": Out(needs=("subnetId",)),
        "tagsAll": TAGS_ALL,
        "url": ASSIGNED,
    },
    identity=("name",),
    rules=(_network,),
    notes=(
        "It is stopped for a change and started again, as the real provider does; nothing runs in it.",
        "Role, subnet and groups must exist, as in AWS.",
    ),
)

LIFECYCLE_CONFIGURATION = TypeModel(
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
    inputs=(
        Prop("name", required=True, note=NAMES_ARE_DETERMINISTIC, replaces=True, rule=_NAME),
        Prop("onCreate", rule=_script, otherwise=always("")),
        Prop("onStart", rule=_script, otherwise=always("")),
        REGION_PROP,
        TAGS,
    ),
    outputs={
        "arn": computed_arn("sagemaker", "name", form="notebook-instance-lifecycle-config/{name}"),
        "tagsAll": TAGS_ALL,
    },
    identity=("name",),
    notes=("The scripts are kept and never run.",),
)
